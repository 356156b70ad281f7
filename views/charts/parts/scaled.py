"""Scale a chart for another medium: every length in pixels, and nothing that is measured in data."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

LENGTHS = frozenset({"size", "xshift", "yshift", "borderpad", "borderwidth", "ticklen", "standoff", "height"})
"""Properties in pixels, wherever they stand."""
INSIDE = {
    "margin": frozenset({"l", "r", "t", "b", "pad"}),
    "line": frozenset({"width"}),
    "error_x": frozenset({"width", "thickness"}),
    "error_y": frozenset({"width", "thickness"}),
}
"""Object -> those of its properties that are in pixels."""


def scaled(picture: go.Figure, factor: float) -> go.Figure:
    """Return a figure whose texts, marks, lines, margins and height are `factor` times as large."""
    return go.Figure(_scaled(picture.to_plotly_json(), factor, ""), _validate=False)


def _scaled(value: Any, factor: float, name: str) -> Any:
    if isinstance(value, dict):
        here = LENGTHS | INSIDE.get(name, frozenset())
        return {key: _times(one, factor) if key in here else _scaled(one, factor, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_scaled(one, factor, name) for one in value]
    return value


def _times(value: Any, factor: float) -> Any:
    """Return a length, or one length for each mark, times the factor."""
    if isinstance(value, list | tuple):
        return [_times(one, factor) for one in value]
    return value * factor if isinstance(value, int | float) else value
