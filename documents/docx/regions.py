"""Generated regions of a DOCX: bookmarks around what a refresh replaces.

Content controls would say the same, but LibreOffice 7.4 loses the type of the first words in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from documents.placeholders import PAGE
from documents.regions import PREFIX

MARK = PREFIX.replace(":", "_")
"""Start of the name of a bookmark: Word allows letters, digits and underscores only."""
START, END = qn("w:bookmarkStart"), qn("w:bookmarkEnd")
BLOCKS = (qn("w:p"), qn("w:tbl"))


@dataclass(frozen=True, slots=True)
class Span:
    """A region in a file.

    Attributes:
        name: its name.
        elements: the blocks of the body in it, or the runs of a paragraph.
        marks: start and end of its bookmark.
    """

    name: str
    elements: tuple[Any, ...]
    marks: tuple[Any, Any]


def wrap(elements: Sequence[Any], name: str) -> None:
    """Put a bookmark around sibling elements, blocks or runs."""
    number = str(zlib.crc32(name.encode()) >> 1)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), number)
    start.set(qn("w:name"), name.replace(":", "_"))
    end.set(qn("w:id"), number)
    elements[0].addprevious(start)
    elements[-1].addnext(end)


def is_inline(name: str) -> bool:
    """Return whether a region is part of a paragraph: a placeholder of a template."""
    return name.rpartition(":")[2] in PAGE


def spans(body: Any) -> Iterator[Span]:
    """Yield the regions of a document, in order, wherever the marks stand after somebody edited and saved it."""
    ends = {one.get(qn("w:id")): one for one in body.iter(END)}
    for start in list(body.iter(START)):
        name, end = start.get(qn("w:name"), ""), ends.get(start.get(qn("w:id")))
        if not name.startswith(MARK) or end is None:
            continue
        region = name.replace("_", ":", 2)
        found = _runs(start, end) if is_inline(region) else _blocks(body, start, end)
        if found:
            yield Span(region, tuple(found), (start, end))


def _runs(start: Any, end: Any) -> list[Any]:
    found = []
    one = start.getnext()
    while one is not None and one is not end:
        if one.tag == qn("w:r"):
            found.append(one)
        one = one.getnext()
    return found


def _blocks(body: Any, start: Any, end: Any) -> list[Any]:
    """Return the blocks between both marks; Word moves them into the first and the next paragraph."""
    found = []
    last = _top(body, end)
    stop_before = last is not end and not _has_run_before(end, last) and _top(body, start) is not last
    one = _top(body, start)
    while one is not None and not (one is last and stop_before):
        if one.tag in BLOCKS:
            found.append(one)
        if one is last:
            break
        one = one.getnext()
    return found


def _top(body: Any, mark: Any) -> Any:
    """Return the child of the body in which a mark stands, or the mark itself."""
    one = mark
    while one.getparent() is not body:
        one = one.getparent()
    return one


def _has_run_before(mark: Any, block: Any) -> bool:
    for one in block.iter(qn("w:r"), END):
        if one is mark:
            return False
        if one.tag == qn("w:r"):
            return True
    return False
