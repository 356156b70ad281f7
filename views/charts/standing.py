"""Grid of verdicts, areas by rates, with the probability behind each."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.verdict import Verdict
from analysis.line_breaks import width
from analysis.numerals import chance, percent
from views.charts.heat import legend
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, framed
from views.charts.parts.grid import Field, grid
from views.charts.parts.row_order import order
from views.shell.markup import literal_table

BELOW = "，没到的可能 {}"


def standing(judged: pd.DataFrame, row: str, caption: Caption, q: float, *, page_width: int = 1180) -> go.Figure:
    """Draw one cell per area and rate: verdict and rate; the probability of a rate below the line when pointed at.

    Args:
        judged: from `reports.verdicts.judged`.
        row: the column that names the areas; see `views.charts.parts.row_order.order`.
        caption: the words of the picture.
        q: accepted probability of a false call, for the legend.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    judged = literal_table(judged)
    columns, rows = list(dict.fromkeys(judged["label"])), order(judged, row)
    spot = {name: at for at, name in enumerate(columns)}
    index = {name: at for at, name in enumerate(rows)}
    step = 34 if len(rows) <= 12 else 26
    cells = [_cell(line, (spot[line["label"]], index[str(line[row])])) for _, line in judged.iterrows()]
    left = int(max(width(name) for name in rows) * 15) + 22
    layout = grid(rows, columns, cells)
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [spot[name] for name in judged["label"]],
        "y": [index[str(name)] for name in judged[row]],
        "marker": {"size": 22, "opacity": 0},
        "text": [_hover(line, row) for _, line in judged.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
    }
    box = Box(plot_height=step * len(rows), left=left, right=12, above=30, below=8, width=page_width)
    return framed([points], layout, caption, box, legend(judged, q))


def _cell(line: Any, place: tuple[int, int]) -> Field:
    fill, ink = style.cell(line)
    word = style.state(line)
    said = f"{style.MARKS[word][2]}{word}"
    return Field(*place, f"{f'<b>{said}</b>' if word == Verdict.WEAK else said}  {_number(line)}", fill, ink, 13)


def _number(line: Any) -> str:
    return "—" if pd.isna(line["estimate"]) else percent(line["estimate"], 0)


def _hover(line: Any, row: str) -> str:
    below = "" if pd.isna(line["prob_below"]) else BELOW.format(chance(float(line["prob_below"])))
    return f"{line[row]}{line['label']}：{style.state(line)} {_number(line)}{below}"
