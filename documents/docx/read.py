"""What a DOCX says: every piece of text with its place, as it is found in the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from documents.places import place

BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n"}
Said = tuple[str, str]
"""Place and text."""


def read(content: bytes) -> tuple[Said, ...]:
    """Return paragraphs, cells, alternative texts and feet of pages in order."""
    document = Document(io.BytesIO(content))
    return (*_body(document), *_feet(document))


def _body(document: Any) -> Iterator[Said]:
    paragraphs = tables = 0
    for part in document.element.body:
        if part.tag == qn("w:p"):
            paragraphs += 1
            yield from _texts(part, place("第 {n} 段", n=paragraphs))
        elif part.tag == qn("w:tbl"):
            tables += 1
            yield from _table(part, place("第 {n} 张表", n=tables))


def _table(part: Any, where: str) -> Iterator[Said]:
    for name in ("w:tblCaption", "w:tblDescription"):
        for one in part.tblPr.findall(qn(name)):
            yield f"{where}的替代文字", one.get(qn("w:val"))
    for at, row in enumerate(part.findall(qn("w:tr")), start=1):
        for column, cell in enumerate(row.findall(qn("w:tc")), start=1):
            for paragraph in cell.iter(qn("w:p")):
                yield from _texts(paragraph, where + place("第 {row} 行第 {column} 列", row=at, column=column))


def _texts(paragraph: Any, where: str) -> Iterator[Said]:
    text = "".join(BREAKS.get(one.tag, one.text or "") for one in _pieces(paragraph))
    if text:
        yield where, text
    for picture in paragraph.iter(qn("wp:docPr")):
        yield f"{where}的替代文字", picture.get("descr", "")


def _pieces(paragraph: Any) -> Iterator[Any]:
    for one in paragraph.iter(qn("w:t"), *BREAKS):
        if one.getparent().tag == qn("w:r"):
            yield one


def _feet(document: Any) -> Iterator[Said]:
    section = document.sections[0]
    for name, foot in (("页脚", section.footer), ("双数页页脚", section.even_page_footer)):
        if not foot.is_linked_to_previous:
            for paragraph in foot.paragraphs:
                if paragraph.text:
                    yield name, paragraph.text
