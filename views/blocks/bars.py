"""Bars of blocks: a rate with interval and target on a common axis, and the share of an item against its target."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.areas.verdict import UNSHOWN
from views.blocks.axis import place
from views.charts.parts import style


def range_bar(row: Any, floor: float) -> str:
    """Return a rate as its mark, its interval as a band and its target as a line; hidden from screen readers.

    Args:
        row: estimate, conf_low, conf_high, line, verdict, reason.
        floor: left end of the axis, a share.
    """
    state = style.state(row)
    if state in UNSHOWN:
        return '<div class="silu-bar"><i class="silu-axis"></i></div>'
    color, _, sign = style.MARKS[state]
    parts = ['<i class="silu-axis"></i>']
    if pd.notna(row["conf_low"]):
        left, right = place(row["conf_low"], floor), place(row["conf_high"], floor)
        parts.append(f'<i class="silu-band" style="left:{left};right:calc(100% - {right});background:{color}"></i>')
    if pd.notna(row["line"]):
        parts.append(f'<i class="silu-line" style="left:{place(row["line"], floor)}"></i>')
    at = place(row["estimate"], floor)
    parts.append(f'<i class="silu-mark" style="left:{at};color:{style.ink(state)}">{sign}</i>')
    return f'<div class="silu-bar" aria-hidden="true">{"".join(parts)}</div>'


def item_bar(estimate: float, line: float) -> str:
    """Return the share of an item on an axis from 0 to 1, with its target as a line where there is one."""
    low = " silu-low" if pd.notna(line) and estimate < line else ""
    goal = f'<i class="silu-line" style="left:{place(line, 0)}"></i>' if pd.notna(line) else ""
    return (
        f'<div class="silu-item" aria-hidden="true"><i class="silu-share{low}" style="width:{place(estimate, 0)}"></i>'
        f"{goal}</div>"
    )
