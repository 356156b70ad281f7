"""Unaware or dissatisfied: two dots per item, distinguished by their intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.line_breaks import width
from analysis.numerals import percent
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.whiskers import whiskers
from views.shell.markup import literal_table

STEP = 30
# side -> (colour, marker, height within the row, the marker as a sign)
SIDES = {"unhappy": (style.WEAK, "circle", -0.14, "●"), "unknown": (style.UNKNOWN, "cross", 0.14, "+")}


def split(table: pd.DataFrame, caption: Caption, names: dict[str, str], *, page_width: int = 1180) -> go.Figure:
    """Draw the share dissatisfied (●) and the share who cannot judge (+) per item, with its owner at the right.

    Args:
        table: one row per item: `label`, `owner` (text at the right) and, for side in unhappy, unknown:
            `{side}`, `{side}_low`, `{side}_high`, shares in [0, 1], missing where suppressed.
        caption: the words of the picture.
        names: side -> its words in the legend.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    rows = literal_table(table).reset_index(drop=True)
    edge = float(rows[["unhappy", "unknown", "unhappy_high", "unknown_high"]].max().max())
    layout = {
        "xaxis": {**style.AXIS, "range": [0, (edge if edge > 0 else 1) * 1.04], "tickformat": ".0%"},
        "yaxis": {
            **style.AXIS,
            "gridcolor": style.RULE,
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{name}  " for name in rows["label"]],
            "range": [len(rows) - 0.4, -0.6],
            "tickfont": {"size": 15, "color": style.INK},
        },
        "annotations": [_owner(row, index) for index, row in rows.iterrows()],
    }
    left = int(max(width(str(name)) for name in rows["label"]) * 15) + 26
    right = int(max(width(str(name)) for name in rows["owner"]) * 14) + 26
    box = Box(plot_height=STEP * len(rows), left=left, right=right, above=8, width=page_width)
    key = [LegendEntry(sign, color, names[side]) for side, (color, _, _, sign) in SIDES.items()]
    return framed([_trace(rows, side, names[side]) for side in SIDES], layout, caption, box, key)


def _trace(rows: pd.DataFrame, side: str, name: str) -> dict[str, Any]:
    color, symbol, height, _ = SIDES[side]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": rows[side].tolist(),
        "y": [index + height for index in range(len(rows))],
        "error_x": whiskers(rows[side], rows[f"{side}_low"], rows[f"{side}_high"], color, thickness=2.2),
        "marker": {"color": color, "symbol": symbol, "size": 11},
        "text": [f"{label}：{name} {percent(value)}" for label, value in zip(rows["label"], rows[side], strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _owner(row: Any, index: Any) -> dict[str, Any]:
    place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 10, "yref": "y", "y": index, "showarrow": False}
    return {**place, "text": row["owner"], "align": "left", "font": {"size": 14, "color": style.SOFT}}
