"""The table of numbers behind a chart (看数字), read from what the chart draws, so that it shows nothing else."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from views.shell.markup import WORD_JOINER

BREAK = re.compile("(?<=[一-鿿])<br>(?=[一-鿿])")
"""A line break inside a Chinese name, where its column is narrow."""
TAG = re.compile(r"<[^>]+>")
ITEM, SERIES, VALUE, LOW, HIGH, SAID = "项目", "类别", "数值", "下限", "上限", "图上的文字"
AXES = {"x": "横轴", "y": "纵轴"}
Texts = dict[tuple[str, str], str]


def numbers(picture: go.Figure) -> pd.DataFrame:
    """Return one row per mark of a chart, and one per row of the chart that has a text and no mark.

    Shares are in percent with one decimal, as on the axis. What is hidden in the chart has no number here either.

    Returns:
        项目, 类别 (column of a grid, or name of a line), 数值, 下限, 上限, 图上的文字; where both axes are scales,
        their names instead of 数值. Columns that would be empty are left out.
    """
    layout = picture.layout
    axes = {side: layout[f"{side}axis"].to_plotly_json() for side in AXES}
    names = {side: _names(axis) for side, axis in axes.items()}
    texts = _texts([note.to_plotly_json() for note in layout.annotations], names)
    rows: list[dict[str, Any]] = []
    for trace in picture.data:
        if trace.type == "bar" or "lines" not in str(trace.mode):
            rows += _marks(trace, axes, names, texts)
    drawn = {row[ITEM] for row in rows}
    rows += [{ITEM: item, SERIES: column, SAID: text} for (item, column), text in texts.items() if item not in drawn]
    table = pd.DataFrame(rows)
    order = sorted(table, key=lambda name: (name not in (ITEM, SERIES), name == SAID))
    empty = table.isna() | table.isin([""])
    return table[order].loc[:, ~empty[order].all()]


def _marks(
    trace: Any, axes: Mapping[str, Any], names: Mapping[str, Sequence[str]], texts: Texts
) -> Iterator[dict[str, Any]]:
    """Yield the marks of one trace."""
    said = trace.text if isinstance(trace.text, list | tuple) else ()
    for at, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
        place = {"x": x, "y": y}
        name = {side: _name(names[side], value) for side, value in place.items()}
        scales = [side for side in AXES if not name[side]]
        row: dict[str, Any] = {ITEM: name["y"] or name["x"], SERIES: trace.name or ""}
        if not scales:
            row[SERIES] = name["x"]
        for side in scales:
            row |= _value(trace, axes[side], side, at, _title(axes[side], side) if len(scales) == 2 else "")
        beside = texts.get((row[ITEM], "" if scales else name["x"]))
        yield {**row, SAID: beside or (_plain(said[at]) if at < len(said) else "")}


def _value(trace: Any, axis: Mapping[str, Any], side: str, at: int, name: str) -> dict[str, Any]:
    """Return a coordinate and the ends of its interval, in percent where the axis is."""
    value, percent = trace[side][at], str(axis.get("tickformat", "")).endswith("%")
    unit = "（%）" if percent else ""
    row = {f"{name or VALUE}{unit}": _number(value, percent)}
    up, down = (trace[f"error_{side}"][key] for key in ("array", "arrayminus"))
    if up is not None and down is not None:
        row[f"{name}{LOW}{unit}"] = _number(value - down[at], percent)
        row[f"{name}{HIGH}{unit}"] = _number(value + up[at], percent)
    return row


def _number(value: Any, percent: bool) -> Any:
    if not isinstance(value, Real):
        return str(value).replace("T", " ")[: len("2026-01-01 00:00")]
    if not math.isfinite(value):
        return None
    return round(100 * float(value), 1) if percent else round(float(value), 1)


def _names(axis: Mapping[str, Any]) -> list[str]:
    """Return the names of the rows or columns of an axis; none where it is a scale."""
    names = list(axis.get("ticktext", ()))
    return [_plain(name) for name in names] if list(axis.get("tickvals", ())) == list(range(len(names))) else []


def _name(names: Sequence[str], value: Any) -> str:
    """Return the name at a coordinate; "" on a scale."""
    if isinstance(value, str):
        return _plain(value)
    if not names or not isinstance(value, Real) or not -0.5 <= float(value) < len(names) - 0.5:
        return ""
    return names[round(float(value))]


def _texts(notes: Sequence[Mapping[str, Any]], names: Mapping[str, Sequence[str]]) -> Texts:
    """Return the texts beside rows, by (row, ""), and those in the cells of a grid, by (row, column)."""
    found: Texts = {}
    for note in notes:
        item = _name(names["y"], note.get("y")) if note.get("yref") == "y" else ""
        column = _name(names["x"], note.get("x")) if note.get("xref") == "x" else ""
        if item and (column or note.get("xref") == "paper"):
            found[item, column] = _plain(note["text"])
    return found


def _title(axis: Mapping[str, Any], side: str) -> str:
    title = axis.get("title", {})
    return _plain(title.get("text", "") if isinstance(title, Mapping) else title) or AXES[side]


def _plain(text: Any) -> str:
    text = BREAK.sub("", str(text)).replace("<br>", " ")
    return " ".join(TAG.sub("", str(text)).replace(WORD_JOINER, "").split())
