"""Sheet, Body and Opened: an answer file as text cells, before the tool that made it is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

HEAD_ROWS = 40
REPEATED = pa.dictionary(pa.int32(), pa.string())
"""Dictionary type for columns with few distinct texts."""
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class MergedCells:
    """One merged range of a sheet; rows and columns count from 0, the last ones belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def name(self) -> str:
        """The range as Excel writes it: D2:D7."""
        return f"{column_letters(self.left)}{self.top + 1}:{column_letters(self.right)}{self.bottom + 1}"


def column_letters(index: int) -> str:
    """Return the Excel letters of a column that counts from 0."""
    number, letters = index + 1, ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row whose number of cells differs from the heading, so that it cannot be assigned to columns."""

    row: int
    text: str
    cells: int
    expected: int


@dataclass(frozen=True)
class Body:
    """The rows below the heading.

    Args:
        frame: text columns c0, c1, ..., plain or `REPEATED`; an empty cell is NULL or "".
        rows: row numbers as Excel shows them (int32).
        broken: rows that could not be assigned to columns.
    """

    frame: pa.Table
    rows: Rows
    broken: tuple[BrokenRow, ...] = ()


class Load(Protocol):
    """Function that reads the rows below a heading."""

    def __call__(self, after: int, repeated: Collection[int] = ()) -> Body:
        """Return the rows after the n-th; `repeated` are the indexes of columns with few distinct texts."""
        ...


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or the whole of a text file.

    Args:
        name: sheet name, "" for a text file.
        head: the first rows as text; `head[i]` is row i + 1 of the sheet, "" an empty cell.
        hidden: whether the sheet is hidden; hidden sheets are listed but not read.
        load: returns the rows after the n-th.
        first_column: Excel column of `c0`, 0 for A.
        merged: its merged ranges; their cells below the first one have its value.
        hidden_rows: number of hidden rows, which are read.
        hidden_columns: index of every hidden column, which are read too.
    """

    name: str
    head: tuple[tuple[str, ...], ...]
    hidden: bool
    load: Load
    first_column: int = 0
    merged: tuple[MergedCells, ...] = ()
    hidden_rows: int = 0
    hidden_columns: tuple[int, ...] = ()

    def letters(self, index: int) -> str:
        """Return the Excel letters of column c<index>."""
        return column_letters(self.first_column + index)


@dataclass(frozen=True)
class Opened:
    """An answer file, opened once for all readers.

    Args:
        path: its location.
        name: file name for messages.
        sha256: digest of its bytes.
        kind: "xlsx", "xls", "csv", ... by content, not by name.
        sheets: its sheets; empty for kinds that are not tables (their readers open `path` themselves).
        encoding: encoding of a text file, else "".
    """

    path: Path
    name: str
    sha256: str
    kind: str
    sheets: tuple[Sheet, ...] = ()
    encoding: str = ""


def without_blank_rows(body: Body) -> Body:
    """Return the body without rows in which every cell is empty, which are common in Excel."""
    blank = blank_rows(body.frame)
    return body if not blank.any() else kept(body, ~blank)


def blank_rows(frame: pa.Table | pa.RecordBatch) -> npt.NDArray[np.bool_]:
    """Return which rows have only empty cells."""
    blank = np.ones(frame.num_rows, dtype=bool)
    for column in frame.columns:
        where = np.flatnonzero(blank)
        if not len(where):
            break
        # only rows that are still blank are checked again, so the first full column ends the search
        cells = column if len(where) == len(blank) else column.take(pa.array(where))
        blank[where] = _empty(cells)
    return blank


def kept(body: Body, keep: npt.NDArray[np.bool_]) -> Body:
    """Return the rows of a mask; dictionaries drop texts that occur only in the other rows."""
    frame = body.frame.filter(pa.array(keep))
    columns = [
        pc.dictionary_encode(as_text(cells)) if pa.types.is_dictionary(cells.type) else cells for cells in frame.columns
    ]
    return Body(pa.table(columns, names=frame.column_names), body.rows[keep], body.broken)


def as_text(cells: Any) -> Any:
    """Return a column of the frame as plain text."""
    return cells.cast(pa.string()) if pa.types.is_dictionary(cells.type) else cells


def distinct(cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column of the frame dictionary-encoded (int32 indexes); an empty cell is ""."""
    if cells.null_count:
        cells = pc.fill_null(as_text(cells), "")
    if not pa.types.is_dictionary(cells.type):
        cells = pc.dictionary_encode(cells)
    # a column without chunks has no dictionary
    return cells.combine_chunks() if cells.num_chunks else pa.array([], pa.string()).dictionary_encode()


def _empty(cells: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.bool_]:
    empty = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(as_text(cells)), ""), True)
    return np.asarray(empty, dtype=bool)
