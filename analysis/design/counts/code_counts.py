"""CodeCounts: how many responses of each cell gave each code of a column; a rate on the column adds some of them up.

A column is read once, however many rates are on it. Responses are taken in blocks that the cache holds; the cells of
a block are few where the responses are stored by sampling point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.counting import Whole
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

BLOCK = 1 << 16
"""Responses of a block, at least."""
WIDEST = 256
"""Span of the codes of a column that is counted by code; amounts span more."""
MOST_COUNTS = 1 << 25
"""Codes times cells up to which a column is counted by code: a quarter of a GB for each of the two tables."""
MOST_PER_RESPONSE = 8
"""The same per response: where cells are small, it is faster to count each rate by row."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """Counts by code and cell: K codes, C cells.

    Attributes:
        codes: [K] the codes of the column, ascending, without NULL.
        n: [K, C] responses.
        w: [K, C] sums of their fixed-point weights, whole numbers below 2**53; None where no weights are given.
    """

    codes: IntArray
    n: IntArray
    w: FloatArray | None

    def base_and_numerator(self, rate: Rate) -> tuple[Bools, Bools]:
        """Return which codes are in the base of a rate on this column, and which in its numerator [K]."""
        yes = np.isin(self.codes, rate.terms[0][1])
        if rate.base == "all":
            return np.ones(len(self.codes), dtype=np.bool_), yes
        return yes | ~np.isin(self.codes, (BLANK, *rate.missing)), yes

    def count(self, some: Bools) -> IntArray:
        """Return the number of responses with some of the codes by cell [C]."""
        return np.asarray(self.n[some].sum(axis=0), dtype=np.int64)

    def weigh(self, some: Bools) -> IntArray:
        """Return the weight of the responses with some of the codes by cell [C]; only where weights are given."""
        assert self.w is not None
        return np.asarray(self.w[some].sum(axis=0), dtype=np.int64)


def count_codes(
    values: npt.NDArray[Any], valid: Bools, cell: Whole, cells: int, weights: FloatArray | None
) -> CodeCounts | None:
    """Count the codes of a column; None where there are too many codes or cells for it.

    Args:
        values: [N] codes, 0 where NULL.
        valid: [N] whether a value is not NULL.
        cell: [N] cell of each response.
        cells: number of cells.
        weights: [N] fixed-point weights whose total is below 2**53, or None.
    """
    low, high = int(values.min()), int(values.max())
    if high - low >= WIDEST:
        return None
    there = np.zeros(high - low + 1, dtype=np.bool_)
    there[values.astype(np.intp) - low] = True
    codes = np.flatnonzero(there)
    if (len(codes) + 1) * cells > min(MOST_COUNTS, MOST_PER_RESPONSE * len(values)):
        return None
    rank = np.zeros(len(there), dtype=np.int64)
    rank[codes] = np.arange(len(codes))
    n = np.zeros((len(codes) + 1, cells), dtype=np.int64)  # the last row takes NULL
    w = None if weights is None else np.zeros(n.shape)
    sorted_ = int(np.ptp(cell[:BLOCK])) * len(n) <= MOST_PER_RESPONSE * BLOCK
    block = BLOCK if sorted_ else max(BLOCK, n.size)
    for at in range(0, len(values), block):
        some = slice(at, at + block)
        first, span = int(cell[some].min()), int(np.ptp(cell[some])) + 1
        place = (rank * span)[values[some].astype(np.intp) - low]
        place[~valid[some]] = len(codes) * span
        place += cell[some] - first
        inside = np.s_[:, first : first + span]
        n[inside] += np.bincount(place, minlength=len(n) * span).reshape(-1, span)
        if w is not None and weights is not None:
            w[inside] += np.bincount(place, weights=weights[some], minlength=len(n) * span).reshape(-1, span)
    return CodeCounts(codes + low, n[:-1], None if w is None else w[:-1])
