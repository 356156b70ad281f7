"""Charts of collection progress: submissions per hour and drop-out by question. Counts, so no intervals."""

from __future__ import annotations

from math import ceil

import pandas as pd
import plotly.graph_objects as go

from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.charts.parts.frame import Box, Caption, framed
from views.shell.markup import literal_table

BAR = 24
LONGEST = 22
"""Maximum characters of a question beside its bar."""
HOUR = 3_600_000
"""Milliseconds, Plotly's unit of time."""
MARKS = 8
"""Maximum number of axis labels."""


def by_hour(hours: pd.DataFrame, caption: Caption, *, page_width: int) -> go.Figure:
    """Draw submissions per hour as bars.

    Args:
        hours: hour, answers (all modes together); includes hours without answers.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    bars = go.Bar(
        x=hours["hour"],
        y=hours["answers"],
        marker={"color": style.STRONG},
        hovertemplate=tr("%{x|%m-%d %H 时}：%{y} 份<extra></extra>"),
    )
    layout = {
        "xaxis": {
            **style.AXIS,
            "showgrid": False,
            "tickformat": tr("%m-%d %H时"),
            "tick0": hours["hour"].iloc[0],
            "dtick": HOUR * ceil(len(hours) / MARKS),
        },
        "yaxis": {**style.AXIS, "rangemode": "tozero", "tickformat": ",d", **_whole(int(hours["answers"].max()))},
        "bargap": 0.15,
    }
    return framed([bars], layout, caption, Box(plot_height=240, left=58, right=20, above=8, below=40, width=page_width))


def drop_out(steps: pd.DataFrame, caption: Caption, *, page_width: int) -> go.Figure:
    """Draw how many respondents reached each question and how many stopped there.

    Args:
        steps: question, label, reached, left; in order of asking.
        caption: the words of the picture.
        page_width: narrowest width of the picture on its page, in pixels.
    """
    shown = literal_table(steps.iloc[::-1])
    labels = [named(name, label) for name, label in zip(shown["question"], shown["label"], strict=True)]
    traces = [
        go.Bar(
            name=tr("继续"),
            y=labels,
            x=shown["reached"] - shown["left"],
            orientation="h",
            marker={"color": style.STRONG},
        ),
        go.Bar(
            name=tr("停在这里"),
            y=labels,
            x=shown["left"],
            orientation="h",
            marker={"color": style.WEAK},
            text=[f"{n:,}" if n else "" for n in shown["left"]],
            textposition="outside",
        ),
    ]
    layout = {
        "barmode": "stack",
        "xaxis": {**style.AXIS, "tickformat": ",d", **_whole(int(steps["reached"].max()))},
        "yaxis": {**style.AXIS, "showgrid": False, "tickfont": {"size": 13, "color": style.INK}},
        "bargap": 0.25,
    }
    box = Box(plot_height=BAR * len(shown), left=330, right=50, above=8, below=36, width=page_width)
    return framed(traces, layout, caption, box)


def _whole(largest: int) -> dict[str, int]:
    """Return tick settings that keep an axis of small counts to whole numbers."""
    return {"dtick": 1} if largest <= MARKS else {}


def named(name: str, label: str) -> str:
    """Return the short name of a question for axis and title; the consent step has no number."""
    text = label if name == "consent" else f"{name} {label}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
