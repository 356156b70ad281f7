"""Importance against satisfaction: items as crosses of two intervals, classified by quadrant where significant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.importance import Quadrant
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.shell.markup import literal_table

# quadrant -> (colour, marker, sign)
LOOKS = {
    Quadrant.FIRST: (style.WEAK, "star", "★"),
    Quadrant.KEEP: (style.STRONG, "circle-open-dot", "◎"),
    Quadrant.LATER: (style.UNKNOWN, "x", "×"),
    Quadrant.EASE: (style.NEUTRAL, "circle", "●"),
    Quadrant.UNSURE: (style.FAINT, "circle-open", "○"),
}


def quadrants(
    table: pd.DataFrame, caption: Caption, *, worst: Collection[str] = (), page_width: int = 1180
) -> go.Figure:
    """Draw one mark per item.

    Args:
        table: from `analysis.areas.importance.matrix`.
        caption: the words of the picture.
        worst: labels of the items with the lowest shares, whose names stand in a frame.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    table = literal_table(table.assign(worst=table["label"].isin(list(worst))))
    middle, half = float(table["satisfied"].median()), float(table["wanted"].median())
    line = {"type": "line", "line": {"color": style.RULE, "width": 2}, "layer": "below"}
    layout = {
        "xaxis": {**style.AXIS, "tickformat": ".0%", "title": {"text": tr("满意率"), "standoff": 4}},
        "yaxis": {**style.AXIS, "tickformat": ".0%", "rangemode": "tozero", "title": {"text": tr("提及率")}},
        "shapes": [
            {**line, "x0": middle, "x1": middle, "y0": 0, "y1": 1, "yref": "paper"},
            {**line, "x0": 0, "x1": 1, "xref": "paper", "y0": half, "y1": half},
        ],
        "annotations": _names(table[(table["quadrant"] != Quadrant.UNSURE) | table["worst"]]),
    }
    seen = set(table["quadrant"])
    key = [LegendEntry(sign, color, str(name)) for name, (color, _, sign) in LOOKS.items() if name in seen]
    key += [LegendEntry("□", style.INK, tr("名称加框：满意率最低的几项"))] if table["worst"].any() else []
    traces = [_trace(table[table["quadrant"] == name], name) for name in LOOKS if name in seen]
    return framed(traces, layout, caption, Box(290, 70, 120, 6, 48, page_width), key)


def _trace(rows: pd.DataFrame, name: Quadrant) -> dict[str, Any]:
    color, symbol, _ = LOOKS[name]
    bars = {"type": "data", "symmetric": False, "color": color, "thickness": 1, "width": 0}

    def ends(column: str) -> dict[str, Any]:
        up, down = rows[f"{column}_high"] - rows[column], rows[column] - rows[f"{column}_low"]
        return {**bars, "array": up.tolist(), "arrayminus": down.tolist()}

    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["satisfied"].tolist(),
        "y": rows["wanted"].tolist(),
        "error_x": ends("satisfied") if name != Quadrant.UNSURE else {},
        "error_y": ends("wanted") if name != Quadrant.UNSURE else {},
        "marker": {"color": color, "symbol": symbol, "size": 11},
        "text": rows["label"].tolist(),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _names(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return names beside their marks, alternating upper right and lower left to keep neighbours apart.

    Items that are named for their low share alone lie at the left, where there is room beside them.
    """
    notes = []
    for at, row in enumerate(rows.sort_values("wanted", ascending=False).to_dict("records")):
        right = at % 2 == 0
        place = {"x": row["satisfied"], "y": row["wanted"], "showarrow": False, "xshift": 6 if right else -6}
        anchor = {"xanchor": "left", "yanchor": "bottom"} if right else {"xanchor": "right", "yanchor": "top"}
        if row["quadrant"] == Quadrant.UNSURE:
            place, anchor = {**place, "xshift": -10}, {"xanchor": "right", "yanchor": "middle"}
        frame = {"bordercolor": style.INK, "borderwidth": 1, "borderpad": 1} if row["worst"] else {}
        notes.append({**place, **anchor, **frame, "text": row["label"], "font": {"size": 12, "color": style.INK}})
    return notes
