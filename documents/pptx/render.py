"""A briefing as PPTX: a cover, a slide for each heading with its blocks, the source below, the method in the notes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from documents.archive import same_bytes
from documents.docx.text import clean
from documents.marks import mark_of
from documents.pptx.code_shape import add_code
from documents.pptx.cover import KEY, NAME, NAMED_BY_TITLE, NONE, add_cover, name_of
from documents.pptx.layout import TITLE, fill_inherited
from documents.pptx.master import Master, master, own_master
from documents.pptx.place import CITY, lay
from documents.pptx.read import page_number
from documents.regions import key_of, region
from reports.briefing.blocks import (
    NOTHING,
    Annex,
    Block,
    Chart,
    Heading,
    Paragraph,
    Role,
    Run,
    Table,
    Text,
    plain,
    text_of,
)
from reports.briefing.model import Briefing
from reports.briefing.record import code
from reports.sentences.sentence import Declared, Name, say

Slide = tuple[Text, list[Block]]
"""Title and blocks."""
TITLE_LENGTH, SMALLEST = 30, 16
"""Characters of a title that fit on a line in full size, and the smallest size of a longer one, in points."""


def render(found: Briefing, template: bytes | None = None) -> bytes:
    """Return slides, byte for byte the same for the same content.

    Args:
        found: the content.
        template: a deck whose master is used, checked by `documents.templates.check`; None for ours.
    """
    made = master(template or own_master())
    _properties(made.deck, found)
    parts = slides_of(found)
    covered = found.kind not in NONE and bool(name_of(found))
    total = len(parts) + covered
    if covered:
        slide = _slide(made, found, KEY, name_of(found), page_number(1, total))
        add_cover(slide, made.content, found)
        add_code(slide, made.size, code(found), region(KEY, "二维码"))
    for number, (title, blocks) in enumerate(parts, start=1):
        key = key_of(blocks, number)
        slide = _slide(made, found, key, title, page_number(number + covered, total))
        lay(slide, made.content, blocks, key)
        add_code(slide, made.size, code(found), region(key, "二维码"))
    out = io.BytesIO()
    made.deck.save(out)
    return same_bytes(out.getvalue())


def _slide(made: Master, found: Briefing, key: str, title: Text, page: str) -> Any:
    """Add a slide with title, mark, source, number of the page and notes."""
    slide = _new(made, key)
    source = say("{source}　核验码 {code}", source=found.foot.source, code=Declared(code(found), "numbering"))
    number = say("{page}", page=Declared(page, "numbering"))
    words = {"标题": title, "标记": plain(found.head.mark), "来源": plain(source), "页码": plain(number)}
    _fill(slide, key, words, NAME if key == KEY else TITLE.size)
    slide.notes_slide.notes_text_frame.text = clean(text_of(found.foot.method))
    return slide


def slides_of(found: Briefing) -> list[Slide]:
    """Return title and blocks of each slide; what stands before the first heading follows the title of the document."""
    places = [at for at, block in enumerate(found.blocks) if isinstance(block, Heading | Annex)]
    slides: list[Slide] = []
    if first := list(found.blocks[: places[0] if places else None]):
        slides.append((plain(found.title or found.head.red), first))
    for start, end in pairwise([*places, len(found.blocks)]):
        block = found.blocks[start]
        title = plain(
            block.finding or block.title
            if isinstance(block, Annex)
            else block.finding or block.text
            if isinstance(block, Heading)
            else NOTHING
        )
        note = _notes(block, found.blocks[start + 1 : end])
        slides.append((title, [*found.blocks[start + 1 : end], *note]))
    topic = found.kind in NAMED_BY_TITLE
    kept = ((title, [one for one in blocks if not _is_signature(one)]) for title, blocks in slides)
    return _joined([(title, blocks) for title, blocks in kept if blocks], topic=topic)


def _notes(heading: Block, blocks: Sequence[Block]) -> list[Block]:
    """Return how to read a slide: the marks and the note of its first chart, and the remark behind its heading."""
    remark = [heading.note] if isinstance(heading, Heading) and heading.note else []
    charts = [block for block in blocks if isinstance(block, Chart) and block.key != CITY][:1]
    marks = dict.fromkeys(point.verdict for chart in charts for point in chart.points if mark_of(point.verdict))
    legend = tuple(Run(say("{word}　", word=Name(one)), mark=one) for one in marks)
    runs = tuple(Run(say("{text}　", text=one)) for one in (*(chart.note for chart in charts), *remark))
    return [Paragraph((*legend, *runs), Role.NOTE)] if runs else []


def _joined(slides: list[Slide], *, topic: bool) -> list[Slide]:
    """Return slides without those that hold a few words only.

    Below the words of a first one stands what follows; those of a last one stand below the chart before it. Where the
    title of the document is a `topic`, which stands on the cover, the first slide has the finding that follows.
    """
    if len(slides) > 1 and _is_words(slides[-1]) and any(isinstance(block, Chart) for block in slides[-2][1]):
        *before, (title, blocks), (_, last) = slides
        slides = [*before, (title, [*blocks, *last])]
    if len(slides) < 2 or any(isinstance(block, Chart | Table) for block in slides[0][1]):
        return slides
    (title, first), (second, blocks), *rest = slides
    if topic:
        return [(second, [*first, *blocks]), *rest]
    heading = Paragraph(tuple(Run(run.text, strong=True) for run in second))
    return [(title, [*first, heading, *blocks]), *rest]


def _is_signature(block: Block) -> bool:
    """Return whether a paragraph says who signs and when, which stands on the cover."""
    return isinstance(block, Paragraph) and block.role is Role.SIGNATURE


def _is_words(slide: Slide) -> bool:
    return all(isinstance(block, Paragraph) for block in slide[1])


def _properties(deck: Any, found: Briefing) -> None:
    known = deck.core_properties
    known.title, known.subject = clean(found.title.text)[:255], str(found.kind)
    known.author = known.last_modified_by = clean(found.head.left.text)[:255]
    known.created = known.modified = datetime.fromisoformat(found.day)
    known.language, known.revision = "zh-CN", 1


def _new(made: Master, key: str) -> Any:
    """Add a slide and remove the placeholders that it does not fill."""
    slide = made.deck.slides.add_slide(made.layout)
    kept = {index: name for name, index in made.indices.items() if name != "内容"}
    for shape in list(slide.placeholders):
        name = kept.get(shape.placeholder_format.idx)
        if name is None:
            shape._element.getparent().remove(shape._element)
        else:
            shape.name = region(key, name)
    return slide


def _fill(slide: Any, key: str, words: dict[str, Text], largest: float) -> None:
    """Write into the placeholders; one without words is removed. A long title is smaller than `largest` points."""
    known = {shape.name: shape for shape in slide.placeholders}
    for name, text in words.items():
        shape = known[region(key, name)]
        if not text:
            shape._element.getparent().remove(shape._element)
            continue
        room = TITLE_LENGTH * TITLE.size / largest
        long = name == "标题" and (len(text_of(text)) > room or largest > TITLE.size)
        size = max(SMALLEST, largest * min(1, room / len(text_of(text)))) if long else None
        fill_inherited(shape.text_frame.paragraphs[0], text, size)
