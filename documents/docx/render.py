"""A briefing as DOCX."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from docx.shared import Pt

from documents.archive import same_bytes
from documents.docx.layout import HEI, KAI, LAYOUTS, Layout, Type
from documents.docx.package import new_document, number_pages
from documents.docx.parts import add_foot, add_head
from documents.docx.tables import add_table
from documents.docx.text import indent, shape, write, write_runs
from reports.briefing.blocks import Actions, Annex, Block, Chart, Heading, Paragraph, Role, Table
from reports.briefing.model import Briefing, Kind
from reports.briefing.parts.rows import as_table, chart_table
from reports.briefing.record import code


def render(found: Briefing) -> bytes:
    """Return a document as DOCX, byte for byte the same for the same content."""
    layout = LAYOUTS[found.kind]
    document = new_document(found, layout)
    add_head(document, found, layout)
    tables = {table.key for table in found.tables}
    for block in found.blocks:
        if isinstance(block, Chart) and f"{block.key}_table" in tables:
            continue  # its numbers stand in the table below it
        ADD[type(block)](document, block, layout)
    add_foot(document, found, layout, code(found))
    number_pages(document, layout, source=found.foot.source.text if found.kind in LONG else "")
    out = io.BytesIO()
    document.save(out)
    return same_bytes(out.getvalue())


LONG = (Kind.CIRCULAR, Kind.REPORT, Kind.PROFILE)
"""Kinds whose pages carry the source at the foot."""


def _heading(document: Any, block: Heading, layout: Layout) -> None:
    paragraph = shape(document.add_paragraph(style="Heading 1"), pitch=layout.pitch, before=0 if layout.indent else 7)
    paragraph.paragraph_format.keep_with_next = True
    if layout.indent and layout.outer:
        indent(paragraph, layout.heading.size)
    write(paragraph, block.text.text, layout.heading)
    if block.note:
        write(
            paragraph,
            block.note.text,
            Type(KAI if layout.indent else HEI, layout.body.size - 1.5, latin=layout.body.latin),
        )


def _paragraph(document: Any, block: Paragraph, layout: Layout) -> None:
    if not block.text:
        return
    if block.role is Role.SIGNATURE:
        _signature(document, block, layout)
        return
    note = block.role is Role.NOTE
    kind = layout.note if note else layout.title if block.role is Role.BANNER else layout.body
    pitch = kind.size * 1.4 if note or block.role is Role.BANNER else layout.pitch
    paragraph = shape(document.add_paragraph(), pitch=pitch, before=2 if note else 0)
    if layout.indent and not note:
        indent(paragraph, kind.size)
    write_runs(paragraph, block.text, kind)


def _signature(document: Any, block: Paragraph, layout: Layout) -> None:
    """Add who signs and when: two and four characters from the right edge."""
    date = bool(block.text[0].text.text[:1].isdigit())
    line = shape(document.add_paragraph(), pitch=layout.pitch, align="right", before=0 if date else layout.pitch)
    line.paragraph_format.right_indent = Pt(layout.body.size * (4 if date else 2))
    line.paragraph_format.keep_with_next = not date
    write_runs(line, block.text, layout.body)


def _table(document: Any, block: Table, layout: Layout) -> None:
    add_table(document, block, layout)


def _chart(document: Any, block: Chart, layout: Layout) -> None:
    """Add the numbers of a chart as a table."""
    add_table(document, chart_table(block), layout)


def _actions(document: Any, block: Actions, layout: Layout) -> None:
    add_table(document, as_table(block), layout)


def _annex(document: Any, block: Annex, layout: Layout) -> None:
    label = shape(document.add_paragraph(), pitch=layout.pitch)
    label.paragraph_format.page_break_before = True
    write(label, block.label.text, Type(HEI, layout.body.size))
    write(shape(document.add_paragraph(), pitch=layout.title.size * 1.5, align="center", after=6), block.title.text,
          layout.title)  # fmt: skip


ADD: Mapping[type[Block], Callable[[Any, Any, Layout], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Chart: _chart,
    Actions: _actions,
    Annex: _annex,
}
