"""Cards of the four rates: name, verdict, value, interval, target, change since the previous wave."""

from __future__ import annotations

from typing import Any

from power_pptx.enum.shapes import MSO_SHAPE

from documents.marks import PALE, mark_of
from documents.pptx.layout import CARD, NAVY, SOFT, Box, Type, add_text, rgb
from reports.briefing.blocks import Chart, Point, Run, plain
from reports.briefing.parts.rows import chart_table
from reports.sentences.sentence import Name, Sentence, say

GAP, MARGIN, BAR = 0.2, 0.18, 0.06
"""Between cards, within them, and the height of their upper edge, in inches."""


def add_cards(slide: Any, box: Box, found: Chart, name: str) -> None:
    """Add a card for each point of a chart, side by side."""
    count = max(len(found.points), 1)
    width = (box.width - GAP * (count - 1)) / count
    rows = chart_table(found).rows
    for number, (point, row) in enumerate(zip(found.points, rows, strict=True)):
        place = Box(box.left + number * (width + GAP), box.top, width, box.height)
        _card(slide, place, point, [cell[0].text if cell else Sentence() for cell in row], f"{name}{number}")


def _card(slide: Any, box: Box, point: Point, cells: list[Sentence], name: str) -> None:
    mark = mark_of(point.verdict)
    _block(slide, box, CARD, f"{name}:base")
    _block(slide, Box(box.left, box.top, box.width, BAR), mark.colour if mark else PALE, f"{name}:edge")
    inner = Box(box.left + MARGIN, box.top + MARGIN, box.width - 2 * MARGIN, 0.4)
    add_text(slide, inner, plain(point.label), Type(20, NAVY), name=f"{name}:label")
    verdict = (Run(say("{word}", word=Name(point.verdict)), mark=point.verdict),)
    add_text(slide, inner, verdict, Type(15, mark.colour if mark else SOFT), align="right", name=f"{name}:verdict")
    _, _, value, limits, n, line, *_ = cells
    number = say("{share}%", share=value) if point.value is not None else value
    below = Box(inner.left, inner.top + 0.5, inner.width, 0.8)
    add_text(slide, below, plain(number), Type(40, NAVY, bold=True), name=f"{name}:value")
    lines = [say("{limits}%，n={n}", limits=limits, n=n) if point.value is not None else Sentence(),
             say("目标{line}", line=line) if point.line is not None else Sentence(),
             point.change]  # fmt: skip
    for at, text in enumerate(one for one in lines if one):
        place = Box(inner.left, inner.top + 1.25 + 0.3 * at, inner.width, 0.28 * (2 if text is point.change else 1))
        add_text(slide, place, plain(text), Type(13, SOFT), name=f"{name}:line{at}")


def _block(slide: Any, box: Box, colour: str, name: str) -> None:
    """Add a coloured area, which says nothing to readers who do not see it."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box.emu)
    shape.fill.solid()
    shape.fill.fore_color.rgb = rgb(colour)
    shape.line.fill.background()
    shape.shadow.clear()
    shape.name, shape.alt_text = name, "底色"
