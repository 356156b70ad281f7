"""Curve of cost against precision, with the chosen point marked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.numerals import count, margin, money, points
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed

TEN_THOUSAND = 1e4


def cost_curve(table: pd.DataFrame, caption: Caption, *, page_width: int) -> go.Figure:
    """Draw the half-width of the city's interval over the cost.

    Args:
        table: interviews, cost (yuan), half_width and detectable (shares), chosen, offered; by cost.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    x, y = (table["cost"] / TEN_THOUSAND).tolist(), (100 * table["half_width"]).tolist()
    line = {"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip"}
    chosen = table["chosen"].to_numpy(bool)
    dots = [_dots(table[~chosen & table["offered"]], "circle", 9), _dots(table[chosen], "star", 18)]
    across, up = 1.04 * max(x), 1.15 * max(y)
    layout = {
        "xaxis": {**style.AXIS, "range": [0, across], **_ticks(across, tr("{} 万元"))},
        "yaxis": {**style.AXIS, "range": [0, up], **_ticks(up, "±{}")},
        "annotations": [_name(row, across) for row in table[chosen].to_dict("records")],
    }
    key = [LegendEntry("★", style.INK, tr("选定的方案")), LegendEntry("●", style.INK, tr("其他选择"))]
    box = Box(plot_height=250, left=58, right=40, above=12, below=30, width=page_width)
    return framed([{**line, "line": {"color": style.SOFT, "width": 2.5}}, *dots], layout, caption, box, key)


def _ticks(end: float, form: str) -> dict[str, Any]:
    """Return at most six round ticks up to the end of an axis, without its zero, where both axes meet."""
    steps = (factor * 10.0**power for power in range(-3, 9) for factor in (1, 2, 5))
    step = next(one for one in steps if end / one < 7)
    values = [round(step * at, 6) for at in range(1, int(end / step) + 1)]
    return {"tickmode": "array", "tickvals": values, "ticktext": [form.format(f"{one:g}") for one in values]}


def _dots(rows: pd.DataFrame, symbol: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": (rows["cost"] / TEN_THOUSAND).tolist(),
        "y": (100 * rows["half_width"]).tolist(),
        "marker": {"symbol": symbol, "size": size, "color": style.INK, "line": {"width": 2, "color": style.INK}},
        "text": [_hover(row) for row in rows.to_dict("records")],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(row: dict[Any, Any]) -> str:
    parts = (
        money(row["cost"]),
        tr("{n} 份").format(n=count(row["interviews"])),
        margin(row["half_width"]),
        points(row["detectable"]),
    )
    return " · ".join(parts)


def _name(row: dict[Any, Any], across: float) -> dict[str, Any]:
    """Return cost and margin beside the chosen point, on the side where there is room."""
    x = row["cost"] / TEN_THOUSAND
    left = x > across / 2
    place = {"x": x, "y": 100 * row["half_width"], "xanchor": "right" if left else "left", "yanchor": "bottom"}
    text = f"<b>{money(row['cost'])}，{margin(row['half_width'])}</b>"
    font = {"size": 15, "color": style.INK}
    return {**place, "xshift": -8 if left else 8, "yshift": 6, "showarrow": False, "text": text, "font": font}
