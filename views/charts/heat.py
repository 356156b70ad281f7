"""Heat table: areas by rates, coloured by verdict."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.verdict import SILENT, UNSHOWN, Verdict
from analysis.line_breaks import width
from analysis.numerals import DASH, percent
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.grid import Field, grid
from views.charts.parts.row_order import order
from views.charts.ranked import DOUBTS
from views.shell.markup import literal_table

MARKED = (Verdict.WEAK, Verdict.WATCH, Verdict.MET)
"""Verdicts whose cells bear their sign."""
STAR = LegendEntry("*", style.INK, "样本少或误差靠推算，仅供参考")


def heat(
    judged: pd.DataFrame, row: str, column: str, caption: Caption, q: float, *, page_width: int = 1180
) -> go.Figure:
    """Draw one cell per row and column: the rate, in the colour and with the sign of its verdict.

    Args:
        judged: from `reports.verdicts.judged`; one line for each row and column.
        row: the column that names the rows, such as "district".
        column: the column that names the columns; they keep the order of their first line.
        caption: the words of the picture.
        q: accepted probability of a false call, for the legend.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    judged = literal_table(judged)
    columns = list(dict.fromkeys(judged[column]))
    rows = order(judged, row)
    names_width = max(width(str(name)) for name in rows) * 15 + 22
    room = (page_width - names_width - 20) / len(columns) / 13 - 0.6
    heads = ["<br>".join(_even(str(name), max(room, 2))) for name in columns]
    size = 16 if len(columns) <= 6 and len(rows) <= 12 else 13
    step = 34 if len(rows) <= 12 else 25
    index = {name: place for place, name in enumerate(rows)}
    spot = {name: place for place, name in enumerate(columns)}
    cells = [_cell(line, spot[line[column]], index[line[row]], size) for _, line in judged.iterrows()]
    layout = grid(rows, heads, cells, heading=13)
    above = 16 + 18 * max(head.count("<br>") + 1 for head in heads)
    box = Box(plot_height=step * len(rows), left=int(names_width), right=12, above=above, below=8, width=page_width)
    return framed([_hover(judged, row, column, (spot, index))], layout, caption, box, _key(judged, q))


def _key(judged: pd.DataFrame, q: float) -> list[LegendEntry]:
    """Return the legend: verdicts that occur with their counts, and the star of doubtful estimates."""
    starred = (judged["flag"].isin(DOUBTS) & ~judged["reason"].isin(list(SILENT))).any()
    return [*legend(judged, q), *([STAR] if starred else [])]


def legend(judged: pd.DataFrame, q: float) -> list[LegendEntry]:
    """Return one entry per verdict, or reason for none, that occurs, with its count and its meaning."""
    states = [style.state(line) for _, line in judged.iterrows()]
    found = [one for one in style.MEANINGS if one in states]
    return [
        LegendEntry(style.MARKS[one][2], style.MARKS[one][0], f"{style.meaning(one, q)}（{states.count(one)}）")
        for one in found
    ]


def _even(name: str, room: float) -> list[str]:
    """Return a heading wrapped into lines of about equal length, as narrow as its column."""
    lines = math.ceil(width(name) / room)
    size = math.ceil(len(name) / lines)
    return [name[at : at + size] for at in range(0, len(name), size)]


def _cell(line: Any, x: int, y: int, size: int) -> Field:
    """Return the coloured field and the number of one cell."""
    fill, ink = style.cell(line)
    state = style.state(line)
    if state in UNSHOWN:
        return Field(x, y, DASH, fill, ink, size)
    mark = style.MARKS[state][2] if state in MARKED else ""
    text = f"{percent(line['estimate'], 0)}{mark}{'*' if line['flag'] in DOUBTS else ''}"
    return Field(x, y, f"<b>{text}</b>" if state == Verdict.WEAK else text, fill, ink, size)


def _hover(
    judged: pd.DataFrame, row: str, column: str, places: tuple[dict[str, int], dict[str, int]]
) -> dict[str, Any]:
    """Return invisible points that show interval and n when the pointer rests on a cell."""
    spot, index = places
    shown = judged[~judged["reason"].isin(list(UNSHOWN))]
    texts = [
        f"{line[row]} · {line[column]}<br>{percent(line['estimate'])}"
        f"（{percent(line['conf_low'])}{DASH}{percent(line['conf_high'])}）<br>n={int(line['n'])}　{style.state(line)}"
        for _, line in shown.iterrows()
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [spot[name] for name in shown[column]],
        "y": [index[name] for name in shown[row]],
        "marker": {"size": 22, "opacity": 0},
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
