"""Spine chart: one row per rate, its number and verdict on the range of the other areas; no chart library needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.areas.verdict import UNSHOWN
from analysis.numerals import DASH, target, whole
from views.blocks.axis import floor_of, place, ticks
from views.blocks.html import entry, mark, text
from views.charts.parts import style

COLUMNS = ("estimate", "conf_low", "line", "others_low", "before")
LEGEND = (
    ('<i class="silu-whisker"></i>', "区间"),
    ('<i class="silu-before"></i>', "上轮"),
    ('<i class="silu-line"></i>', "目标"),
    ('<i class="silu-others"></i>', "其他{kind}"),
)


def spine_chart(parts: Sequence[tuple[str, pd.DataFrame]], words: Mapping[str, str], kind: str, shown: int = 0) -> str:
    """Return the chart: one part below the other on one axis, with legend and ticks.

    Args:
        parts: (heading, rows) pairs; rows are from `reports.areas.spine.spine`.
        words: item -> the row in words, for screen readers and for a pointer that rests on it.
        kind: Chinese word for an area.
        shown: number of rows of the last part on a screen, more are printed only; all where 0.
    """
    every = pd.concat([rows for _, rows in parts], ignore_index=True)
    floor = floor_of(every, *COLUMNS)
    bodies = []
    for at, (heading, rows) in enumerate(parts):
        most = shown if shown and at == len(parts) - 1 else len(rows)
        lines = "".join(
            _row(row, floor, words[str(row["item"])], spare=line >= most)
            for line, (_, row) in enumerate(rows.iterrows())
        )
        title = f"<h3>{text(heading)}</h3>" if heading else ""
        bodies.append(f'{title}<ul class="silu-spine">{lines}</ul>')
    return f"{_legend(every, kind)}{''.join(bodies)}{_axis(floor)}"


def _row(row: Any, floor: float, words: str, *, spare: bool) -> str:
    state = style.state(row)
    known = state not in UNSHOWN and pd.notna(row["estimate"])
    number = whole(float(row["estimate"])) if known else DASH
    strip = _strip(row, state, floor) if known else ""
    return (
        f'<li class="{"silu-spare" if spare else ""}" title="{text(words)}">'
        f'<span class="silu-name" aria-hidden="true">{text(row["label"])}</span>'
        f'<b aria-hidden="true" style="--mark:{style.ink(state)}">{mark(state)}{number}</b>'
        f'<div class="silu-strip-of" role="img" aria-label="{text(words)}">{strip}</div></li>'
    )


def _strip(row: Any, state: str, floor: float) -> str:
    """Return the pieces of a row from back to front."""
    color, parts = style.ink(state), []
    if pd.notna(row["others_low"]):
        parts.append(_span("others", row["others_low"], row["others_high"], floor))
    if pd.notna(row["line"]):
        parts.append(f'<i class="silu-line" style="left:{place(row["line"], floor)}"></i>')
    if pd.notna(row["conf_low"]):
        parts.append(_span("whisker", row["conf_low"], row["conf_high"], floor, f";background:{color}"))
    if pd.notna(row["before"]):
        parts.append(f'<i class="silu-before" style="left:{place(row["before"], floor)}"></i>')
    sign = style.MARKS[state][2]
    parts.append(f'<i class="silu-mark" style="left:{place(row["estimate"], floor)};color:{color}">{sign}</i>')
    return "".join(parts)


def _span(name: str, low: float, high: float, floor: float, more: str = "") -> str:
    return f'<i class="silu-{name}" style="left:{place(low, floor)};right:calc(100% - {place(high, floor)}){more}"></i>'


def _legend(every: pd.DataFrame, kind: str) -> str:
    states = [style.state(row) for _, row in every.iterrows()]
    seen = [one for one in style.MARKS if one in states and one not in UNSHOWN]
    own = "".join(f'<li style="--mark:{style.ink(one)}">{entry(one)}</li>' for one in seen)
    there = every[["conf_low", "before", "line", "others_low"]].notna().any()
    pieces = zip(LEGEND, there, strict=True)
    more = "".join(f"<li>{sign} {text(word.format(kind=kind))}</li>" for (sign, word), drawn in pieces if drawn)
    return f'<ul class="silu-legend silu-spine-legend" aria-hidden="true">{own}{more}</ul>'


def _axis(floor: float) -> str:
    marks = "".join(f'<span style="left:{place(one, floor)}">{target(one)}</span>' for one in ticks(floor))
    return f'<div class="silu-ticks" aria-hidden="true"><div>{marks}</div></div>'
