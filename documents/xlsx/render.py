"""A briefing as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from analysis.line_breaks import width
from documents import code_picture
from documents.archive import same_bytes
from documents.marks import mark_of
from documents.xlsx.charts import add_chart
from reports.briefing.blocks import Actions, Chart, Column, Heading, Paragraph, Table, Text, text_of
from reports.briefing.model import Briefing
from reports.briefing.parts.rows import as_table, chart_table
from reports.briefing.record import code
from reports.sentences.formats import Format
from reports.sentences.sentence import Binding
from survey.storage.spreadsheets import open_workbook, sheet_name

CONTENTS, NOTES = "目录", "说明"
TOP = 3
"""Row of the heads, from 0: title, source and an empty row stand above."""
WIDTH = 110
"""Characters of all columns of a table together."""
LINE = 16
"""Height of a line, in points."""
SHRUNK = 0.35
"""Scale of the picture of the code, which is made for print."""
SHORTHAND = "“—”为没有或不适用；“样本过少”为少于最小显示人数，不公布；▼ 确认薄弱，▽ 观察，○ 尚难判断，■ 达标，※ 待复访"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with the chart of the same numbers, where there is one."""

    table: Table
    chart: Chart | None = None


def render(found: Briefing) -> bytes:
    """Return a document as XLSX, byte for byte the same for the same content."""
    out = io.BytesIO()
    book = open_workbook(out, in_memory=True)
    book.set_properties(_properties(found))
    styles = _styles(book)
    sheets = _sheets(found)
    names = _names(sheets)
    _contents(book, found, list(zip(names, sheets, strict=True)), styles)
    _notes(book, found, styles)
    for name, one in zip(names, sheets, strict=True):
        _write(book, book.add_worksheet(name), one, found, styles)
    book.close()
    return same_bytes(out.getvalue())


def _properties(found: Briefing) -> dict[str, Any]:
    return {
        "title": (found.title.text or found.head.red.text)[:255],
        "subject": str(found.kind),
        "author": (found.foot.signature.text or found.head.left.text)[:255],
        "created": datetime.fromisoformat(found.day),
    }


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter", "text_wrap": True}
    return {
        "title": book.add_format({**base, "font_size": 14, "bold": True, "text_wrap": False}),
        "plain": book.add_format({**base, "text_wrap": False}),
        "text": book.add_format(base),
        "head": book.add_format({**base, "bold": True, "bottom": 1, "top": 2}),
        "share": book.add_format({**base, "num_format": "0.0"}),
        "count": book.add_format({**base, "num_format": "0"}),
    }


def _sheets(found: Briefing) -> list[Sheet]:
    """Return the tables in order; a chart has a sheet of its own with its numbers."""
    sheets = []
    for block in found.blocks:
        if isinstance(block, Table):
            sheets.append(Sheet(block))
        elif isinstance(block, Actions):
            sheets.append(Sheet(as_table(block)))
        elif isinstance(block, Chart):
            sheets.append(Sheet(chart_table(block), block))
    return sheets


def _names(sheets: Sequence[Sheet]) -> list[str]:
    names = [CONTENTS, NOTES]
    for one in sheets:
        title = one.table.title.text + ("（图）" if one.chart else "")
        names.append(sheet_name(title, names))
    return names[2:]


def _contents(book: Any, found: Briefing, sheets: Sequence[tuple[str, Sheet]], styles: dict[str, Any]) -> None:
    page = book.add_worksheet(CONTENTS)
    _paper(page, found)
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 80)
    page.write_string(0, 0, found.title.text or found.head.red.text, styles["title"])
    head, foot = found.head, found.foot
    lines = [
        ("种类", str(found.kind)),
        ("标记", head.mark.text),
        ("发文", head.left.text or head.red.text),
        ("日期", found.day),
        ("来源", foot.source.text),
        ("核验码", code(found)),
        (NOTES, "数据质量、方法、判断规则和文字"),
        *((name, one.table.alt.text) for name, one in sheets),
    ]
    for at, (name, text) in enumerate(((name, text) for name, text in lines if text), start=2):
        page.set_row(at, LINE * _lines(text, 80))
        page.write_string(at, 0, name, styles["plain"])
        page.write_string(at, 1, text, styles["text"])
    _code(page, at + 2, found)


def _notes(book: Any, found: Briefing, styles: dict[str, Any]) -> None:
    page = book.add_worksheet(NOTES)
    _paper(page, found)
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, NOTES, styles["title"])
    rows: list[tuple[str, str]] = [("符号", SHORTHAND)]
    heading = ""
    for block in found.blocks:
        if isinstance(block, Heading):
            heading = block.text.text
        elif isinstance(block, Paragraph) and block.text:
            rows.append((heading or "导语", text_of(block.text)))
    rows += [("口头汇报", f"{text}") for text in found.spoken]
    rows += [("方法", text_of(found.foot.method)), ("核验", code_picture.caption(code(found)).text)]
    rows += [("发送", one.text) for one in found.foot.sent]
    for at, (name, text) in enumerate(rows, start=2):
        page.set_row(at, LINE * _lines(text, 110))
        page.write_string(at, 0, name, styles["text"])
        page.write_string(at, 1, text, styles["text"])
    _code(page, at + 2, found)


def _write(book: Any, page: Any, one: Sheet, found: Briefing, styles: dict[str, Any]) -> None:
    table = one.table
    _paper(page, found)
    page.write_string(0, 0, table.title.text, styles["title"])
    page.write_string(1, 0, found.foot.source.text, styles["plain"])
    headed = 0 if table.grid else 1
    for at, column in enumerate(table.columns):
        page.set_column(at, at, max(10, WIDTH * column.width))
        if headed:
            page.write_string(TOP, at, _head(column), styles["head"])
    for row, cells in enumerate(table.rows, start=TOP + headed):
        page.set_row(row, LINE * max(_lines(text_of(cell), WIDTH * one.width) for cell, one in _pairs(cells, table)))
        for at, cell in enumerate(cells):
            _cell(page, (row, at), cell, styles)
    last = TOP + headed + len(table.rows) + 1
    page.write_string(last, 0, table.alt.text, styles["plain"])
    page.write_string(last + 1, 0, f"{found.foot.source}　{code_picture.caption(code(found))}", styles["plain"])
    _code(page, last + 2, found)
    if headed:
        page.freeze_panes(TOP + 1, 1)
    if one.chart is not None:
        add_chart(book, page, one.chart, (TOP + 1, len(table.columns) + 1, last + 7), styles)


def _code(page: Any, row: int, found: Briefing) -> None:
    """Put the QR code of a document below the last row of a sheet."""
    name, alternative = code(found), code_picture.alternative(code(found)).text
    scale = {"x_scale": SHRUNK, "y_scale": SHRUNK, "object_position": 2, "description": alternative}
    page.insert_image(row, 0, "code.png", {"image_data": io.BytesIO(code_picture.picture(name)), **scale})


def _pairs(cells: Sequence[Text], table: Table) -> list[tuple[Text, Column]]:
    return list(zip(cells, table.columns, strict=True))


def _paper(page: Any, found: Briefing) -> None:
    """Print a sheet on one page of A4 across, with the code and the number of the page at its foot."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&C{code_picture.caption(code(found)).text}&R&P / &N")


def _lines(text: str, columns: float) -> int:
    """Return how many lines a text takes in a column of so many Latin characters."""
    room = max(10.0, columns) / 2
    return sum(max(1, ceil((width(line) + 1) / room)) for line in text.split("\n"))


def _head(column: Column) -> str:
    mark = mark_of(column.mark)
    return f"{mark.sign} {column.heading}" if mark else column.heading.text


def _cell(page: Any, at: tuple[int, int], cell: Text, styles: dict[str, Any]) -> None:
    """Write a cell: a number where it is a single bound one, else its words with their marks."""
    number = _number(cell)
    if number is not None:
        page.write_number(*at, number[0], styles[number[1]])
        return
    parts = []
    for run in cell:
        mark = mark_of(run.mark)
        parts.append(f"{mark.sign} {run.text}" if mark else run.text.text)
    page.write_string(*at, "".join(parts), styles["text"])


def _number(cell: Text) -> tuple[float, str] | None:
    if len(cell) != 1 or cell[0].mark or len(cell[0].text.pieces) != 1:
        return None
    piece = cell[0].text.pieces[0]
    if not isinstance(piece, Binding) or piece.format not in (Format.FIGURES, Format.PLAIN):
        return None
    values = piece.reference.read()
    if len(values) != 1 or values[0] is None or values[0] != values[0]:
        return None
    if piece.format is Format.PLAIN:
        return float(values[0]), "count"
    return float(str(piece).removesuffix("%")), "share"
