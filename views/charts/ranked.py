"""Ranked dots with intervals against a target."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.areas.verdict import UNSHOWN, Reason
from analysis.estimation.disclosure.precision import FLAGS
from analysis.line_breaks import width
from analysis.numerals import interval, percent, target
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, LegendEntry, framed
from views.charts.parts.whiskers import whiskers
from views.shell.markup import literal_table

DOUBTS = frozenset(FLAGS) - {"", "opt_in", "gain"}
"""Flags shown by a star."""


def ranked(judged: pd.DataFrame, label: str, caption: Caption, *, page_width: int = 1180) -> go.Figure:
    """Draw areas from the lowest to the highest estimate, each with its interval, and the target line.

    Colour and shape both carry the verdict. A star marks few answers. Areas with a red light, pale, and suppressed
    ones with "—" stand at the foot, outside the order.

    Args:
        judged: from `reports.verdicts.judged`; one row per area.
        label: the column that names the areas.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    rows = literal_table(judged)
    rows["state"] = [style.state(row) for _, row in rows.iterrows()]
    last = rows["state"].map({Reason.RED_LIGHT: 1, Reason.HIDDEN: 2, Reason.EMPTY: 3}).fillna(0)
    rows = rows.assign(_last=last).sort_values(["_last", "estimate"], kind="stable").reset_index(drop=True)
    size = 16 if len(rows) <= 12 else 14
    step = 32 if len(rows) <= 12 else 23
    low, high = _span(rows)
    layout = {
        "xaxis": {**style.AXIS, "range": [low, high], "tickformat": ".0%", "side": "bottom"},
        "yaxis": {
            **style.AXIS,
            "showgrid": False,
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [f"{name}  " for name in rows[label]],
            "range": [len(rows) - 0.4, -0.6],
            "tickfont": {"size": size, "color": style.INK},
        },
        "annotations": _values(rows, size),
    }
    left = int(max(width(str(name)) for name in rows[label]) * size) + 26
    box = Box(plot_height=step * len(rows), left=left, right=int(size * 13), above=30, width=page_width)
    groups = [(one, group) for one in style.MEANINGS if not (group := rows[rows["state"] == one]).empty]
    marks = [_trace(group, label, one, size) for one, group in groups]
    return framed([_target(rows), *marks], layout, caption, box, _key(rows))


def _key(rows: pd.DataFrame) -> list[LegendEntry]:
    """Return the verdicts that occur with their counts, and the star where it is used."""
    counts = rows["state"].value_counts()
    found = [one for one in style.MEANINGS if one in counts]
    signs = [LegendEntry(style.MARKS[one][2], style.MARKS[one][0], f"{one}（{counts[one]}）") for one in found]
    shown = rows.loc[~rows["state"].isin(list(UNSHOWN)), "flag"]
    doubts = "；".join(FLAGS[flag] for flag in dict.fromkeys(shown) if flag in DOUBTS)
    return [*signs, LegendEntry("*", style.SOFT, doubts)] if doubts else signs


def _trace(rows: pd.DataFrame, label: str, one: str, size: int) -> dict[str, Any]:
    color, symbol, _ = style.MARKS[one]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": one,
        "x": rows["estimate"].tolist(),
        "y": rows.index.tolist(),
        "error_x": whiskers(rows["estimate"], rows["conf_low"], rows["conf_high"], color),
        "marker": {"color": color, "size": size - 4, "symbol": symbol, "line": {"width": 2, "color": color}},
        "text": [f"{row[label]}  {_value(row)}" for _, row in rows.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the range of the axis: all intervals and targets with some margin, never outside 0 to 1."""
    edges = pd.concat([rows[name] for name in ("estimate", "conf_low", "conf_high", "line")]).dropna()
    if edges.empty:
        return 0.0, 1.0
    air = 0.06 * max(float(edges.max() - edges.min()), 0.1)
    return max(0.0, float(edges.min()) - air), min(1.0 + air / 3, float(edges.max()) + air)


def _target(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the target below the marks: one line where all rows share it, else a short tick in each row."""
    targets = rows["line"].dropna()
    base = {"type": "scatter", "hoverinfo": "skip", "name": tr("目标")}
    if targets.nunique() == 1:
        value = float(targets.iloc[0])
        line = {"color": style.INK, "width": 2}
        return {**base, "mode": "lines", "x": [value, value], "y": [-0.6, len(rows) - 0.4], "line": line}
    tick = {"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": style.INK}}
    return {**base, "mode": "markers", "x": targets.tolist(), "y": targets.index.tolist(), "marker": tick}


def _values(rows: pd.DataFrame, size: int) -> list[dict[str, Any]]:
    """Return the numbers at the right of each row, and the label above the target line."""
    place = {"xref": "paper", "yref": "y", "x": 1, "xanchor": "left", "xshift": 10, "showarrow": False, "align": "left"}
    notes = [
        {**place, "y": index, "text": _value(row), "font": {"size": size - 2, "color": style.SOFT}}
        for index, row in rows.iterrows()
    ]
    targets = rows["line"].dropna()
    if targets.nunique() == 1:
        text = tr("目标 ") + target(targets.iloc[0])
        word = {"text": text, "font": {"size": 14, "color": style.INK}, "showarrow": False}
        spot = {"xref": "x", "x": float(targets.iloc[0]), "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4}
        notes.append({**word, **spot})
    return notes


def _value(row: Any) -> str:
    if row["state"] in UNSHOWN:
        return f"—（{row['state']}）"
    few = "*" if row["flag"] in DOUBTS else ""
    value = percent(row["estimate"])
    if row["state"] == Reason.OPINION:
        return f"{value}{few}（n={int(row['n']):,}）"
    return f"{value}{few}（{interval(row['conf_low'], row['conf_high'])}）"
