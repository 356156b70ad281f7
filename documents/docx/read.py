"""What a DOCX says: every piece of text with its place, as it is found in the file."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from documents.docx.regions import spans
from documents.joiners import plain
from documents.places import place
from documents.regions import region

BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n"}
Said = tuple[str, str]
"""Place and text."""
Part = tuple[str, str, str]
"""Region, place and text."""


def read(content: bytes) -> tuple[Said, ...]:
    """Return paragraphs, cells, alternative texts and feet of pages in order."""
    return tuple((where, text) for _, where, text in parts(content))


def parts(content: bytes) -> tuple[Part, ...]:
    """Return the same with the region of each piece; "" for what stands in none."""
    document = Document(io.BytesIO(content))
    return (*_body(document), *_feet(document))


def _body(document: Any) -> Iterator[Part]:
    body = document.element.body
    names = {one: span.name for span in spans(body) for one in span.elements}
    counts = Counter[str]()
    for block in body:
        if block.tag not in (qn("w:p"), qn("w:tbl")):
            continue
        counts[block.tag] += 1
        name = names.get(block, "")
        if block.tag == qn("w:tbl"):
            yield from ((name, *one) for one in _table(block, place("第 {n} 张表", n=counts[block.tag])))
        else:
            yield from _paragraph(block, name, place("第 {n} 段", n=counts[block.tag]), names)


def _paragraph(paragraph: Any, name: str, where: str, names: Mapping[Any, str]) -> Iterator[Part]:
    """Yield a paragraph as a whole, or run by run where there are regions within it."""
    if not any(one in names for one in paragraph):
        yield from ((name, *one) for one in _texts(paragraph, where))
        return
    for part in paragraph.findall(qn("w:r")):
        yield from ((names.get(part, name), *one) for one in _texts(part, where))


def _table(part: Any, where: str) -> Iterator[Said]:
    for name in ("w:tblCaption", "w:tblDescription"):
        for one in part.tblPr.findall(qn(name)):
            yield f"{where}的替代文字", one.get(qn("w:val"))
    for at, row in enumerate(part.findall(qn("w:tr")), start=1):
        for column, cell in enumerate(row.findall(qn("w:tc")), start=1):
            for paragraph in cell.iter(qn("w:p")):
                yield from _texts(paragraph, where + place("第 {row} 行第 {column} 列", row=at, column=column))


def _texts(paragraph: Any, where: str) -> Iterator[Said]:
    text = plain("".join(BREAKS.get(one.tag, one.text or "") for one in _pieces(paragraph)))
    if text:
        yield where, text
    for picture in paragraph.iter(qn("wp:docPr")):
        yield f"{where}的替代文字", picture.get("descr", "")


def _pieces(paragraph: Any) -> Iterator[Any]:
    for one in paragraph.iter(qn("w:t"), *BREAKS):
        if one.getparent().tag == qn("w:r"):
            yield one


def _feet(document: Any) -> Iterator[Part]:
    section = document.sections[0]
    for name, foot in (("页脚", section.footer), ("双数页页脚", section.even_page_footer)):
        if not foot.is_linked_to_previous:
            for paragraph in foot.paragraphs:
                if paragraph.text:
                    yield region("doc", "page"), name, plain(paragraph.text)
