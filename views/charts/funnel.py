"""Funnel plot: which areas lie outside the limits of chance for their number of answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.areas.funnel import INNER, OUTER, Funnel
from analysis.areas.verdict import Reason
from analysis.numerals import percent
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.shell.markup import literal_table


def funnel_plot(table: pd.DataFrame, funnel: Funnel, caption: Caption, *, page_width: int = 1180) -> go.Figure:
    """Draw rates against effective sample size, with the 95 % and 99.8 % limits around the city rate.

    Args:
        table: name, estimate (share), n_eff, verdict ("" for none), outside (whether beyond the 95 % limits).
        funnel: the limits.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    table = literal_table(table)
    top = float(table["n_eff"].max()) * 1.12
    grid = np.linspace(max(4.0, float(table["n_eff"].min()) * 0.55), top, 60)
    lines = [_limit(grid, funnel, level, dash) for level, dash in ((INNER, "solid"), (OUTER, "dash"))]
    edges = np.concatenate([np.asarray(trace["y"], dtype=float) for pair in lines for trace in pair])
    low = min(float(np.nanmin(edges)), float(table["estimate"].min())) - 0.01
    high = max(float(np.nanmax(edges)), float(table["estimate"].max())) + 0.01
    centre = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": funnel.centre, "y1": funnel.centre}
    layout = {
        "xaxis": {**style.AXIS, "range": [float(grid[0]), top], "title": {"text": tr("有效样本量"), "standoff": 4}},
        "yaxis": {**style.AXIS, "range": [max(low, 0), min(high, 1.01)], "tickformat": ".0%"},
        "shapes": [{**centre, "line": {"color": style.INK, "width": 1.4}}],
        "annotations": [_name(row) for row in table.itertuples() if row.outside],
    }
    key = [
        LegendEntry("━", style.SOFT, tr("95% 界限：平均 20 个区县里约有 1 个会偶然越过")),
        LegendEntry("╌", style.SOFT, tr("99.8% 界限")),
        LegendEntry("▼ ▽ ○ ■", style.INK, tr("判断；写出名字的越过 95% 界限")),
    ]
    box = Box(plot_height=290, left=62, right=24, above=6, below=46, width=page_width)
    return framed([trace for pair in lines for trace in pair] + _points(table), layout, caption, box, key)


def _limit(grid: Any, funnel: Funnel, level: float, dash: str) -> list[dict[str, Any]]:
    look = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": grid.tolist()}
    line = {"color": style.SOFT, "width": 1.4, "dash": dash}
    return [{**look, "y": side.tolist(), "line": line} for side in funnel.limits(grid, level)]


def _points(table: pd.DataFrame) -> list[dict[str, Any]]:
    traces = []
    for verdict in dict.fromkeys(table["verdict"]):
        color, symbol, _ = style.MARKS[verdict or Reason.NO_LINE]
        rows = table[table["verdict"] == verdict]
        texts = [f"{row.name}  {percent(float(str(row.estimate)))}" for row in rows.itertuples(index=False)]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": rows["n_eff"].astype(float).tolist(),
                "y": rows["estimate"].astype(float).tolist(),
                "marker": {"color": color, "symbol": symbol, "size": 11, "line": {"width": 2, "color": color}},
                "text": texts,
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return traces


def _name(row: Any) -> dict[str, Any]:
    place = {"x": row.n_eff, "y": row.estimate, "xanchor": "left", "xshift": 9, "showarrow": False}
    return {**place, "text": row.name, "font": {"size": 13, "color": style.INK}}
