"""Tell free texts from cells that hold none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.readers.cells.decoding import Tokens
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.missing import NO_VALUE, WORDS
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import Column, ReadTable


def given_texts(cells: pa.ChunkedArray, dialect: Dialect) -> tuple[pa.ChunkedArray, npt.NDArray[np.bool_]]:
    """Return the trimmed cells, and which of them hold a text: no word for missing and no token of the tool."""
    tokens = Tokens.of(dialect)
    nothing = [*tokens.blank, *tokens.skipped, *dialect.blank, *dialect.skipped, *WORDS, NO_VALUE]
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
    given = pc.invert(pc.is_in(trimmed, pa.array(nothing, pa.string())))
    return trimmed, np.asarray(given.to_numpy(), dtype=bool)


def has_text(read: ReadTable, column: Column) -> bool:
    """Return whether any cell of a column holds a text."""
    cells = as_text(read.frame[f"c{column.index}"])
    return any(given_texts(pa.chunked_array([chunk]), read.dialect)[1].any() for chunk in cells.chunks)
