"""Patterns: equal rows of a matrix grouped together, so that solvers work on distinct rows only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.design.cells import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which rows are equal.

    Attributes:
        first: [G] one row of each pattern.
        of: (n,) pattern of each row.
    """

    first: IntArray
    of: IntArray

    def sums(self, values: FloatArray) -> FloatArray:
        """Return [G] sums of (n,) values by pattern."""
        return np.asarray(np.bincount(self.of, values, minlength=len(self.first)), dtype=np.float64)


def patterns(matrix: FloatArray) -> Patterns:
    """Find equal rows of (n, p) numbers.

    Compare rows by one random linear combination of their columns and then element by element; in the (practically
    impossible) case that two different rows share it, every row is its own pattern.
    """
    mark = matrix @ np.random.default_rng(20240611).normal(size=matrix.shape[1])
    _, first, of = np.unique(mark, return_index=True, return_inverse=True)
    found = Patterns(first.astype(np.int64), of.reshape(-1).astype(np.int64))
    if len(first) < len(mark) and (matrix == matrix[found.first][found.of]).all():
        return found
    every = np.arange(len(mark), dtype=np.int64)
    return Patterns(every, every)


def patterns_of(code: IntArray, size: int) -> Patterns:
    """Group rows by an integer code in [0, size)."""
    held = np.flatnonzero(np.bincount(code, minlength=size))
    place = np.empty(size, dtype=np.int64)
    place[held] = np.arange(len(held))
    of = place[code]
    first = np.empty(len(held), dtype=np.int64)
    first[of] = np.arange(len(of))
    return Patterns(first, of)
