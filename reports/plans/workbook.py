"""Write tables as an Excel workbook: one sheet per table, Chinese headings, frozen, ready to print."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from survey.storage.spreadsheets import open_workbook, sheet_name

FONT = "宋体"


def workbook(sheets: Mapping[str, pd.DataFrame], notes: Sequence[str] = ()) -> bytes:
    """Return a workbook.

    Args:
        sheets: name -> table; missing values stay empty, codes of 12 digits are written as text.
        notes: lines below the first table: description and provenance.
    """
    buffer = io.BytesIO()
    with open_workbook(buffer, in_memory=True) as book:
        head = book.add_format({"bold": True, "bottom": 1, "font_name": FONT, "text_wrap": True, "valign": "top"})
        body = book.add_format({"font_name": FONT})
        for at, (name, table) in enumerate(sheets.items()):
            sheet = book.add_worksheet(sheet_name(name, book.sheetnames))
            _fill(sheet, table, head, body)
            for offset, note in enumerate(notes if at == 0 else ()):
                sheet.write_string(len(table) + 2 + offset, 0, note, body)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.set_footer("&C第 &P 页，共 &N 页")
            for column, heading in enumerate(table.columns):
                longest = max([len(str(heading)), *(len(str(value)) for value in table[heading].head(200))], default=4)
                sheet.set_column(column, column, min(2 + 1.8 * longest, 42))
    return buffer.getvalue()


def _fill(sheet: Any, table: pd.DataFrame, head: Any, body: Any) -> None:
    for column, heading in enumerate(table.columns):
        sheet.write_string(0, column, str(heading), head)
        for row, value in enumerate(table[heading].tolist(), start=1):
            _write(sheet, (row, column), value, body)


def _write(sheet: Any, place: tuple[int, int], value: Any, body: Any) -> None:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e11:
        sheet.write_number(*place, value, body)
    else:
        sheet.write_string(*place, value.isoformat() if isinstance(value, date) else str(value), body)
