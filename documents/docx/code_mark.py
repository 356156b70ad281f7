"""The picture of the verification code on every page of a DOCX: anchored in the foot, at the lower right corner.

GB/T 9704 keeps the 版心 and the number of the page; the picture stands outside both, in the margin, and moves no line.
"""

from __future__ import annotations

import io
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from documents import code_picture
from documents.docx.layout import PAGE
from reports.sentences.sentence import say

SIZE, EDGES = 11.0, (6.0, 5.0)
"""Size of the picture, and its distance from the right and the lower edge of the page, in mm."""
FIRST = 1001
"""Number of the first such picture: the library numbers those of each part from 1."""
KEPT = ("wp:docPr", "wp:cNvGraphicFramePr", "a:graphic")
PLACING = {
    "distT": "0", "distB": "0", "distL": "0", "distR": "0", "simplePos": "0", "relativeHeight": "2", "behindDoc": "1",
    "locked": "0", "layoutInCell": "1", "allowOverlap": "1",
}  # fmt: skip


def add_code(run: Any, code: str, number: int) -> None:
    """Add the picture with its alternative text.

    Args:
        run: of the foot of a page.
        code: the code.
        number: of the foot: each picture of a document has a number of its own.
    """
    inline = run.add_picture(io.BytesIO(code_picture.picture(code)), width=Mm(SIZE))._inline
    inline.docPr.set("descr", code_picture.alternative(code).text)
    inline.docPr.set("name", say("核验码").text)
    inline.docPr.set("id", str(FIRST + number))
    anchor = OxmlElement("wp:anchor", attrs=PLACING)
    anchor.append(OxmlElement("wp:simplePos", attrs={"x": "0", "y": "0"}))
    for name, whole, edge in zip(("wp:positionH", "wp:positionV"), PAGE, EDGES, strict=True):
        anchor.append(_offset(name, whole - edge - SIZE))
    anchor.append(inline.extent)
    anchor.append(OxmlElement("wp:wrapNone"))
    for name in KEPT:
        anchor.append(inline.find(qn(name)))
    inline.getparent().replace(inline, anchor)


def _offset(name: str, millimetres: float) -> Any:
    """Return a place measured from the edge of the page."""
    place = OxmlElement(name, attrs={"relativeFrom": "page"})
    offset = OxmlElement("wp:posOffset")
    offset.text = str(Mm(millimetres))
    place.append(offset)
    return place
