"""Digits in the text of a PDF, and the same file with one of them changed in its stream."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, NameObject

SHOWN = (b"Tj", b"TJ")
CODED = re.compile(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>")


@dataclass(frozen=True)
class Digit:
    """Where a digit stands: page, operation, string of it, glyph; and the glyphs of all digits in its font."""

    page: int
    operation: int
    string: int
    glyph: int
    codes: Mapping[str, bytes]
    value: str


def digits(content: bytes) -> list[Digit]:
    """Return every digit of the pages whose font holds other digits too."""
    return [one for page in range(len(PdfReader(io.BytesIO(content)).pages)) for one in _of_page(content, page)]


def _of_page(content: bytes, number: int) -> Iterator[Digit]:
    reader = PdfReader(io.BytesIO(content))
    page = reader.pages[number]
    fonts = {name: _codes(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
    known: Mapping[str, bytes] = {}
    for at, (operands, operator) in enumerate(_stream(page, reader).operations):
        if operator == b"Tf":
            known = fonts[operands[0]]
        if operator not in SHOWN or len(known) < 2:
            continue
        back = {code: digit for digit, code in known.items()}
        for which, text in enumerate(_strings(operands)):
            for glyph in range(0, len(text), 2):
                if (value := back.get(text[glyph : glyph + 2])) is not None:
                    yield Digit(number, at, which, glyph, known, value)


def _stream(page: Any, owner: Any) -> ContentStream:
    return ContentStream(page.get_contents(), owner)


def _strings(operands: Any) -> list[bytes]:
    inner = operands[0] if isinstance(operands[0], ArrayObject) else operands
    return [_raw(one) for one in inner if hasattr(one, "original_bytes")]


def _raw(text: Any) -> bytes:
    return bytes(text.original_bytes)


def _codes(font: Any) -> dict[str, bytes]:
    """Return digit -> its glyph, from the table of characters of a font."""
    table = font["/ToUnicode"].get_data()
    found = ((bytes.fromhex(code.decode()), chr(int(sign, 16))) for code, sign in CODED.findall(table))
    return {sign: code for code, sign in found if sign in "0123456789"}


def changed(content: bytes, digit: Digit, value: str) -> bytes:
    """Return the PDF with another digit at one place."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    page = writer.pages[digit.page]
    stream = _stream(page, writer)
    operands, _ = stream.operations[digit.operation]
    inner = operands[0] if isinstance(operands[0], ArrayObject) else operands
    places = [at for at, one in enumerate(inner) if hasattr(one, "original_bytes")]
    at = places[digit.string]
    old = _raw(inner[at])
    inner[at] = ByteStringObject(old[: digit.glyph] + digit.codes[value] + old[digit.glyph + 2 :])
    page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
