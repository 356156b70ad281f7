"""Faults of a document as a template."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from documents.docx.layout import PAGE as PAPER
from documents.docx.template import BODY, PICTURE, paragraphs_of, words_of
from documents.placeholders import PAGE, named
from documents.templates.faults import Fault, missing, words_at_fault
from reports.sentences.sentence import Declared, Name, say

NEAR = 0.02
"""Difference of a size that still counts as A4, as a share."""


def page_faults(content: bytes) -> Iterator[Fault]:
    """Yield the faults of a document as a template."""
    document = Document(io.BytesIO(content))
    yield from _size(document.sections[0])
    found: list[str] = []
    for where, paragraph in paragraphs_of(document):
        words = words_of(paragraph)
        names = named(words)
        found += names
        yield from words_at_fault(where, words, PAGE)
        if BODY in names:
            yield from _alone(where, paragraph, words)
        if PICTURE in names and "页" in where:
            yield Fault(where, f"占位符“{PICTURE}”不能放在页眉页脚里", "放到正文里")
    yield from missing("", found, PAGE)
    if found.count(BODY) > 1:
        yield Fault("", f"占位符“{BODY}”有几处", "只留一处")


def _size(section: Any) -> Iterator[Fault]:
    found = section.page_width, section.page_height
    if any(one is None or abs(one / Mm(wanted) - 1) > NEAR for one, wanted in zip(found, PAPER, strict=True)):
        wide, high = (Declared(str(round((one or 0) / Mm(1))), "standard") for one in found)
        what = say("纸张是 {wide} × {high} 毫米，不是竖放的 {paper}", wide=wide, high=high, paper=Name("A4"))
        yield Fault("", what.text, "在“布局”的“纸张大小”里选 A4、纵向")


def _alone(where: str, paragraph: Any, words: str) -> Iterator[Fault]:
    if words.strip() != f"{{{BODY}}}":
        yield Fault(where, f"占位符“{BODY}”要单独占一段", "把同一段里的其他文字移到别处")
    elif paragraph.getparent().tag != qn("w:body"):
        yield Fault(where, f"占位符“{BODY}”不能放在表格、页眉页脚或文本框里", "放到正文里单独占一段")
