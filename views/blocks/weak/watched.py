"""Rows of watched rates, with what would decide them, and folds of the rates that nobody needs to act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from views.blocks.html import chip, text


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """One watched rate in words.

    Attributes:
        state: the verdict.
        area: name of the area.
        href: address of the area; "" where there is none.
        rate: name of the rate.
        now: the rate.
        gap: how far it lies below its line.
        units: who is in charge; "" where nobody is known to be.
        step: the next step.
    """

    state: str
    area: str
    href: str
    rate: str
    now: str
    gap: str
    units: str
    step: str


def watched_rows(rows: Sequence[WatchedRow], nothing: object) -> str:
    """Return the list of watched rates; the sentence `nothing` where there is none."""
    if not rows:
        return f'<p class="silu-nothing">{text(nothing)}</p>'
    return f'<ul class="silu-watched">{"".join(map(_row, rows))}</ul>'


def fold(heading: object, lines: Sequence[object]) -> str:
    """Return lines below a heading that opens them; "" without a heading."""
    if not str(heading):
        return ""
    body = "".join(f"<p>{text(line)}</p>" for line in lines)
    return f'<details class="silu-fold"><summary>{text(heading)}</summary>{body}</details>'


def _row(row: WatchedRow) -> str:
    area = f'<a href="{row.href}">{text(row.area)}</a>' if row.href else text(row.area)
    below = " · ".join(text(part) for part in (row.gap, row.units) if part)
    return (
        f"<li><p>{chip(row.state)} <b>{area}</b> <span>{text(row.rate)}</span></p><b>{text(row.now)}</b>"
        f"<p>{below}</p><p>{text(row.step)}</p></li>"
    )
