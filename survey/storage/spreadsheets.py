"""Write CSV and XLSX for spreadsheet programs such that text cells stay text; used by all writers.

A place name, an answer or a note that begins with `=` would run as a formula when the file is opened (CWE-1236). A
workbook stores such a cell as a string; CSV has no types, so the text gets a `'` prefix.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
"""First characters that a spreadsheet takes for a formula, some of them in some languages only."""
MARK = "'"
NUMBER = re.compile(r"[+-]?[\d.,]+%?")
"""A number written as text is harmless and needs no prefix."""
SHEET_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
TEXT_CELLS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def guarded(value: Any) -> Any:
    """Return the value; prefix a text that a spreadsheet would take for a formula with `'`."""
    if isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value):
        return MARK + value
    return value


class GuardedWriter:
    """A `csv.writer` for files that people open: every cell is guarded."""

    def __init__(self, file: IO[str], **dialect: Any) -> None:
        """Write to a file opened with `newline=""`; the dialect is that of `csv.writer`."""
        self._rows = csv.writer(file, **dialect)

    def writerow(self, row: Iterable[Any]) -> None:
        """Write one row."""
        self._rows.writerow([guarded(value) for value in row])

    def writerows(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write many rows."""
        self._rows.writerows([guarded(value) for value in row] for row in rows)


def exact_writer(file: IO[str], **dialect: Any) -> Any:
    """Return a `csv.writer` for files that Silu itself reads again: cells are written as they are."""
    return csv.writer(file, **dialect)


def csv_text(table: pd.DataFrame, *, end: str = "\r\n", apart: str = ",") -> str:
    """Return a table as guarded CSV without its index; missing values are empty, `apart` stands between cells."""
    cells = {at: [guarded(value) for value in table.iloc[:, at]] for at in _text_columns(table)}
    safe = table.copy(deep=False)
    for at, values in cells.items():
        safe.isetitem(at, values)
    return safe.to_csv(
        index=False, sep=apart, lineterminator=end, header=[guarded(str(name)) for name in table.columns]
    )


def csv_lines(lines: Sequence[str], *, end: str = "\r\n") -> str:
    """Return remarks below a table, each a guarded cell of its own row."""
    text = io.StringIO(newline="")
    GuardedWriter(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([line] for line in lines)
    return text.getvalue()


def csv_file(table: pd.DataFrame, lines: Sequence[str]) -> bytes:
    """Return guarded CSV in UTF-8 with BOM, as Excel expects; the lines follow after an empty line."""
    return (csv_text(table) + "\r\n" + csv_lines(lines)).encode("utf-8-sig")


def open_workbook(target: Path | IO[bytes], **options: Any) -> Any:
    """Return an `xlsxwriter.Workbook` in which no text becomes a formula, a link or a number."""
    import xlsxwriter

    return xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, {**TEXT_CELLS, **options})


def sheet_name(name: str, taken: Collection[str] = ()) -> str:
    """Return a valid sheet name for Excel: at most 31 characters, none forbidden, unique (case-insensitive)."""
    plain = FORBIDDEN.sub("_", name).strip()[:SHEET_NAME] or "_"
    used, at, found = {one.casefold() for one in taken}, 2, plain
    while found.casefold() in used:
        found = f"{plain[: SHEET_NAME - 5]}({at})"
        at += 1
    return found


def _text_columns(table: pd.DataFrame) -> list[int]:
    return [at for at, kind in enumerate(table.dtypes) if not pd.api.types.is_numeric_dtype(kind)]
