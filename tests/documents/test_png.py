"""PNG: a page of 16:9 and each chart, the same bytes again, and any change of the picture or of its words is found."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from documents.compare import differences
from documents.forms import FORMS
from documents.png.render import charts
from reports.briefing.model import Briefing, Kind
from reports.briefing.record import from_json, to_json
from survey.errors import ArgumentError

PNG = FORMS["png"]


def size(picture: bytes) -> tuple[int, int]:
    wide, high = struct.unpack_from(">II", picture, 16)
    return int(wide), int(high)


def test_the_page_and_each_chart_are_pictures_of_sixteen_to_nine(pages: Mapping[Kind, Briefing]) -> None:
    assert size(PNG.render(pages[Kind.BRIEF])) == (1920, 1080)
    found = charts(pages[Kind.DECK])
    assert list(found) == [one.key for one in pages[Kind.DECK].charts]
    assert {size(picture) for picture in found.values()} == {(1920, 1080)}
    assert len(set(found.values())) == len(found)
    assert [differences(PNG, pages[Kind.DECK], picture) for picture in found.values()] == [()] * len(found)


def test_another_digit_is_another_picture(page: Briefing) -> None:
    number = next(iter(page.tables[0].rows[0][1])).text.text
    assert number.replace(".", "").isdigit()
    content = PNG.render(page)
    assert differences(PNG, page, content) == ()
    other = from_json(to_json(page).replace('"number":[0.', '"number":[0.9', 1))
    changed = differences(PNG, page, PNG.render(other))
    assert "图片" in [one.place for one in changed]


def test_a_changed_pixel_is_found(page: Briefing) -> None:
    content = PNG.render(page)
    at = content.index(b"IDAT") - 4
    (length,) = struct.unpack_from(">I", content, at)
    pixels = bytearray(zlib.decompress(b"".join(_data(content))))
    pixels[len(pixels) // 2] ^= 1
    body = b"IDAT" + zlib.compress(bytes(pixels))
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end = content.rindex(b"IDAT") - 4
    (last,) = struct.unpack_from(">I", content, end)
    forged = content[:at] + chunk + content[end + 12 + last :]
    assert length
    assert [one.place for one in differences(PNG, page, forged)] == ["图片"]


def _data(content: bytes) -> list[bytes]:
    found, at = [], 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        found += [content[at + 8 : at + 8 + length]] if kind == b"IDAT" else []
        at += 12 + length
    return found


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    from documents.verify import check

    with pytest.raises(ArgumentError, match="文件打不开"):
        check(tmp_path, "a.png", b"no picture")
