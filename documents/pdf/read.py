"""What a PDF says: its lines with their pages, as its text can be copied."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pypdf import PdfReader

from documents.places import place

FOOT = re.compile(r"— \d+ —")
"""The number of a page, where its foot begins."""
Said = tuple[str, str]
"""Place and text."""


def read(content: bytes) -> tuple[Said, ...]:
    """Return the lines of all pages in order."""
    return tuple(_lines(PdfReader(io.BytesIO(content))))


def _lines(reader: PdfReader) -> Iterator[Said]:
    """Yield the lines of all pages, then their feet, so that words that run over a page stay together."""
    feet = list[Said]()
    for number, page in enumerate(reader.pages, start=1):
        lines = [text.strip() for text in page.extract_text().splitlines()]
        end = next((at for at, text in enumerate(lines) if FOOT.fullmatch(text)), len(lines))
        for line, text in enumerate(lines[:end], start=1):
            if text:
                yield place("第 {page} 页第 {line} 行", page=number, line=line), text
        feet += [(place("第 {page} 页页脚", page=number), text) for text in lines[end:] if text]
    yield from feet
