"""Rates over the waves, with intervals; the line breaks where two waves may not be compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.numerals import percent
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.whiskers import whiskers
from views.shell.markup import literal_table

LOOKS = ((style.STRONG, "circle"), (style.UNKNOWN, "triangle-up"), (style.WEAK, "diamond"), (style.INK, "square"))
DODGE = 0.035


def trend(
    table: pd.DataFrame, waves: Mapping[str, str], breaks: set[tuple[str, str]], caption: Caption, *, page_width: int
) -> go.Figure:
    """Draw one line per rate.

    Args:
        table: label, item, wave, estimate, conf_low, conf_high (shares).
        waves: name -> label below the axis, in chronological order; may hold `<br>`, see `markup.literal`.
        breaks: (item, wave) where the line from the previous wave must not be drawn.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    table = literal_table(table)
    spot = {name: at for at, name in enumerate(waves)}
    labels = list(dict.fromkeys(table["label"]))
    traces = [
        trace
        for at, label in enumerate(labels)
        for trace in _line(table[table["label"] == label], spot, breaks, (at - (len(labels) - 1) / 2) * DODGE, at)
    ]
    edges = pd.concat([table["conf_low"], table["conf_high"]]).dropna().astype(float)
    low, high = (float(edges.min()), float(edges.max())) if len(edges) else (0.0, 1.0)
    bottom, top = max(0, low - 0.04), min(1.01, high + 0.03)
    layout = {
        "xaxis": {
            **style.AXIS,
            "showgrid": False,
            "range": [-0.25, len(waves) - 0.75],
            "tickmode": "array",
            "tickvals": list(spot.values()),
            "ticktext": list(waves.values()),
            "tickfont": {"size": 14, "color": style.INK},
        },
        "yaxis": {**style.AXIS, "range": [bottom, top], "tickformat": ".0%"},
        "annotations": _ends(table, labels, spot, 0.06 * (top - bottom)),
    }
    key = [LegendEntry("┃", style.SOFT, tr("竖线是置信区间"))]
    if breaks:
        key.append(LegendEntry("… …", style.SOFT, tr("两轮不可比，连线断开")))
    box = Box(plot_height=300, left=58, right=150, above=8, below=48, width=page_width)
    return framed(traces, layout, caption, box, key)


def _line(
    rows: pd.DataFrame, spot: Mapping[str, int], breaks: set[tuple[str, str]], shift: float, at: int
) -> list[dict[str, Any]]:
    color, symbol = LOOKS[at % len(LOOKS)]
    rows = rows.assign(at=rows["wave"].astype(str).map(spot)).dropna(subset=["at", "estimate"]).sort_values("at")
    x: list[float | None] = []
    y: list[float | None] = []
    for row in rows.to_dict("records"):
        if (row["item"], str(row["wave"])) in breaks:
            x, y = [*x, None], [*y, None]
        x, y = [*x, row["at"] + shift], [*y, row["estimate"]]
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": str(rows["label"].iloc[0]) if len(rows) else "",
        "x": (rows["at"] + shift).tolist(),
        "y": rows["estimate"].astype(float).tolist(),
        "error_y": whiskers(rows["estimate"], rows["conf_low"], rows["conf_high"], color, thickness=2),
        "marker": {"color": color, "symbol": symbol, "size": 11},
        "text": [f"{row['label']} {row['wave']} {percent(row['estimate'])}" for row in rows.to_dict("records")],
        "hovertemplate": "%{text}<extra></extra>",
    }
    line = {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "connectgaps": False}
    return [{**line, "line": {"color": color, "width": 2}}, marks]


def _ends(table: pd.DataFrame, labels: list[str], spot: Mapping[str, int], gap: float) -> list[dict[str, Any]]:
    """Return name and number beside the last point of each line, at least `gap` apart on the axis."""
    last = []
    for at, label in enumerate(labels):
        rows = table[(table["label"] == label) & table["estimate"].notna()]
        if len(rows):
            row = max(rows.to_dict("records"), key=lambda one: spot[str(one["wave"])])
            last.append((float(row["estimate"]), row, LOOKS[at % len(LOOKS)][0]))
    notes, below = [], float("inf")
    for value, row, color in sorted(last, key=lambda one: -one[0]):
        below = min(value, below - gap)
        text = f"<b>{row['label']}</b> {percent(row['estimate'])}"
        place = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "y": below, "showarrow": False}
        notes.append({**place, "text": text, "font": {"size": 14, "color": color}})
    return notes
