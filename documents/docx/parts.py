"""What stands above the title and below the blocks of a DOCX."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm

from documents import code_picture
from documents.docx.layout import HEI, KAI, RED, Layout, Type, sent_lines
from documents.docx.text import border, frame, shape, write, write_runs
from reports.briefing.model import Briefing


def add_head(document: Any, found: Briefing, layout: Layout) -> None:
    """Add frame, red name, number, red rule and title."""
    head = found.head
    if head.secrecy or head.mark:
        line = _sides(document, layout, layout.body.size * 1.3)
        write(line, head.secrecy.text, Type(HEI, 10.5))
        if head.mark:
            write(line, "\t", Type(HEI, 10.5))
            frame(write(line, f" {head.mark.text} ", Type(HEI, 10.5, colour=RED)), RED)
    _letterhead(document, found, layout)
    if found.title:
        _title(document, found.title.text, layout)
    if head.addressee:
        write(shape(document.add_paragraph(), pitch=layout.pitch, before=4), head.addressee.text, layout.body)


def _letterhead(document: Any, found: Briefing, layout: Layout) -> None:
    """Add the red name, the number, and the line above the red rule."""
    head = found.head
    if head.red:
        above = 99 if layout.outer else 1 if layout.indent else 0
        align = "center" if layout.indent else "left"
        line = shape(document.add_paragraph(), pitch=layout.red.size * 1.25, align=align, before=above)
        write(line, head.red.text, _fitted(layout.red, head.red.text, layout))
    if head.number:
        size = layout.body
        write(shape(document.add_paragraph(), pitch=size.size * 1.25, align="center"), head.number.text, size)
    if head.left or head.right:
        line = _sides(document, layout, layout.body.size * 1.5)
        write(line, f"{head.left}\t{head.right}", layout.body)
    if layout.indent:
        border(document.paragraphs[-1], bottom="single", size=1.5, colour=RED)


def _title(document: Any, text: str, layout: Layout) -> None:
    line = shape(
        document.add_paragraph(style="Title"), pitch=layout.title.size * 1.4, align="center", before=2, after=2
    )
    if not layout.indent:
        shape(line, pitch=layout.title.size * 1.45, before=3, after=2)
        border(line, top="single", size=1.5, colour=RED)
    write(line, text, _fitted(layout.title, text, layout))


def _fitted(kind: Type, text: str, layout: Layout) -> Type:
    """Return a type small enough for the text to stand on one line, but not below the size of the body."""
    room = layout.width * 72 / 25.4
    size = min(kind.size, max(layout.body.size, (room - 2) / max(len(text), 1) - kind.spread))
    return Type(kind.east, round(size * 2 - 0.49) / 2, kind.bold, kind.colour, kind.latin, kind.spread)


def add_foot(document: Any, found: Briefing, layout: Layout, code: str) -> None:
    """Add signature, lines to fill in, light and method with the code, and to whom it goes."""
    foot = found.foot
    for number, line in enumerate(line for line in (foot.signature, foot.date) if line):
        right = shape(document.add_paragraph(), pitch=layout.pitch, align="right", before=0 if number else 8)
        right.paragraph_format.right_indent = Mm(layout.body.size * 0.353 * (4 if number else 2))
        write(right, line.text, layout.body)
    if foot.fields:
        line = shape(document.add_paragraph(), pitch=layout.pitch, before=6)
        write(line, "　".join(one.text for one in foot.fields), Type(KAI, layout.table.size))
    _method(document, found, layout, code)
    kind = Type(layout.body.east, min(layout.body.size, 14))
    for number, sent in enumerate(sent_lines(found, layout)):
        line = _sides(document, layout, layout.body.size * 1.5)
        border(line, top="" if number else "single", bottom="single", size=0.75)
        write(line, f"　{sent}", kind)


def _method(document: Any, found: Briefing, layout: Layout, code: str) -> None:
    text = shape(document.add_paragraph(), pitch=layout.small.size * 1.2, before=4)
    border(text, top="single", size=0.5)
    write_runs(text, found.foot.method, layout.small)
    write(text, f"　{code_picture.caption(code).text}", layout.small, bold=True)


def _sides(document: Any, layout: Layout, pitch: float) -> Any:
    """Return a paragraph with a stop at the right edge."""
    line = shape(document.add_paragraph(), pitch=pitch)
    line.paragraph_format.tab_stops.add_tab_stop(Mm(layout.width), WD_TAB_ALIGNMENT.RIGHT)
    return line
