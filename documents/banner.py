"""A crosstab as a workbook: a sheet of contents and notes, then one sheet for each question, without merged cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from reports.crosstab.crosstab import Cells, Crosstab
from reports.crosstab.layout import BASE, SIGNS, column_title
from survey.storage.spreadsheets import open_workbook

CONTENTS, NOTES = "目录", "说明"
PERCENT, MEAN = "0.0%", "0.00"
WIDE, NARROW = 28, 10
HEAD_HEIGHT = 62
"""Points: four lines of the title of a column."""
A4, SCALE = 9, 65
"""Paper of the print, and its size in percent: three groups side by side."""


def workbook(found: Crosstab, notes: Sequence[str]) -> bytes:
    """Return the workbook.

    Args:
        found: the crosstab; suppressed cells stay empty, their note says why.
        notes: lines on the provenance and the marks.
    """
    buffer = io.BytesIO()
    questions, cells = list(dict.fromkeys(line.variable for line in found.lines)), found.cells
    with open_workbook(buffer, in_memory=True) as book:
        styles = {
            "bold": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": PERCENT}),
            "mean": book.add_format({"num_format": MEAN}),
            "note": book.add_format({"text_wrap": True, "valign": "top"}),
            "count": book.add_format({"num_format": "#,##0"}),
        }
        contents = book.add_worksheet(CONTENTS)
        contents.set_column(0, 0, NARROW)
        contents.set_column(1, 1, 2 * WIDE)
        for row, question in enumerate(questions, start=1):
            contents.write_url(row, 0, f"internal:'T{row}'!A1", string=f"T{row}")
            contents.write_string(row, 1, f"{question.name} {question.label}")
            _question(book.add_worksheet(f"T{row}"), (found, cells), question, styles)
        contents.write_row(0, 0, ["表", "题目"], styles["bold"])
        sheet = book.add_worksheet(NOTES)
        sheet.set_column(0, 0, 3 * WIDE)
        sheet.fit_to_pages(1, 0)
        for row, line in enumerate(notes):
            sheet.write_string(row, 0, line, styles["note"])
    return buffer.getvalue()


def _question(sheet: Any, table: tuple[Crosstab, Cells], question: Any, styles: dict[str, Any]) -> None:
    """Write the table of one question: for each group the share, its interval and its mark."""
    found, cells = table
    sheet.set_column(0, 0, WIDE)
    sheet.set_column(1, 4 * len(found.columns), NARROW)
    sheet.set_row(2, HEAD_HEIGHT)
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_print_scale(SCALE)
    sheet.repeat_rows(0, 2)
    sheet.repeat_columns(0)
    sheet.write_string(0, 0, f"{question.name} {question.label}", styles["bold"])
    sheet.write_string(1, 0, question.title)
    names = [[title, f"{title} 下限", f"{title} 上限", f"{title} 差别"] for title in _titles(found)]
    sheet.write_row(2, 0, ["答案", *(name for some in names for name in some)], styles["head"])
    numbers = [number for number, line in enumerate(found.lines) if line.variable == question]
    sheet.write_string(3, 0, BASE)
    for at in range(len(found.columns)):
        _write(sheet, (3, 1 + 4 * at), cells[numbers[0], at]["n"], styles["count"])
    for row, number in enumerate(numbers, start=4):
        line = found.lines[number]
        sheet.write_string(row, 0, line.label)
        for at in range(len(found.columns)):
            cell = cells[number, at]
            for offset, name in enumerate(("estimate", "conf_low", "conf_high")):
                _write(sheet, (row, 1 + 4 * at + offset), cell[name], styles["mean" if line.codes else "share"])
            if mark := SIGNS.get(cell["mark"], cell["mark"]):
                sheet.write_string(row, 4 + 4 * at, mark)


def _titles(found: Crosstab) -> list[str]:
    heads = ("", *found.heads)
    return [f"{heads[column.head + 1]} {column_title(found, column)}".strip() for column in found.columns]


def _write(sheet: Any, place: tuple[int, int], value: Any, style: Any) -> None:
    if not pd.isna(value):
        sheet.write_number(*place, float(value), style)
