"""Heat table: areas by rates, coloured by the gap to each rate's own target."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.against_target import TargetVerdict
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, percent, width
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.grid import Field, grid
from views.charts.ranked import HOLLOW
from views.shell import palette
from views.shell.markup import literal_table

MARKS = {TargetVerdict.BELOW: "▼", TargetVerdict.ABOVE: "▲"}
PLAIN = (TargetVerdict.HIDDEN, TargetVerdict.OPINION, TargetVerdict.NO_TARGET)
"""Verdicts whose cells are not coloured, because they have no target."""
STAR = LegendEntry("*", style.INK, "样本少或误差靠推算，仅供参考")


def heat(
    judged: pd.DataFrame, row: str, column: str, caption: Caption, *, page_width: int = 1180, line: str = "目标"
) -> go.Figure:
    """Draw one cell per row and column: the rate, coloured in five bins by its gap to the target.

    ▼ and ▲ stand only where the interval excludes the target; colour alone is no verdict. Rows with most ▼ come
    first, then by mean gap.

    Args:
        judged: the result of `analysis.areas.against_target.judge`; one line for each row and column.
        row: the column that names the rows, such as "district".
        column: the column that names the columns; they keep the order of their first line.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
        line: what the rates are held against.
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
    return framed([_hover(judged, row, column, (spot, index))], layout, caption, box, _key(judged, line))


def _key(judged: pd.DataFrame, line: str) -> list[LegendEntry]:
    """Return the legend: verdicts that occur, the star of doubtful estimates, and the colours if any."""
    verdicts = set(judged["verdict"])
    starred = (judged["flag"].isin(HOLLOW) & judged["verdict"].ne(TargetVerdict.HIDDEN)).any()
    words = {TargetVerdict.BELOW: "低于", TargetVerdict.ABOVE: "高于"}
    signs = [LegendEntry(sign, style.INK, f"区间整体{words[verdict]}{line}") for verdict, sign in MARKS.items()]
    found = [key for key, verdict in zip(signs, MARKS, strict=True) if verdict in verdicts]
    bins = [LegendEntry("■", fill, text) for _, fill, _, text in style.BINS] if verdicts - set(PLAIN) else []
    return [*found, *([STAR] if starred else []), *bins]


def order(judged: pd.DataFrame, row: str) -> list[str]:
    """Return the names of the rows, most verdicts "below" first, then by mean gap to the target."""
    weak = judged["verdict"].eq(TargetVerdict.BELOW).groupby(judged[row]).sum()
    gap = judged["gap"].fillna(judged["estimate"]).groupby(judged[row]).mean()
    ranks = pd.DataFrame({"weak": -weak, "gap": gap})
    return [str(name) for name in ranks.sort_values(["weak", "gap"], kind="stable").index]


def lowest(found: Estimates, row: str, most: int) -> Estimates:
    """Return the rows of the first areas of a heat table, at most `most` areas."""
    first = order(found.table, row)[:most]
    return Estimates(found.table[found.table[row].astype(str).isin(first)], found.meta)


def _even(name: str, room: float) -> list[str]:
    """Return a heading wrapped into lines of about equal length, as narrow as its column."""
    lines = math.ceil(width(name) / room)
    size = math.ceil(len(name) / lines)
    return [name[at : at + size] for at in range(0, len(name), size)]


def _cell(line: Any, x: int, y: int, size: int) -> Field:
    """Return the coloured field and the number of one cell."""
    hidden = line["verdict"] == TargetVerdict.HIDDEN
    fill, ink = (palette.WHITE, style.SOFT) if line["verdict"] in PLAIN else style.bin_of(line["gap"])
    mark = MARKS.get(line["verdict"], "")
    text = DASH if hidden else f"{percent(line['estimate'], 0)}{mark}{'*' if line['flag'] in HOLLOW else ''}"
    return Field(x, y, f"<b>{text}</b>" if mark else text, fill, ink, size)


def _hover(
    judged: pd.DataFrame, row: str, column: str, places: tuple[dict[str, int], dict[str, int]]
) -> dict[str, Any]:
    """Return invisible points that show interval and n when the pointer rests on a cell."""
    spot, index = places
    shown = judged[judged["verdict"] != TargetVerdict.HIDDEN]
    texts = [
        f"{line[row]} · {line[column]}<br>{percent(line['estimate'])}"
        f"（{percent(line['conf_low'])}{DASH}{percent(line['conf_high'])}）<br>n={int(line['n'])}"
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
