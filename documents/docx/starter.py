"""A document with every placeholder, in the official layout: a start for templates of organisations."""

from __future__ import annotations

import io
from functools import cache

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm

from documents.archive import same_bytes
from documents.docx.layout import HEI, OFFICIAL, RED, Type
from documents.docx.package import prepare
from documents.docx.text import border, shape, write

SIDES = OFFICIAL.width
LINES: tuple[tuple[str, Type, str], ...] = (
    ("{密级}\t{标记}", Type(HEI, 10.5), "left"),
    ("{红头}", OFFICIAL.red, "center"),
    ("{文号}", OFFICIAL.body, "center"),
    ("{发文}\t{日期}", OFFICIAL.body, "left"),
    ("{标题}", OFFICIAL.title, "center"),
    ("{主送}", OFFICIAL.body, "left"),
    ("{正文}", OFFICIAL.body, "left"),
    ("{落款}", OFFICIAL.body, "right"),
    ("{落款日期}", OFFICIAL.body, "right"),
    ("{签字}", OFFICIAL.body, "left"),
    ("{方法}　核验码 {核验码}", OFFICIAL.small, "left"),
    ("{二维码}", OFFICIAL.small, "right"),
    ("{发送}", OFFICIAL.note, "left"),
)
RULED, PICTURE = "{发文}\t{日期}", "{二维码}"


@cache
def own_template() -> bytes:
    """Return a template with all placeholders."""
    document = Document()
    prepare(document, OFFICIAL)
    for words, kind, align in LINES:
        line = shape(document.add_paragraph(), pitch=0 if words == PICTURE else kind.size * 1.5, align=align)
        line.paragraph_format.tab_stops.add_tab_stop(Mm(SIDES), WD_TAB_ALIGNMENT.RIGHT)
        write(line, words, kind)
        if words == RULED:
            border(line, bottom="single", size=1.5, colour=RED)
    out = io.BytesIO()
    document.save(out)
    return same_bytes(out.getvalue())
