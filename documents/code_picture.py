"""The verification code of a document as a QR code."""

from __future__ import annotations

import io

import segno

from reports.sentences.sentence import Declared, Name, Sentence, say


def picture(code: str) -> bytes:
    """Return the QR code as PNG."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=8, border=1)
    return out.getvalue()


def drawing(code: str) -> str:
    """Return the QR code as SVG."""
    return str(segno.make(code, error="m", micro=False).svg_inline(scale=8, border=1))


def fields(code: str) -> tuple[tuple[bool, ...], ...]:
    """Return the rows of fields of the QR code, dark or not."""
    return tuple(tuple(bool(field) for field in row) for row in segno.make(code, error="m", micro=False).matrix)


def alternative(code: str) -> Sentence:
    """Return what is seen in the picture."""
    return say("核验码二维码，内容为{code}", code=Declared(code, "numbering"))


def caption(code: str) -> Sentence:
    """Return the code in words."""
    return say("{name}{code}", name=Name("核验码 "), code=Declared(code, "numbering"))
