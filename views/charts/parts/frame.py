"""Frame of every chart: finding as the title, measure as the subtitle, provenance at the foot.

Charts are shared without their page, so each carries n, interval level, field dates, mode, weighting, data version and
whether the data are real or simulated. A chart module makes traces and a layout; `framed` does the rest:

    def my_chart(table, caption, width=1180):
        return framed(traces, {"xaxis": {...}, "yaxis": {...}}, caption, Box(plot_height=300, left=90, width=width))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from analysis.line_breaks import width as text_width
from analysis.line_breaks import wrap
from reports.sentences.notes.catalogue import tr
from views.charts.parts import style
from views.shell import palette
from views.shell.markup import literal

TITLE, SUBTITLE, KEY, SOURCE = 19, 14, 14, 12
LEADING = 1.4
PAD = 10


@dataclass(frozen=True, slots=True)
class Caption:
    """Texts of a chart.

    Attributes:
        title: the finding, one sentence.
        subtitle: measure, wave, base.
        source: n, interval, dates, mode, weighting, version, and 真实数据 or 模拟数据.
        mock: whether to draw the 模拟数据 mark into the chart.
    """

    title: str
    subtitle: str
    source: str
    mock: bool


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One legend entry below a drawing: a sign in its colour, and its meaning."""

    sign: str
    color: str
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """Size of the plot area in pixels; `framed` adds the space for title, legend and source.

    Attributes:
        plot_height: height of the drawing.
        left: space for the names of the rows.
        right: space for labels at the right.
        above: space for labels above the plot area.
        below: space for the tick labels.
        width: the narrowest width the page gives this chart; text is wrapped to it.
    """

    plot_height: int
    left: int = 90
    right: int = 30
    above: int = 10
    below: int = 26
    width: int = 1180


def framed(
    traces: Sequence[dict[str, Any]],
    layout: dict[str, Any],
    caption: Caption,
    box: Box,
    key: Sequence[LegendEntry] = (),
) -> go.Figure:
    """Return a figure in the house style with its texts inside.

    Args:
        traces: Plotly traces as plain dicts (validating each takes ten times as long as drawing).
        layout: axes, shapes and annotations.
        caption: texts of the chart.
        box: size of the plot area.
        key: legend entries; drawn as text, because Plotly's own legend does not control its line breaks.
    """
    title, subtitle, source = map(literal, (caption.title, caption.subtitle, caption.source))
    head = _lines(title, TITLE, box.width - (90 if caption.mock else 0))
    sub = _lines(subtitle, SUBTITLE, box.width)
    foot = _lines(source, SOURCE, box.width)
    signs = _key_lines(key, box.width)
    top = PAD + _height(head, TITLE) + _height(sub, SUBTITLE) + box.above
    below = box.below + (_height(signs, KEY) + 8 if signs else 0)
    words = [
        _text([f"<b>{line}</b>" for line in head], TITLE, style.INK, (1, top - PAD), box.left),
        _text(sub, SUBTITLE, style.SOFT, (1, top - PAD - _height(head, TITLE)), box.left),
        _text(signs, KEY, style.INK, (0, -box.below), box.left),
        _text(foot, SOURCE, style.FAINT, (0, -below), box.left),
    ]
    full = {
        **layout,
        "template": {"layout": style.LAYOUT},
        "meta": {"narrowest": box.width, "words": [title, subtitle, source], "mock": caption.mock},
        "height": top + box.plot_height + below + _height(foot, SOURCE) + PAD,
        "margin": {"l": box.left, "r": box.right, "t": top, "b": below + _height(foot, SOURCE) + PAD, "pad": 0},
        "annotations": [
            *layout.get("annotations", ()),
            *(word for word in words if word["text"]),
            *([_mark(top, box.right)] if caption.mock else []),
        ],
    }
    return go.Figure({"data": list(traces), "layout": full}, _validate=False)


def _key_lines(key: Sequence[LegendEntry], room: int) -> list[str]:
    """Return the legend entries, as many per line as fit."""
    lines, used = [], float("inf")
    for entry in key:
        needed = (text_width(entry.text) + 3.2) * KEY
        text = f"<span style='color:{entry.color}'>{entry.sign}</span> {entry.text}"
        if used + needed > room - 2 * PAD:
            lines.append(text)
            used = needed
        else:
            lines[-1] += f"　 {text}"
            used += needed
    return lines


def _lines(text: str, size: int, width: int) -> tuple[str, ...]:
    return wrap(text, (width - 2 * PAD) / size)


def _height(lines: Sequence[str], size: int) -> int:
    return round(len(lines) * size * LEADING)


def _text(lines: Sequence[str], size: int, color: str, place: tuple[int, float], left: int) -> dict[str, Any]:
    """Return text whose upper edge is `place` pixels above the upper (1) or lower (0) edge of the plot area."""
    edge, shift = place
    return {
        "text": "<br>".join(lines),
        "font": {"size": size, "color": color},
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": edge,
        "xanchor": "left",
        "yanchor": "top",
        "xshift": PAD - left,
        "yshift": shift,
        "align": "left",
        "showarrow": False,
        "borderpad": 0,
    }


def _mark(top: int, right: int) -> dict[str, Any]:
    """Return the 模拟数据 mark in a box in the upper right corner."""
    return {
        "text": tr("模拟数据"),
        "font": {"size": 13, "color": palette.WHITE},
        "bgcolor": style.MOCK,
        "borderpad": 4,
        "xref": "paper",
        "yref": "paper",
        "x": 1,
        "y": 1,
        "xanchor": "right",
        "yanchor": "top",
        "xshift": right - PAD,
        "yshift": top - PAD,
        "showarrow": False,
    }
