"""The line through a mark that shows its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd


def whiskers(
    value: pd.Series, low: pd.Series, high: pd.Series, color: str, *, thickness: float = 2.4
) -> dict[str, Any]:
    """Return `error_x` or `error_y` of a Plotly trace.

    Args:
        value: positions of the marks.
        low: lower ends, in the same unit; missing gives no line.
        high: upper ends.
        color: colour of the line.
        thickness: in pixels.
    """
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - value).astype(float).tolist(),
        "arrayminus": (value - low).astype(float).tolist(),
        "color": color,
        "thickness": thickness,
        "width": 0,
    }
