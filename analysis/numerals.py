"""Numerals: how numbers are written in Chinese, the same on a page, in a chart, a command and a briefing."""

from __future__ import annotations

import math
from collections.abc import Sequence

DASH = "—"
CLOSING = "，。、；：）”%"
BREAKS = "，。、；：）·"


def percent(share: float, decimals: int = 1) -> str:
    """Format a share in [0, 1] as "77.3%"; "—" where it is missing."""
    return DASH if _missing(share) else f"{100 * share:.{decimals}f}%"


def rate(share: float, low: float, high: float) -> str:
    """Format a rate without false precision: one decimal only where the interval is within a point on either side.

    Args:
        share: the rate, in [0, 1]; missing gives "—".
        low: lower end of its interval, in [0, 1].
        high: upper end of its interval, in [0, 1].
    """
    earned = not _missing(high - low) and (high - low) / 2 < 0.01
    return percent(share, 1 if earned else 0)


def chance(probability: float) -> str:
    """Format a probability in [0, 1] without false certainty: "<1%", "37%", ">99%"; "—" where it is missing."""
    if _missing(probability):
        return DASH
    return "<1%" if probability < 0.01 else ">99%" if probability > 0.99 else f"{probability:.0%}"


def interval(low: float, high: float) -> str:
    """Format an interval of shares as "75.0%—77.3%"; "—" where it is missing."""
    if _missing(low) or _missing(high):
        return DASH
    return f"{percent(low)}{DASH}{percent(high)}"


def points(difference: float, *, signed: bool = False) -> str:
    """Format a difference of two shares as "3.8 个百分点", with its sign if requested; "—" where it is missing."""
    if _missing(difference):
        return DASH
    value = round(100 * difference, 1) + 0.0
    text = f"{value:+.1f}" if signed else f"{abs(value):.1f}"
    return f"{text.replace('-', '−')} 个百分点"


def points_interval(low: float, high: float) -> str:
    """Format an interval of differences as "−0.9—+4.1"; "—" where it is missing."""
    if _missing(low) or _missing(high):
        return DASH
    return DASH.join(f"{round(100 * value, 1) + 0.0:+.1f}".replace("-", "−") for value in (low, high))


def names(items: Sequence[str], most: int = 6) -> str:
    """Join names as "甲、乙、丙"; after `most` of them "等 9 个"."""
    shown = "、".join(items[:most])
    return shown if len(items) <= most else f"{shown}等 {len(items)} 个"


def width(text: str) -> float:
    """Return the width of a line in em: a Chinese character or mark is 1, a Latin letter or digit a bit over half."""
    return sum(0.56 if sign.isascii() else 1.0 for sign in text)


def wrap(text: str, limit: float) -> tuple[str, ...]:
    """Break a text into lines of at most `limit` em.

    A line ends after a mark where there is one in its last third, else anywhere but inside a number or a word of
    Latin letters, and never before a closing mark.
    """
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and width(line + piece) > limit and piece[0] not in CLOSING:
            cut = _after_mark(line, limit)
            lines.append(line[:cut].strip())
            line = line[cut:].lstrip() + piece
        else:
            line += piece
    return tuple([*lines, line.strip()] if line.strip() else lines)


def _after_mark(line: str, limit: float) -> int:
    """Return where to cut a full line: after the last mark of its last third, else at its end."""
    for at in range(len(line), 0, -1):
        if width(line[:at]) < limit * 2 / 3:
            break
        if line[at - 1] in BREAKS:
            return at
    return len(line)


def _pieces(text: str) -> list[str]:
    """Split a text into single Chinese characters and runs of Latin letters, digits and their marks."""
    pieces: list[str] = []
    for sign in text:
        latin = sign.isascii() and not sign.isspace()
        if latin and pieces and pieces[-1][-1].isascii() and not pieces[-1][-1].isspace():
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _missing(value: float) -> bool:
    return value is None or math.isnan(value)
