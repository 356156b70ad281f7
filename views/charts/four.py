"""The four rates in one chart: estimate, interval, target, previous wave and change."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.verdict import SILENT, Reason
from analysis.numerals import change, interval, percent, points, points_interval, target
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.shell.markup import literal_table

STEP = 80
LEFT, RIGHT = 132, 232


KEY = (
    LegendEntry("▼ ▽ ○ ■", style.INK, "本次，横线是置信区间"),
    LegendEntry("┃", style.INK, "目标"),
    LegendEntry("◇", style.SOFT, "上次"),
)
OPINION = (LegendEntry("▲", style.NEUTRAL, "自愿参加者的意见，不给抽样误差"),)


def four(judged: pd.DataFrame, caption: Caption, *, page_width: int = 1180) -> go.Figure:
    """Draw one row per rate: estimate, interval as a bar, target as a line, previous wave as a hollow mark.

    Args:
        judged: one row per rate, from `reports.rates.with_change`.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    rows = literal_table(judged).reset_index(drop=True)
    low = rows[["estimate", "conf_low", "line", "before"]].min().min()
    floor = 0.0 if pd.isna(low) else max(0.0, float(low) - 0.08)
    layout = {
        "xaxis": {**style.AXIS, "range": [floor, 1.005], "tickformat": ".0%"},
        "yaxis": {**style.AXIS, "showgrid": False, "showticklabels": False, "range": [len(rows) - 0.5, -0.5]},
        "shapes": [shape for index, row in rows.iterrows() for shape in _shapes(row, index)],
        "annotations": [note for index, row in rows.iterrows() for note in _notes(row, index)],
    }
    box = Box(plot_height=STEP * len(rows), left=LEFT, right=RIGHT, above=4, width=page_width)
    key = OPINION if rows["reason"].eq(Reason.OPINION).any() else KEY if rows["before"].notna().any() else KEY[:-1]
    return framed(_traces(rows), layout, caption, box, key)


def _color(row: Any) -> str:
    return style.MARKS[style.state(row)][0]


def _traces(rows: pd.DataFrame) -> list[dict[str, Any]]:
    colors = [_color(row) for _, row in rows.iterrows()]
    symbols = [style.MARKS[style.state(row)][1] for _, row in rows.iterrows()]
    now = _points("本次", rows["estimate"], {"size": 11, "color": colors, "symbol": symbols, "line": {"width": 2}})
    line = {"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": style.INK}}
    target = _points("目标", rows["line"], line)
    ring = {"symbol": "diamond-open", "size": 11, "color": style.SOFT, "line": {"width": 2}}
    before = _points("上次", rows["before"], ring)
    return [now, target] if rows["before"].isna().all() else [now, target, before]


def _points(name: str, values: pd.Series, marker: dict[str, Any]) -> dict[str, Any]:
    """Return a trace with one mark per rate."""
    x, y = values.tolist(), values.index.tolist()
    return {"type": "scatter", "mode": "markers", "name": name, "x": x, "y": y, "marker": marker, "hoverinfo": "skip"}


def _shapes(row: Any, index: Any) -> list[dict[str, Any]]:
    """Return the interval of one rate as a thick line, and a faint rule between rows."""
    whisker = {
        "type": "line",
        "x0": row["conf_low"],
        "x1": row["conf_high"],
        "y0": index,
        "y1": index,
        "layer": "below",
    }
    rule = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": index + 0.5, "y1": index + 0.5, "layer": "below"}
    lines = [{**rule, "line": {"color": style.RULE, "width": 1}}]
    return lines if pd.isna(row["conf_low"]) else [{**whisker, "line": {"color": _color(row), "width": 4}}, *lines]


def _notes(row: Any, index: Any) -> list[dict[str, Any]]:
    """Return name and number at the left, verdict and change at the right."""
    base = {"yref": "y", "y": index, "showarrow": False, "xref": "paper"}
    left = {**base, "x": 0, "xanchor": "left", "align": "left"}
    number = percent(row["estimate"])
    big = {"font": {"size": 34, "color": _color(row)}}
    return [
        {**left, "xshift": 10 - LEFT, "yshift": 26, "text": row["label"], "font": {"size": 15, "color": style.INK}},
        {**left, **big, "xshift": 10 - LEFT, "yshift": -8, "text": f"<b>{number}</b>"},
        {
            **base,
            "x": 1,
            "xanchor": "left",
            "align": "left",
            "xshift": 14,
            "text": "<br>".join(_right(row)),
            "font": {"size": 13, "color": style.SOFT},
        },
    ]


def _right(row: Any) -> list[str]:
    word, mark = style.state(row), style.MARKS[style.state(row)][2]
    if word in SILENT and word != Reason.OPINION:
        return [word]
    goal = "" if pd.isna(row["line"]) else f"（目标 {target(row['line'])}）"
    lines = [f"<b><span style='color:{_color(row)}'>{mark} {word}</span></b>{goal}"]
    spread = "" if pd.isna(row["conf_low"]) else f"区间 {interval(row['conf_low'], row['conf_high'])}　"
    lines.append(f"{spread}n={int(row['n']):,}")
    if not pd.isna(row["change"]):
        spread = points_interval(row["change_low"], row["change_high"])
        lines.append(f"比上次 {change(row['change'])}（{spread}）")
        lines.append(f"能看出的最小变化 {points(row['detectable'])}")
    return lines
