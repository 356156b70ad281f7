"""A table of probabilities: rows by columns, coloured in three steps, each number written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.numerals import width
from views.charts import style
from views.charts.frame import Box, Caption, Key, framed

STEPS = (
    (0.5, "#F3BF8A", style.INK, "不到一半"),
    (0.9, "#F1F1EF", style.INK, "50%—90%，说不准"),
    (1.01, "#A9CBE6", style.INK, "九成以上"),
)


def chances(
    table: pd.DataFrame, row: str, columns: Mapping[str, str], caption: Caption, *, page_width: int = 1180
) -> go.Figure:
    """One cell a row and column.

    Args:
        table: one line a row, probabilities in [0, 1] in the columns.
        row: the column that names the rows.
        columns: column -> heading.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    rows = [str(name) for name in table[row]]
    step = 32 if len(rows) <= 12 else 24
    cells = [
        _cell(float(value), x, y)
        for y, line in enumerate(table.to_dict("records"))
        for x, value in enumerate(line[name] for name in columns)
    ]
    layout = {
        "xaxis": {**_axis(list(columns.values()), 14), "side": "top", "range": [-0.5, len(columns) - 0.5]},
        "yaxis": {**_axis(rows, 15), "range": [len(rows) - 0.5, -0.5]},
        "shapes": [shape for shape, _ in cells],
        "annotations": [note for _, note in cells],
    }
    ghost = {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip"}
    key = [Key("■", fill, text) for _, fill, _, text in STEPS]
    left = int(max((width(name) for name in rows), default=2) * 15) + 22
    box = Box(plot_height=step * len(rows), left=left, right=12, above=30, below=8, width=page_width)
    return framed([ghost], layout, caption, box, key)


def _axis(names: list[str], size: int) -> dict[str, Any]:
    return {
        **style.AXIS,
        "showgrid": False,
        "linecolor": "#FFFFFF",
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": names,
        "tickfont": {"size": size, "color": style.INK},
    }


def _cell(value: float, x: int, y: int) -> tuple[dict[str, Any], dict[str, Any]]:
    fill, ink = next((fill, ink) for edge, fill, ink, _ in STEPS if value < edge)
    text = "<1%" if value < 0.01 else ">99%" if value > 0.99 else f"{value:.0%}"
    field = {"type": "rect", "x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.46, "y1": y + 0.46, "layer": "below"}
    note = {"xref": "x", "yref": "y", "x": x, "y": y, "showarrow": False, "font": {"size": 14, "color": ink}}
    return ({**field, "xref": "x", "yref": "y", "fillcolor": fill, "line": {"width": 0}}, {**note, "text": text})
