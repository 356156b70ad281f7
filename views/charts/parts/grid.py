"""Grid chart: named rows and columns, and a coloured cell with its text at each crossing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from views.charts.parts import style
from views.shell import palette


@dataclass(frozen=True, slots=True)
class Field:
    """One cell.

    Attributes:
        x: place of its column, from 0 at the left.
        y: place of its row, from 0 at the top.
        text: text of the cell.
        fill: colour of the cell.
        ink: colour of the text.
        size: font size of the text.
    """

    x: int
    y: int
    text: str
    fill: str
    ink: str
    size: int


def grid(rows: Sequence[str], columns: Sequence[str], fields: Iterable[Field], *, heading: int = 14) -> dict[str, Any]:
    """Return the layout of a grid for `views.charts.parts.frame.framed`.

    Args:
        rows: names of the rows, from the top.
        columns: headings from the left.
        fields: the cells; a missing one stays white.
        heading: font size of the headings.
    """
    drawn = tuple(fields)
    return {
        "xaxis": {**_axis(columns, heading), "side": "top", "range": [-0.5, len(columns) - 0.5]},
        "yaxis": {**_axis(rows, 15), "range": [len(rows) - 0.5, -0.5]},
        "shapes": [_shape(field) for field in drawn],
        "annotations": [_words(field) for field in drawn],
    }


def _axis(names: Sequence[str], size: int) -> dict[str, Any]:
    return {
        **style.AXIS,
        "showgrid": False,
        "linecolor": palette.WHITE,
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "tickfont": {"size": size, "color": style.INK},
    }


def _shape(field: Field) -> dict[str, Any]:
    x, y = field.x, field.y
    place = {"x0": x - 0.48, "x1": x + 0.48, "y0": y - 0.46, "y1": y + 0.46, "xref": "x", "yref": "y"}
    return {"type": "rect", **place, "layer": "below", "fillcolor": field.fill, "line": {"width": 0}}


def _words(field: Field) -> dict[str, Any]:
    font = {"size": field.size, "color": field.ink}
    return {"xref": "x", "yref": "y", "x": field.x, "y": field.y, "showarrow": False, "font": font, "text": field.text}
