"""A briefing as PNG: its finding with the first blocks on one page of 16:9, or one of its charts."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from documents.docx.layout import LAYOUTS
from documents.pdf.compiler import template, typeset
from documents.pdf.render import content_of
from reports.briefing.blocks import Actions, Annex, Block, Chart, Heading, Table
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import code

PIXELS = 144.0
"""Pixels in an inch: 1920 by 1080 for the page."""
KEYWORD = b"Description"
END = b"IEND"


def render(found: Briefing) -> bytes:
    """Return the page: title, first table or chart with its words, source and code; the same bytes on repeat.

    Raises:
        ArgumentError: typst refuses the page, such as for a missing font.
    """
    return _picture(found, found.title.text or found.head.red.text, _first(found.blocks))


def charts(found: Briefing) -> Mapping[str, bytes]:
    """Return each chart as a picture, by its key."""
    return {one.key: _picture(found, one.title.text, [one]) for one in found.charts}


def _first(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks up to the first table or chart with what belongs to it, without annexes."""
    shown: list[Block] = []
    for block in blocks:
        filled = any(isinstance(one, Table | Chart | Actions) for one in shown)
        if isinstance(block, Annex) or (filled and isinstance(block, Heading)):
            break
        shown.append(block)
    return shown


def _picture(found: Briefing, title: str, blocks: Sequence[Block]) -> bytes:
    layout = replace(LAYOUTS[Kind.PROFILE], row=20)
    data = content_of(replace(found, blocks=tuple(blocks)), layout)
    data |= {"title": title, "code": code(found), "size": 15, "row": 10, "inset": 6}
    data["sizes"] |= {"table": 14}
    picture = typeset(template("picture.typ", __package__), data, "图片", format="png", ppi=PIXELS)
    return _described(picture, "\n".join((code(found), *(one.text for one in found.sentences))))


def _described(picture: bytes, words: str) -> bytes:
    """Return a PNG with words for readers who do not see it, as an iTXt chunk before its end."""
    data = KEYWORD + b"\0\1\0zh-CN\0\0" + zlib.compress(words.encode())
    chunk = struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", zlib.crc32(b"iTXt" + data))
    at = picture.rindex(END) - 4
    return picture[:at] + chunk + picture[at:]
