"""Read the cells of an .xls through xlrd, as text. Runs in the child process of `excel_child`; imports nothing of Silu.

Unlike the parser of xlsx, xlrd does not take the cached points of an embedded chart for cells of the sheet, and it
reads texts of a BIFF8 file as UTF-16, whatever code page the file declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

ERROR_CELL, NOT_AVAILABLE = "#错误", "#N/A"
NA = 42  # error code of #N/A
DAY = 86_400
Cell = str | None


class EncryptedError(Exception):
    """The workbook needs a password."""


def read_book(path: Path) -> Iterator[tuple[dict[str, Any], list[list[Cell]]]]:
    """Yield the facts and the columns of every sheet; hidden sheets without columns.

    Raises:
        EncryptedError: the workbook needs a password.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=open_nothing())
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise EncryptedError from error
        raise
    for sheet in book.sheets():
        hidden = sheet.visibility != 0
        facts = {"name": sheet.name, "hidden": hidden, "rows": 0 if hidden else sheet.nrows, "first_column": 0}
        if hidden or not sheet.ncols:
            yield facts | {"rows": 0}, []
            continue
        facts["merged"] = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        facts["hidden_columns"] = [
            at for at, one in sorted(sheet.colinfo_map.items()) if one.hidden and at < sheet.ncols
        ]
        facts["hidden_rows"] = sum(bool(row.hidden) for row in sheet.rowinfo_map.values())
        yield facts, _columns(book, sheet)


def open_nothing() -> Any:
    """Return a stream that swallows the warnings of the parser."""
    import io

    return io.StringIO()


def _columns(book: Any, sheet: Any) -> list[list[Cell]]:
    columns: list[list[Cell]] = [[None] * sheet.nrows for _ in range(sheet.ncols)]
    spans = _spans(book)
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            columns[column][row] = _text(cell, book.datemode, elapsed=cell.xf_index in spans)
    return columns


def _text(cell: Any, datemode: int, *, elapsed: bool) -> Cell:
    import xlrd

    kind, value = cell.ctype, cell.value
    if kind == xlrd.XL_CELL_TEXT:
        return str(value)
    if kind == xlrd.XL_CELL_NUMBER:
        return number(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "true" if value else "false"
    if kind == xlrd.XL_CELL_ERROR:
        return NOT_AVAILABLE if value == NA else ERROR_CELL
    if kind != xlrd.XL_CELL_DATE:
        return None
    if elapsed or value < 1:
        seconds = round(value * DAY)
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    try:
        return str(xlrd.xldate.xldate_as_datetime(value, datemode).replace(microsecond=0).isoformat(sep=" "))
    except (ValueError, OverflowError):
        return number(value)


def number(value: float) -> str:
    """Return a number with the 15 digits that Excel holds; whole ones of more digits as 1.23456789012346E+17."""
    if value.is_integer():
        return str(int(value)) if abs(value) < 10**15 else f"{value:.14E}"
    return f"{value:.15g}"


def _spans(book: Any) -> frozenset[int]:
    """Return the styles whose format shows a time span such as `[h]:mm`."""
    codes = {place: book.format_map[xf.format_key].format_str for place, xf in enumerate(book.xf_list)}
    return frozenset(place for place, code in codes.items() if "[h" in code.lower() and ":" in code)
