"""Tables in DOCX: three lines for results, a full grid for forms; each with its alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents.docx.layout import HEI, PADDING, Layout, Type, whole_names
from documents.docx.text import clean, shape, write, write_runs
from documents.marks import mark_of
from reports.briefing.blocks import Column, Table, Text

THICK, THIN = 1.0, 0.5


def add_table(document: Any, table: Table, layout: Layout) -> Any:
    """Add a table of the model."""
    headed = not table.grid
    grid = new_grid(document, len(table.rows) + headed, [one.width for one in table.columns], layout)
    describe(grid, table.title.text, table.alt.text)
    kind = layout.table
    if headed:
        _head(grid.rows[0], table.columns, kind, layout)
    for row, cells in zip(grid.rows[headed:], table.rows, strict=True):
        _body(row, cells, table.columns, layout, labelled=table.grid)
    if table.grid:
        borders(grid, dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), THIN))
    else:
        borders(grid, {"top": THICK, "bottom": THICK})
        _rule_below(grid.rows[0])
    return grid


def new_grid(document: Any, rows: int, shares: Sequence[float], layout: Layout) -> Any:
    """Add an empty table over the width of the text, with columns of these shares of it."""
    grid = document.add_table(rows, len(shares))
    grid.autofit, grid.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    total = sum(shares)
    for column, share in zip(grid.columns, shares, strict=True):
        column.width = Mm(layout.width * share / total)
        for cell in column.cells:
            cell.width = Mm(layout.width * share / total)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for row in grid.rows:
        row.height, row.height_rule = Pt(layout.row), WD_ROW_HEIGHT_RULE.AT_LEAST
        _mark_row(row, "w:cantSplit")
    _padding(grid)
    return grid


def describe(grid: Any, title: str, alt: str) -> None:
    """Give a table its title and its alternative text."""
    properties = grid._element.tblPr
    for name, text in (("w:tblCaption", title), ("w:tblDescription", alt)):
        part = OxmlElement(name)
        part.set(qn("w:val"), clean(text))
        properties.append(part)


def _head(row: Any, columns: Sequence[Column], kind: Type, layout: Layout) -> None:
    _mark_row(row, "w:tblHeader")
    head = Type(HEI, kind.size, latin=kind.latin)
    for cell, column in zip(row.cells, columns, strict=True):
        paragraph = shape(cell.paragraphs[0], pitch=layout.row, align=column.align)
        mark = mark_of(column.mark)
        if mark is not None:
            write(paragraph, f"{mark.sign} ", head, colour=mark.colour)
        write(paragraph, column.heading.text, head)


def _body(row: Any, cells: Sequence[Text], columns: Sequence[Column], layout: Layout, *, labelled: bool) -> None:
    pitch = min(layout.row, layout.table.size * 1.5) if not labelled else layout.table.size * 1.45
    total = sum(one.width for one in columns)
    for at, (cell, column, runs) in enumerate(zip(row.cells, columns, cells, strict=True)):
        label = labelled and at == 0
        paragraph = shape(cell.paragraphs[0], pitch=pitch, align="center" if label else column.align)
        whole = whole_names(runs, column.width / total, layout)
        write_runs(paragraph, whole, Type(HEI, layout.table.size) if label else layout.table)


def borders(grid: Any, edges: dict[str, float]) -> None:
    """Draw the edges of a table, thickness in points."""
    properties = grid._element.tblPr
    for old in properties.findall(qn("w:tblBorders")):
        properties.remove(old)
    part = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        thick = edges.get(side, 0)
        edge.set(qn("w:val"), "single" if thick else "nil")
        if thick:
            edge.set(qn("w:sz"), str(round(thick * 8)))
            edge.set(qn("w:space"), "0")
            edge.set(qn("w:color"), "000000")
        part.append(edge)
    properties.insert_element_before(
        part, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption", "w:tblDescription"
    )


def _rule_below(row: Any) -> None:
    for cell in row.cells:
        properties = cell._element.get_or_add_tcPr()
        part, edge = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
        for name, value in (("val", "single"), ("sz", str(round(THIN * 8))), ("space", "0"), ("color", "000000")):
            edge.set(qn(f"w:{name}"), value)
        part.append(edge)
        properties.insert_element_before(
            part, "w:shd", "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark"
        )


def _mark_row(row: Any, name: str) -> None:
    properties = row._tr.get_or_add_trPr()
    part = OxmlElement(name)
    if name == "w:cantSplit":
        properties.insert(0, part)
    else:
        properties.append(part)


def _padding(grid: Any) -> None:
    properties = grid._element.tblPr
    part = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(PADDING * 56.7)))
        edge.set(qn("w:type"), "dxa")
        part.append(edge)
    properties.insert_element_before(part, "w:tblLook", "w:tblCaption", "w:tblDescription")
