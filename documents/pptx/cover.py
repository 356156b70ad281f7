"""The cover of a deck: what it is, what it finds, who issues it, when, and for whom; made with any master."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from documents.pptx.layout import BODY, INK, Box, Type, add_text
from documents.regions import region
from reports.briefing.blocks import NOTHING, Paragraph, Role, Text, plain
from reports.briefing.model import Briefing, Kind
from reports.sentences.sentence import Sentence

KEY = "cover"
"""Group of its regions."""
NONE = (Kind.NOTICE, Kind.SUPERVISION)
"""Kinds of one page, which have no cover."""
NAMED_BY_TITLE = (Kind.CIRCULAR, Kind.REPORT)
"""Kinds whose title is their name; that of all others is what they find."""
NAME, FINDING = 36, Type(22, INK)
"""Size of the name, and type of what it finds."""
HIGH, APART, LINE = 1.3, 0.25, 0.36
"""Height of the name, of the gap below it, and of a line, in inches."""


def name_of(found: Briefing) -> Text:
    """Return what stands in large type; what it finds where an earlier program gave the document no name."""
    return plain(found.title if found.kind in NAMED_BY_TITLE else found.head.red or found.title)


def add_cover(slide: Any, area: Box, found: Briefing) -> None:
    """Move the title into the area of the content, and add what it finds and the lines below.

    Args:
        slide: with its placeholders filled, the title by `name_of`.
        area: where content may stand.
        found: the document.
    """
    title = next(one for one in slide.placeholders if one.name == region(KEY, "标题"))
    title.left, title.top, title.width, title.height = Box(area.left, area.top + APART, area.width, HIGH).emu
    below = area.top + HIGH + 2 * APART
    finding = found.title if found.kind not in NAMED_BY_TITLE and found.head.red else NOTHING
    if finding:
        add_text(slide, Box(area.left, below, area.width, HIGH), plain(finding), FINDING, name=region(KEY, "finding"))
    lines = [one for one in _lines(found) if one]
    top = area.top + area.height - LINE * len(lines)
    for number, line in enumerate(lines):
        box = Box(area.left, top + LINE * number, area.width, LINE)
        add_text(slide, box, plain(line), BODY, name=region(KEY, f"about{number}"))


def _lines(found: Briefing) -> Iterator[Sentence]:
    """Yield number, to whom, issuer, date and secrecy, as far as the document has them."""
    head = found.head
    yield from (head.number, head.addressee, head.left, head.right)
    for block in found.blocks:
        if isinstance(block, Paragraph) and block.role is Role.SIGNATURE:
            yield from (run.text for run in block.text)
    yield head.secrecy
