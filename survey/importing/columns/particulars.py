"""The paradata columns of one answer file: their coded values, and their cells as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.cells.missing import is_missing
from survey.readers.files.sheet import distinct
from survey.readers.tables.read_table import Column, ReadTable

Mask = npt.NDArray[np.bool_]


@dataclass
class Particulars:
    """Fixed columns of one file, coded.

    Args:
        columns: name of a fixed column -> its values, one per row.
        findings: the issues found.
    """

    columns: dict[str, pa.Array] = field(default_factory=dict)
    findings: list[CellIssue] = field(default_factory=list)


@dataclass(frozen=True)
class ColumnCells:
    """One column of a file: its distinct texts, the index of the text in each row, and the texts as written."""

    column: Column
    where: npt.NDArray[np.int32]
    distinct: Sequence[str]
    written: Sequence[str]

    def coded(self, decode: Callable[[str], Any]) -> npt.NDArray[Any]:
        """Return `decode` of every cell, computed once per distinct value (object array)."""
        values = np.empty(len(self.distinct), dtype=object)
        values[:] = [decode(cell) for cell in self.distinct]
        return values[self.where]

    def finding(self, code: IssueCode, mask: Mask, *, expected: str = "", cure: str = "") -> CellIssue:
        """Return the finding for the rows of a mask, with their cells."""
        positions = np.flatnonzero(mask)
        values = [self.written[index] for index in self.where[positions]]
        return CellIssue(code, self.column.label, positions, values, expected, cure)


def cells_of(read: ReadTable, column: Column) -> ColumnCells:
    """Return the cells of a column; an empty cell, and a word for missing, is ""."""
    coded = distinct(read.frame[f"c{column.index}"])
    written = pc.utf8_trim_whitespace(coded.dictionary).to_pylist()
    texts = ["" if is_missing(text) else text for text in written]
    return ColumnCells(column, np.asarray(coded.indices.to_numpy(), dtype=np.int32), texts, written)
