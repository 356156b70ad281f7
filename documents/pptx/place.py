"""Lay the blocks of a slide out from top to bottom; a narrow table behind a chart stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from analysis.line_breaks import width
from documents.pptx.cards import add_cards
from documents.pptx.dots import add_dots
from documents.pptx.layout import BODY, SMALL, Box, Type, add_text
from documents.pptx.tables import add_table, heights_of
from documents.regions import region
from reports.briefing.blocks import Actions, Block, Chart, Paragraph, Role, Table, text_of
from reports.briefing.parts.rows import as_table

CITY = "city"
"""Key of the chart that is drawn as cards."""
CARDS, GAP = 2.8, 0.2
"""Height of the cards, and between blocks, in inches."""
CHART = 2.5
"""Least height of a chart."""
LEADING, MARK = 1.4, 1.5
"""Height of a line, and width of a mark with the blank behind it, in units of the type."""
SHARES, APART = {1: 0.66, 2: 0.62, 3: 0.5}, 0.3
"""Columns of a table beside a chart -> share of the width for the chart, and the room between them in inches."""


def lay(slide: Any, area: Box, blocks: Sequence[Block], key: str) -> None:
    """Add the blocks of a slide within an area; `key` is the group of their regions."""
    top, end, at = area.top, area.top + area.height, 0
    body = _body(blocks, area)
    while at < len(blocks):
        block, after = blocks[at], blocks[at + 1] if at + 1 < len(blocks) else None
        beside = after if isinstance(after, Table) and _is_beside(block, after) else None
        later = blocks[at + 1 + (beside is not None) :]
        box = Box(area.left, top, area.width, end - top - sum(_least(one, area.width, body) for one in later))
        if isinstance(block, Chart) and beside is not None:
            _pair(slide, box, block, beside, key)
            top += box.height + GAP
        else:
            top += _one(slide, box, block, region(key, at), body) + GAP
        at += 1 + (beside is not None)


def _body(blocks: Sequence[Block], area: Box) -> Type:
    """Return the type of running text: the largest in which the blocks fit, where they are words only."""
    size = BODY.size
    while (
        size > SMALL.size
        and all(isinstance(block, Paragraph) for block in blocks)
        and sum(_least(block, area.width, Type(size, BODY.colour)) for block in blocks) > area.height + GAP
    ):
        size -= 1
    return Type(size, BODY.colour)


def _is_beside(block: Block, after: Table) -> bool:
    return isinstance(block, Chart) and block.key != CITY and not after.grid and len(after.columns) in SHARES


def _pair(slide: Any, box: Box, chart: Chart, table: Table, key: str) -> None:
    left = SHARES[len(table.columns)] * box.width
    add_dots(slide, Box(box.left, box.top, left, box.height), chart, region(key, chart.key))
    place = Box(box.left + left + APART, box.top, box.width - left - APART, box.height)
    add_table(slide, place, table, region(key, table.key), 13)


def _least(block: Block, across: float, body: Type) -> float:
    """Return the height that a block needs at least, in inches."""
    if isinstance(block, Paragraph):
        return _lines(block, across, body) + GAP
    if isinstance(block, Chart):
        return (CARDS if block.key == CITY else CHART) + GAP
    if not isinstance(block, Table | Actions):
        return 0.0
    table = as_table(block, across=True) if isinstance(block, Actions) else block
    return sum(heights_of(table, across, 12)) + GAP


def _lines(block: Paragraph, across: float, body: Type) -> float:
    """Return the height of a paragraph, in inches."""
    size = _type(block, body).size
    marks = MARK * sum(bool(run.mark) for run in block.text)
    return math.ceil((width(text_of(block.text)) + marks + 1) * size / 72 / across) * size * LEADING / 72


def _type(block: Paragraph, body: Type) -> Type:
    return SMALL if block.role is Role.NOTE else body


def _one(slide: Any, box: Box, block: Block, name: str, body: Type) -> float:
    """Add a block over the whole width and return its height."""
    if isinstance(block, Chart) and block.key == CITY:
        add_cards(slide, Box(box.left, box.top, box.width, CARDS), block, f"{name}:{block.key}")
        return CARDS
    if isinstance(block, Chart):
        return add_dots(slide, box, block, f"{name}:{block.key}")
    if isinstance(block, Table | Actions):
        table = as_table(block, across=True) if isinstance(block, Actions) else block
        return add_table(slide, box, table, f"{name}:{table.key}", 16)
    if isinstance(block, Paragraph):
        height = _lines(block, box.width, body)
        add_text(slide, Box(box.left, box.top, box.width, height), block.text, _type(block, body), name=f"{name}:text")
        return height
    return 0.0
