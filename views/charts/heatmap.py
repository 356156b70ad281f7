"""A table of probabilities: rows by columns, shaded in three greys, each number written out.

A chance of passing is a forecast and no verdict, so it has none of the colours of verdicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from analysis.numerals import DASH, chance, width
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.grid import Field, grid
from views.shell import palette
from views.shell.markup import literal_table

STEPS = (
    (0.5, palette.SHADE_DARK, style.INK, "不到一半"),
    (0.9, palette.SHADE, style.INK, "50%—90%，说不准"),
    (1.01, palette.LEVEL, style.INK, "九成以上"),
)


def chances(
    table: pd.DataFrame, row: str, columns: Mapping[str, str], caption: Caption, *, page_width: int = 1180
) -> go.Figure:
    """Draw one cell per row and column.

    Args:
        table: one line a row, probabilities in [0, 1] in the columns; missing ones are white with a dash.
        row: the column that names the rows.
        columns: column -> heading.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    table = literal_table(table)
    rows = [str(name) for name in table[row]]
    step = 32 if len(rows) <= 12 else 24
    cells = [
        _cell(float(value), x, y)
        for y, line in enumerate(table.to_dict("records"))
        for x, value in enumerate(line[name] for name in columns)
    ]
    layout = grid(rows, tuple(columns.values()), cells)
    ghost = {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0}, "hoverinfo": "skip"}
    key = [LegendEntry("■", fill, text) for _, fill, _, text in STEPS]
    left = int(max((width(name) for name in rows), default=2) * 15) + 22
    box = Box(plot_height=step * len(rows), left=left, right=12, above=30, below=8, width=page_width)
    return framed([ghost], layout, caption, box, key)


def _cell(value: float, x: int, y: int) -> Field:
    if math.isnan(value):
        return Field(x, y, DASH, palette.WHITE, style.SOFT, 14)
    fill, ink = next((fill, ink) for edge, fill, ink, _ in STEPS if value < edge)
    return Field(x, y, chance(value), fill, ink, 14)
