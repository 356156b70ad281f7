"""CodedAnswers: the coded answers of one file, with the marks for what is no answer.

Arrays contain these marks: `absent(dtype)` for not asked, `broken(dtype)` for a cell that could not be coded, BLANK for
shown and left empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from survey.readers.cells.issues import CellIssue

Codes = npt.NDArray[Any]
Positions = npt.NDArray[np.int64]


@cache
def absent(dtype: npt.DTypeLike) -> int:
    """Return the mark for "not asked"."""
    return int(np.iinfo(np.dtype(dtype)).min)


@cache
def broken(dtype: npt.DTypeLike) -> int:
    """Return the mark for a cell that could not be coded."""
    return int(np.iinfo(np.dtype(dtype)).min) + 1


@dataclass(frozen=True)
class Words:
    """Row positions and free texts of one text item."""

    positions: Positions
    texts: pa.Array


@dataclass
class CodedAnswers:
    """Coded answers of one file.

    Args:
        rows: number of rows.
        codes: item name -> int8 codes (int32 for numbers), for the items in the file.
        words: text item -> texts.
        findings: the issues found.
    """

    rows: int
    codes: dict[str, Codes] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    findings: list[CellIssue] = field(default_factory=list)
