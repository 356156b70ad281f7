"""A briefing as DOCX."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from docx.shared import Pt

from documents.archive import same_bytes
from documents.docx.layout import BEHIND, HEI, KAI, LAYOUTS, Layout, Type
from documents.docx.package import new_document, number_pages, set_properties
from documents.docx.parts import add_foot, add_head
from documents.docx.regions import wrap
from documents.docx.tables import add_table
from documents.docx.template import fill, layout_of, open_template
from documents.docx.text import indent, shape, write, write_runs
from documents.regions import KEYED, region
from reports.briefing.blocks import Actions, Annex, Block, Chart, Heading, Paragraph, Role, Table
from reports.briefing.model import Briefing, Kind
from reports.briefing.parts.rows import as_table, chart_table
from reports.briefing.record import code


def render(found: Briefing, template: bytes | None = None) -> bytes:
    """Return a document as DOCX, byte for byte the same for the same content.

    Args:
        found: the content.
        template: a document with placeholders, checked by `documents.templates.check`; None for the official layout.
    """
    document = _official(found) if template is None else _templated(found, template)
    out = io.BytesIO()
    document.save(out)
    return same_bytes(out.getvalue())


def _official(found: Briefing) -> Any:
    layout = LAYOUTS[found.kind]
    document = new_document(found, layout)
    with _Region(document, region("doc", "head")):
        add_head(document, found, layout)
    add_blocks(document, found, layout)
    with _Region(document, region("doc", "foot")):
        add_foot(document, found, layout, code(found))
    number_pages(document, layout, found.foot.source.text if found.kind in LONG else "", code(found))
    return document


def _templated(found: Briefing, template: bytes) -> Any:
    document = open_template(template)
    set_properties(document, found)
    layout = layout_of(document, LAYOUTS[found.kind])
    place = fill(document, found, code(found))
    start = len(document.element.body) - 1
    add_blocks(document, found, layout)
    for one in list(document.element.body)[start:-1]:
        place.addprevious(one)
    place.getparent().remove(place)
    return document


class _Region:
    """Whatever is added to a document meanwhile becomes one generated region."""

    def __init__(self, document: Any, name: str) -> None:
        self._body, self._name = document.element.body, name
        self._start = len(self._body) - 1

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        if added := list(self._body)[self._start : -1]:
            wrap(added, self._name)


def add_blocks(document: Any, found: Briefing, layout: Layout) -> None:
    """Add the blocks, each as a region of its own."""
    tables = {table.key for table in found.tables}
    section = number = 0
    for block in found.blocks:
        if isinstance(block, Chart) and f"{block.key}{BEHIND}" in tables:
            continue  # its numbers stand in the table below it
        section, number = (section + 1, 0) if isinstance(block, Heading | Annex) else (section, number + 1)
        part = block.key if isinstance(block, KEYED) else f"n{number}"
        with _Region(document, region("doc", f"{section}{part}")):
            ADD[type(block)](document, block, layout)


LONG = (Kind.CIRCULAR, Kind.REPORT, Kind.PROFILE)
"""Kinds whose pages carry the source at the foot."""


SIGNED = 2
"""Number of paragraphs that stand on the page of the signature."""


def new_heading(document: Any) -> Any:
    """Add an empty heading; in a template without the style, a paragraph."""
    named = "Heading 1" in {one.name for one in document.styles}
    return document.add_paragraph(style="Heading 1" if named else None)


def _heading(document: Any, block: Heading, layout: Layout) -> None:
    paragraph = shape(new_heading(document), pitch=layout.pitch, before=0 if layout.indent else 7)
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
    pitch = kind.size * 1.25 if note or block.role is Role.BANNER else layout.pitch
    paragraph = shape(document.add_paragraph(), pitch=pitch, before=2 if note else 0)
    if layout.indent and not note:
        indent(paragraph, kind.size)
    write_runs(paragraph, block.text, kind)


def _signature(document: Any, block: Paragraph, layout: Layout) -> None:
    """Add who signs and when: two and four characters from the right edge, never on a page without other text."""
    date = bool(block.text[0].text.text[:1].isdigit())
    for before in () if date else document.paragraphs[-SIGNED:]:
        before.paragraph_format.keep_with_next = True
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
