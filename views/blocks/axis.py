"""The axis of shares of a block: where a share stands, in percent of the axis, by CSS alone."""

from __future__ import annotations

import math

import pandas as pd

FLOOR = 0.5
"""Left end of an axis, a share, unless a number lies lower."""
MARGIN = 0.02
STEP = 0.2
"""Distance of the ticks."""


def floor_of(table: pd.DataFrame, *columns: str) -> float:
    """Return the left end of the axis on which all numbers of some columns have a place."""
    low = table[list(columns)].astype(float).min().min()
    return FLOOR if pd.isna(low) else max(0.0, min(FLOOR, float(low) - MARGIN))


def place(share: float, floor: float) -> str:
    """Return the place of a share on an axis from `floor` to 1, in percent of its length, for a style."""
    at = (min(max(float(share), floor), 1.0) - floor) / (1 - floor)
    return f"{at:.1%}"


def ticks(floor: float) -> tuple[float, ...]:
    """Return the shares to label, at most six, the last one 1."""
    first = math.ceil(round(floor / STEP, 6))
    return tuple(round(at * STEP, 6) for at in range(first, round(1 / STEP) + 1))
