"""Charts of themes: ranked shares with intervals, and a heat table by district that marks distinctive themes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.line_breaks import width
from analysis.numerals import DASH, estimate, percent
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.whiskers import whiskers
from views.shell import palette
from views.shell.markup import literal_table

MORE, LESS, LIKE = style.WEAK, style.STRONG, palette.LEVEL
KEY = (
    LegendEntry("↑", MORE, "明显多于其他区县（错误发现率 10%）"),
    LegendEntry("↓", LESS, "明显少于"),
    LegendEntry("▬", palette.ALIKE, "没有证据说明不同"),
)


def ranked_mentions(table: pd.DataFrame, label: str, caption: Caption, *, page_width: int = 600) -> go.Figure:
    """Draw shares from the highest to the lowest, each with its interval.

    Args:
        table: label, estimate, conf_low, conf_high, and `of_all` where the share of all respondents is shown beside.
        label: the column that names the rows.
        caption: the words of the picture.
        page_width: narrowest width on its page, in pixels.
    """
    rows = literal_table(table).sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
    high = float(rows["conf_high"].fillna(rows["estimate"]).max()) * 1.05
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 10, "showarrow": False, "align": "left"}
    layout = {
        "xaxis": {**style.AXIS, "range": [0, high], "tickformat": ".0%"},
        "yaxis": {
            **style.AXIS,
            "showgrid": False,
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{name}  " for name in rows[label]],
            "range": [len(rows) - 0.4, -0.6],
            "tickfont": {"size": 14, "color": style.INK},
        },
        "annotations": [
            {**place, "y": index, "text": _value(row), "font": {"size": 13, "color": style.SOFT}}
            for index, row in rows.iterrows()
        ],
    }
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": rows["estimate"].tolist(),
        "y": rows.index.tolist(),
        "error_x": whiskers(rows["estimate"], rows["conf_low"], rows["conf_high"], style.STRONG),
        "marker": {"color": style.STRONG, "size": 11},
        "text": [f"{row[label]}  {_value(row)}" for _, row in rows.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
    }
    left = int(max(width(str(name)) for name in rows[label]) * 14) + 26
    # An interval at the end of the scale, 100.0%（89.6%—100.0%）, is wider than most.
    right = max(170, int(max(width(_value(row)) for _, row in rows.iterrows()) * 13) + 24)
    box = Box(plot_height=26 * len(rows), left=left, right=right, width=page_width)
    return framed([trace], layout, caption, box)


def theme_heat(table: pd.DataFrame, row: str, column: str, caption: Caption, *, page_width: int = 1230) -> go.Figure:
    """Draw the share in each cell; colour and sign appear only where the design-based test is significant.

    Args:
        table: row, column, share, distinct, z; one row per cell; share is NaN where suppressed.
        row: names the rows, in order of their first line.
        column: names the columns, likewise.
        caption: the words of the picture.
        page_width: narrowest width on its page, in pixels.
    """
    table = literal_table(table)
    rows, columns = list(dict.fromkeys(table[row])), list(dict.fromkeys(table[column]))
    heads = ["<br>".join(str(name)[at : at + 4] for at in range(0, len(str(name)), 4)) for name in columns]
    cells = [_cell(line, columns.index(line[column]), rows.index(line[row])) for _, line in table.iterrows()]
    layout = {
        "xaxis": {**_axis(heads, 13), "side": "top", "range": [-0.5, len(columns) - 0.5]},
        "yaxis": {**_axis(rows, 14), "range": [len(rows) - 0.5, -0.5]},
        "shapes": [shape for shape, _ in cells],
        "annotations": [note for _, note in cells],
    }
    above = 16 + 18 * max(head.count("<br>") + 1 for head in heads)
    left = int(max(width(str(name)) for name in rows) * 14 + 26)
    box = Box(plot_height=30 * len(rows), left=left, right=12, above=above, below=8, width=page_width)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [columns.index(name) for name in table[column]],
        "y": [rows.index(name) for name in table[row]],
        "marker": {"size": 24, "opacity": 0},
        "text": [f"{line[row]}：{line[column]} {_share(line)}" for _, line in table.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return framed([dots], layout, caption, box, KEY)


def _axis(names: list[str], size: int) -> dict[str, Any]:
    font = {"size": size, "color": style.INK}
    ticks = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": names, "tickfont": font}
    return {**style.AXIS, "showgrid": False, "showline": False, **ticks}


def _cell(line: Any, x: int, y: int) -> tuple[dict[str, Any], dict[str, Any]]:
    fill, ink, sign = LIKE, style.INK, ""
    if line["distinct"]:
        fill, ink, sign = (MORE, palette.WHITE, "↑") if line["z"] > 0 else (palette.FEWER, style.INK, "↓")
    edges = {"x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.46, "y1": y + 0.46}
    shape = {"type": "rect", **edges, "fillcolor": fill, "line": {"width": 0}, "layer": "below"}
    text = f"{sign}{_share(line)}"
    return shape, {"x": x, "y": y, "text": text, "font": {"size": 13, "color": ink}, "showarrow": False}


def _share(line: Any) -> str:
    return DASH if pd.isna(line["share"]) else percent(float(line["share"]))


def _value(row: Any) -> str:
    of_all = row.get("of_all")
    shown = estimate(*(float(row[name]) for name in ("estimate", "conf_low", "conf_high")))
    return shown if of_all is None or pd.isna(of_all) else shown + tr("，全体 ") + percent(float(of_all))
