"""The verification code of a document as a QR code on a slide: one native shape, so that a refresh needs no picture."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from power_pptx.oxml import parse_xml
from power_pptx.oxml.ns import nsdecls

from documents import code_picture
from documents.pptx.layout import Box

SIDE, APART = 0.46, 0.1
"""Side of the code, and its distance from the edges of the slide, in inches."""
PLAIN = "<a:ln><a:noFill/></a:ln>"


def add_code(slide: Any, size: tuple[float, float], code: str, name: str) -> None:
    """Add the code at the lower right corner of a slide.

    Args:
        slide: the slide.
        size: width and height of the slide, in inches.
        code: the code.
        name: name of the shape.
    """
    box = Box(size[0] - SIDE - APART, size[1] - SIDE - APART, SIDE, SIDE)
    left, top, width, height = box.emu
    tree = slide.shapes._spTree
    number = max((int(one.get("id")) for one in tree.iter("{*}cNvPr")), default=1) + 1
    described = quoteattr(code_picture.alternative(code).text)
    tree.append(
        parse_xml(
            f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)} descr={described}/>'
            f'<p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/>'
            f'<a:ext cx="{width}" cy="{height}"/></a:xfrm>{_geometry(code)}'
            f'<a:solidFill><a:srgbClr val="000000"/></a:solidFill>{PLAIN}</p:spPr></p:sp>'
        )
    )


@lru_cache(maxsize=4)
def _geometry(code: str) -> str:
    """Return the dark fields as one path, each run of a row as a rectangle."""
    rows = code_picture.fields(code)
    side = len(rows)
    path = "".join(
        f"<a:moveTo>{_point(start, at)}</a:moveTo>"
        + "".join(f"<a:lnTo>{_point(*corner)}</a:lnTo>" for corner in ((end, at), (end, at + 1), (start, at + 1)))
        + "<a:close/>"
        for at, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return (
        "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        '<a:rect l="0" t="0" r="r" b="b"/>'
        f'<a:pathLst><a:path w="{side}" h="{side}">{path}</a:path></a:pathLst></a:custGeom>'
    )


def _point(x: int, y: int) -> str:
    return f'<a:pt x="{x}" y="{y}"/>'


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    found, at = [], 0
    for dark, run in groupby(row):
        end = at + len(list(run))
        if dark:
            found.append((at, end))
        at = end
    return found
