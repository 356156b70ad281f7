"""Tables of slides: native, without styles of the template; a rule below each row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from power_pptx.enum.text import MSO_ANCHOR
from power_pptx.oxml.ns import qn
from power_pptx.util import Inches, Pt

from analysis.line_breaks import width
from documents.pptx.layout import INK, RULE, SOFT, Box, Type, fill
from reports.briefing.blocks import Column, Table, Text, plain, text_of

Rows = tuple[tuple[Column, ...], tuple[tuple[Text, ...], ...]]
"""Columns, and the cells of each row."""
LEADING, PADDING, SMALLEST = 1.25, 0.16, 8
"""Line height in units of the type, room above and below in inches, and the smallest type in points."""
APART = 1.1
"""Some programs put room between Chinese characters and figures: by how much lines become longer."""
EDGES = ("a:lnL", "a:lnR", "a:lnT", "a:lnB")


def add_table(slide: Any, box: Box, found: Table, name: str, size: float = 14) -> float:
    """Add a table in a box and return its height; where it is too high, its type becomes smaller."""
    rows = (found.columns, found.rows)
    while size > SMALLEST and sum(heights_of(found, box.width, size)) > box.height:
        size -= 1
    heights = heights_of(found, box.width, size)
    shape = add_rows(slide, box, rows, heights, name, size=size)
    shape.alt_text = found.alt.text
    return sum(heights)


def heights_of(found: Table, across: float, size: float) -> list[float]:
    """Return the heights of the head (0 for none) and of each row, in inches, by the lines of their longest cell."""
    heads = tuple(plain(column.heading) for column in found.columns)
    head = 0.0 if found.grid else _height(heads, found.columns, across, size - 2)
    return [head, *(_height(row, found.columns, across, size) for row in found.rows)]


def _height(cells: tuple[Text, ...], columns: tuple[Column, ...], across: float, size: float) -> float:
    lines = 1
    for cell, column in zip(cells, columns, strict=True):
        room = max(column.width * across - 0.15, 0.2) * 72 / size
        words = ("▼ " if any(run.mark for run in cell) else "") + text_of(cell)
        lines = max(lines, sum(max(1, math.ceil(APART * width(part) / room)) for part in words.split("\n")))
    return lines * size * LEADING / 72 + PADDING


def add_rows(slide: Any, box: Box, rows: Rows, heights: Sequence[float], name: str, *, size: float) -> Any:
    """Add a table of rows and return its shape; the first height is that of the head, 0 for none."""
    columns, cells = rows
    head = heights[0]
    count = len(cells) + (head > 0)
    place = Box(box.left, box.top, box.width, sum(heights)).emu
    shape = slide.shapes.add_table(max(count, 1), len(columns), *place)
    shape.name = name
    table = shape.table
    _plain(table)
    for place_, column in zip(table.columns, columns, strict=True):
        place_.width = Inches(column.width * box.width)
    for row, height in zip(table.rows, heights if head else heights[1:], strict=False):
        row.height = Inches(height)
    if head:
        for at, column in enumerate(columns):
            _write(table.cell(0, at), plain(column.heading), Type(size - 2, SOFT), column.align, INK)
    for number, row in enumerate(cells, start=int(head > 0)):
        for at, (cell, column) in enumerate(zip(row, columns, strict=True)):
            _write(table.cell(number, at), cell, Type(size), column.align, RULE)
    return shape


def _plain(table: Any) -> None:
    """Remove bands, the emphasis of the first row and the style of the template."""
    table.first_row = table.horz_banding = False
    style = table._tbl.tblPr.find(qn("a:tableStyleId"))
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def _write(cell: Any, runs: Text, kind: Type, align: str, rule: str) -> None:
    cell.margin_left = cell.margin_right = Inches(0.05)
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    fill(cell.text_frame.paragraphs[0], runs, kind, align=align)
    if not runs:
        cell.text_frame.paragraphs[0].font.size = Pt(kind.size)
    _rule(cell._tc.get_or_add_tcPr(), rule)


def _rule(properties: Any, colour: str) -> None:
    """Draw the lower edge of a cell and no other."""
    for name in EDGES:
        width = "9525" if name == "a:lnB" else "0"
        edge = properties.makeelement(qn(name), {"w": width})
        paint = edge.makeelement(qn("a:solidFill" if name == "a:lnB" else "a:noFill"), {})
        if name == "a:lnB":
            paint.append(paint.makeelement(qn("a:srgbClr"), {"val": colour}))
        edge.append(paint)
        properties.append(edge)
