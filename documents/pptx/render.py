"""A briefing as PPTX: a slide for each heading, its blocks below, the source at the foot, the method in the notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from power_pptx import Presentation
from power_pptx.enum.shapes import MSO_CONNECTOR
from power_pptx.util import Inches, Pt

from documents.archive import same_bytes
from documents.docx.text import clean
from documents.pptx.cards import add_cards
from documents.pptx.dots import add_dots
from documents.pptx.layout import (
    BODY,
    BOTTOM,
    FOOT,
    HEIGHT,
    LEFT,
    NAVY,
    RIGHT,
    RULE,
    SMALL,
    TITLE,
    TOP,
    WIDTH,
    Box,
    Type,
    add_text,
    fill,
    fit,
    rgb,
)  # fmt: skip
from documents.pptx.tables import add_table, heights_of
from reports.briefing.blocks import (
    NOTHING,
    Actions,
    Annex,
    Block,
    Chart,
    Heading,
    Paragraph,
    Role,
    Table,
    Text,
    plain,
    text_of,
)
from reports.briefing.model import Briefing
from reports.briefing.parts.rows import as_table
from reports.briefing.record import code

CITY = "city"
"""Key of the chart that is drawn as cards."""
CARDS, LINE, GAP = 2.55, 0.34, 0.2
"""Height of the cards, of a line of text, and between blocks, in inches."""
FULL = 46
"""Characters of 16 points in one line of a slide."""
TITLE_ONLY = 5
"""Layout of the template: a title and nothing else."""


def render(found: Briefing) -> bytes:
    """Return slides, byte for byte the same for the same content."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    _properties(deck, found)
    parts = _slides(found)
    for number, (title, blocks) in enumerate(parts, start=1):
        slide = _new(deck, found, title)
        _foot(slide, found, f"{number} / {len(parts)}")
        _lay(slide, blocks)
        slide.notes_slide.notes_text_frame.text = clean(text_of(found.foot.method))
    out = io.BytesIO()
    deck.save(out)
    return same_bytes(out.getvalue())


def _slides(found: Briefing) -> list[tuple[Text, list[Block]]]:
    """Return title and blocks of each slide; what stands before the first heading follows the title of the document."""
    places = [at for at, block in enumerate(found.blocks) if isinstance(block, Heading | Annex)]
    slides: list[tuple[Text, list[Block]]] = []
    if first := list(found.blocks[: places[0] if places else None]):
        slides.append((plain(found.title or found.head.red), first))
    for start, end in pairwise([*places, len(found.blocks)]):
        block = found.blocks[start]
        title = plain(
            block.title if isinstance(block, Annex) else block.text if isinstance(block, Heading) else NOTHING
        )
        slides.append((title, list(found.blocks[start + 1 : end])))
    return [(title, blocks) for title, blocks in slides if blocks]


def _properties(deck: Any, found: Briefing) -> None:
    known = deck.core_properties
    known.title, known.subject = clean(found.title.text)[:255], str(found.kind)
    known.author = known.last_modified_by = clean(found.head.left.text)[:255]
    known.created = known.modified = datetime.fromisoformat(found.day)
    known.language, known.revision = "zh-CN", 1


def _new(deck: Any, found: Briefing, title: Text) -> Any:
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Box(LEFT, 0.5, RIGHT - LEFT, 0.6).emu
    fit(shape.text_frame)
    size = min(TITLE.size, TITLE.size * 30 / max(len(text_of(title)), 1))
    fill(shape.text_frame.paragraphs[0], title, Type(max(size, 16), NAVY, bold=True))
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Inches, (LEFT, 1.17, RIGHT, 1.17)))
    line.line.color.rgb, line.line.width = rgb(NAVY), Pt(2)
    line.alt_text = "标题下的横线"
    if found.head.mark:
        add_text(slide, Box(8.6, 0.18, RIGHT - 8.6, 0.25), plain(found.head.mark), Type(11, "C8102E"), align="right")
    return slide


def _foot(slide: Any, found: Briefing, number: str) -> None:
    line = slide.shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *map(Inches, (LEFT, 6.98, RIGHT, 6.98)))
    line.line.color.rgb, line.line.width = rgb(RULE), Pt(0.75)
    line.alt_text = "页脚上的横线"
    place = Box(LEFT, 7.02, RIGHT - LEFT - 0.8, 0.25)
    shape = add_text(slide, place, plain(found.foot.source), FOOT, name="来源")
    _append(shape, f"　核验码 {code(found)}")
    _append(add_text(slide, Box(RIGHT - 0.8, 7.02, 0.8, 0.25), (), FOOT, align="right", name="页码"), number)


def _append(shape: Any, words: str) -> None:
    from documents.pptx.layout import write

    write(shape.text_frame.paragraphs[0], words, FOOT)


def _lay(slide: Any, blocks: Sequence[Block]) -> None:
    """Lay the blocks of a slide out from top to bottom; a table behind a chart stands beside it."""
    top, at = TOP, 0
    while at < len(blocks):
        block, after = blocks[at], blocks[at + 1] if at + 1 < len(blocks) else None
        room = BOTTOM - top - sum(_least(one) for one in blocks[at + 1 :])
        beside = isinstance(block, Chart) and block.key != CITY and isinstance(after, Table) and not after.grid
        if beside:
            room += _least(after)  # type: ignore[arg-type]
            left = 0.66 * (RIGHT - LEFT)
            add_dots(slide, Box(LEFT, top, left, room), block)  # type: ignore[arg-type]
            add_table(slide, Box(LEFT + left + 0.3, top, RIGHT - LEFT - left - 0.3, room), after, 13)  # type: ignore[arg-type]
            top += room + GAP
        else:
            top += _one(slide, block, top, room) + GAP
        at += 2 if beside else 1


def _least(block: Block) -> float:
    """Return the height that a block needs at least, in inches."""
    if isinstance(block, Paragraph):
        return LINE * (len(text_of(block.text)) // FULL + 1) + GAP
    if isinstance(block, Chart):
        return (CARDS if block.key == CITY else 2.5) + GAP
    if not isinstance(block, Table | Actions):
        return 0.0
    table = as_table(block) if isinstance(block, Actions) else block
    return sum(heights_of(table, RIGHT - LEFT, 12)) + GAP


def _one(slide: Any, block: Block, top: float, room: float) -> float:
    """Add a block over the whole width and return its height."""
    width = RIGHT - LEFT
    if isinstance(block, Chart) and block.key == CITY:
        add_cards(slide, Box(LEFT, top, width, CARDS), block)
        return CARDS
    if isinstance(block, Chart):
        add_dots(slide, Box(LEFT, top, width, room), block)
        return room
    if isinstance(block, Table | Actions):
        table = as_table(block) if isinstance(block, Actions) else block
        return add_table(slide, Box(LEFT, top, width, room), table, 16)
    if isinstance(block, Paragraph):
        height = _least(block) - GAP
        add_text(slide, Box(LEFT, top, width, height), block.text, SMALL if block.role is Role.NOTE else BODY)
        return height
    return 0.0
