"""Dot plot with intervals, one row per item: changes, model estimates, persons, reach, probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.line_breaks import width
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.whiskers import whiskers
from views.shell import palette
from views.shell.markup import literal_table

KINDS: Mapping[str, tuple[str, str, str]] = {
    "bad": (style.WEAK, "triangle-left", "◀"),
    "plain": (style.NEUTRAL, "circle", "●"),
    "good": (style.STRONG, "triangle-right", "▶"),
    "noted": (style.INK, "star", "★"),
    "red light": (palette.LIGHT_RED, "diamond", "◆"),
    "amber light": (palette.LIGHT_AMBER, "triangle-up", "▲"),
    "green light": (palette.LIGHT_GREEN, "circle", "●"),
    "pale": (style.PALE, "circle", "※"),
    **style.MARKS,
}
"""kind, also a verdict -> colour, marker, sign; shape repeats what the colour means.

A sign has one meaning on all pages: ▼ ▽ ○ ■ ※ are verdicts, ◆ ▲ lights, ◀ ▶ lower and higher than what is compared,
★ what to look at first, ◇ a value for comparison, ● a value without any of these (a green light too).
"""
TICK, GAP = 13, 18
"""Size of a label below the axis, and the least space between two, in pixels."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Scale of the values.

    Attributes:
        form: Plotly tick format, such as ".0%" or ",.0f".
        line: value to mark with a vertical line; None for no line.
        word: label above the line.
        floor: lower end of the scale; None to follow the data.
        ceiling: upper limit of the scale; None to follow the data.
        unit: written after each tick.
    """

    form: str = ".0%"
    line: float | None = None
    word: str = ""
    floor: float | None = None
    ceiling: float | None = None
    unit: str = ""


def dots(
    table: pd.DataFrame, caption: Caption, axis: Axis, words: Mapping[str, str], *, page_width: int = 1180
) -> go.Figure:
    """Draw one row per row of the table, in its order from top to bottom.

    Args:
        table: label, value, low, high (missing where there is no interval), kind (of `KINDS`), text (at the right);
            perhaps `ghost`, a second value drawn hollow.
        caption: the words of the picture.
        axis: the scale.
        words: kind -> its meaning in the legend; "ghost" for the hollow mark.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    rows = literal_table(table).reset_index(drop=True)
    size, step = (15, 30) if len(rows) <= 14 else (13, 22)
    low, high = _span(rows, axis)
    left = int(max(width(str(name)) for name in rows["label"]) * size) + 28
    right = int(max(width(str(text)) for text in rows["text"]) * (size - 2)) + 24
    layout = {
        "xaxis": {
            **style.AXIS, "range": [low, high], "tickformat": axis.form, "ticksuffix": axis.unit, "tickangle": 0,
            "labelalias": {f"+0{axis.unit}": f"0{axis.unit}"},
            "tick0": 0, "dtick": _step(high - low, axis.form, _ticks(high, axis, page_width - left - right)),
        },
        "yaxis": {
            **style.AXIS,
            "showgrid": False,
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{name}  " for name in rows["label"]],
            "range": [len(rows) - 0.4, -0.6],
            "tickfont": {"size": size, "color": style.INK},
        },
        "annotations": [_note(row, at, size - 2) for at, row in rows.iterrows()] + _word(axis),
        "shapes": _line(axis),
    }  # fmt: skip
    box = Box(plot_height=step * len(rows), left=left, right=right, above=26 if axis.word else 8, width=page_width)
    ghosts = [_ghosts(rows, size)] if "ghost" in rows and rows["ghost"].notna().any() else []
    traces = [_trace(rows[rows["kind"] == kind], kind, size) for kind in KINDS if (rows["kind"] == kind).any()]
    return framed([*ghosts, *traces], layout, caption, box, _key(rows, words))


def _key(rows: pd.DataFrame, words: Mapping[str, str]) -> list[LegendEntry]:
    found = [
        LegendEntry(sign, color, words[kind])
        for kind, (color, _, sign) in KINDS.items()
        if kind in words and (rows["kind"] == kind).any()
    ]
    hollow = "ghost" in words and "ghost" in rows and rows["ghost"].notna().any()
    return [*found, LegendEntry("◇", style.SOFT, words["ghost"])] if hollow else found


def _span(rows: pd.DataFrame, axis: Axis) -> tuple[float, float]:
    names = [name for name in ("value", "low", "high", "ghost") if name in rows]
    edges = pd.concat([rows[name].astype(float) for name in names]).dropna().tolist()
    edges += [] if axis.line is None else [axis.line]
    if not edges:
        return 0.0, 1.0
    air = 0.05 * max(max(edges) - min(edges), 1e-6 if axis.form != ".0%" else 0.05)
    low, high = min(edges) - air, max(edges) + air
    low = low if axis.floor is None else axis.floor
    return low, high if axis.ceiling is None else min(high, axis.ceiling)


def _ticks(high: float, axis: Axis, room: int) -> int:
    """Return how many labels as long as that of the highest value fit side by side; at least one, at most six."""
    label = width(f"{high:{axis.form}}{axis.unit}") * TICK + GAP
    return max(1, min(6, int(room / label)))


def _step(span: float, form: str, most: int) -> float:
    """Return the distance of ticks: 1, 2 or 5 times a power of ten, and never so small that two ticks read the same."""
    least = 0.01 if form.endswith("%") else 1.0
    steps = (least * factor * 10.0**power for power in range(9) for factor in (1, 2, 5))
    return next(step for step in steps if span / step <= most)


def _trace(rows: pd.DataFrame, kind: str, size: int) -> dict[str, Any]:
    color, symbol, _ = KINDS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["value"].astype(float).tolist(),
        "y": rows.index.tolist(),
        "error_x": whiskers(rows["value"], rows["low"], rows["high"], color),
        "marker": {"color": color, "size": size - 4, "symbol": symbol, "line": {"width": 1.5, "color": color}},
        "text": [f"{row.label}  {row.text}" for row in rows.itertuples()],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _ghosts(rows: pd.DataFrame, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": rows["ghost"].astype(float).tolist(),
        "y": rows.index.tolist(),
        "marker": {"symbol": "diamond-open", "size": size - 5, "color": style.SOFT, "line": {"width": 1.6}},
        "hoverinfo": "skip",
    }


def _note(row: Any, at: Any, size: int) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "y", "x": 1, "xanchor": "left", "xshift": 10, "showarrow": False, "align": "left"}
    return {**place, "y": at, "text": row["text"], "font": {"size": size, "color": style.SOFT}}


def _line(axis: Axis) -> list[dict[str, Any]]:
    if axis.line is None:
        return []
    line = {"type": "line", "x0": axis.line, "x1": axis.line, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return [{**line, "line": {"color": style.INK, "width": 1.6}}]


def _word(axis: Axis) -> list[dict[str, Any]]:
    if axis.line is None or not axis.word:
        return []
    spot = {"xref": "x", "x": axis.line, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 3}
    return [{**spot, "text": axis.word, "font": {"size": 13, "color": style.INK}, "showarrow": False}]
