"""Influence: the matrix of linearised totals from which every variance and covariance follows.

Column k holds, for every cell (or sampling unit), the sum over its members of w * d(estimate k)/dw. The matrix is a
sparse part, one entry per cell and estimate, minus a low-rank product for terms that touch every cell at once: the
residuals of a calibration, the denominator of a share. Differences, ratios and contrasts are linear combinations of
columns, across any items, domains and waves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray, IntArray

CHUNK = 1 << 18  # numbers of a dense block at a time: 2 MB, so that it stays in the cache


class Linearised(Protocol):
    """What a calibration needs of an influence Z, whether or not its entries are held."""

    @property
    def left(self) -> Any:
        """The left side of the low-rank part, or None."""
        ...

    @property
    def right(self) -> FloatArray | None:
        """The right side of the low-rank part."""
        ...

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, R] @ the sparse part [R, K]."""
        ...

    def less(self, left: Any, right: FloatArray) -> Self:
        """Subtract a further low-rank product."""
        ...


@dataclass(frozen=True, slots=True)
class Influence:
    """Z = sparse(row, column, value) - left @ right; R rows, K estimates.

    Attributes:
        row: [E] cell or unit of each entry.
        column: [E] estimate of each entry.
        value: [E] entries; entries in the same place add up.
        shape: (R, K).
        left: scipy CSR [R, r] or None.
        right: [r, K] or None.
    """

    row: IntArray
    column: IntArray
    value: FloatArray
    shape: tuple[int, int]
    left: Any = None
    right: FloatArray | None = None

    @property
    def sparse(self) -> bool:
        """Whether there is no low-rank part."""
        return self.left is None

    def matrix(self) -> Any:
        """Return the sparse part as scipy CSC [R, K]."""
        from scipy.sparse import coo_matrix

        return coo_matrix((self.value, (self.row, self.column)), shape=self.shape).tocsc()

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, R] @ the sparse part [R, K]; turned is sparse."""
        return np.asarray((turned @ self.matrix()).toarray())

    def less(self, left: Any, right: FloatArray) -> Influence:
        """Subtract a further low-rank product; left is sparse or dense [R, r], right [r, K].

        A left side in CSR is taken as it is, so that `gather` can recognise it.
        """
        from scipy.sparse import csr_matrix, hstack

        left = left if isinstance(left, csr_matrix) else csr_matrix(left)
        if self.right is not None:
            left, right = hstack([self.left, left], format="csr"), np.vstack([self.right, right])
        return Influence(self.row, self.column, self.value, self.shape, left, right)

    def gather(self, group: IntArray, size: int, summed: Callable[[Any], Any] | None = None) -> Influence:
        """Sum rows into groups (cells into sampling units).

        Args:
            group: [R] group of each row.
            size: number of groups.
            summed: returns the left side summed by group, where somebody keeps it; `rowsum` when None.
        """
        entry = group[self.row]
        row, column, value = _merge(entry, self.column, self.value, (size, self.shape[1]))
        left = self.left
        if left is not None:
            left = rowsum(group, left, size) if summed is None else summed(left)
        return Influence(row, column, value, (size, self.shape[1]), left, self.right)

    def only(self, columns: IntArray) -> Influence:
        """Select these columns, in this order."""
        at = np.full(self.shape[1], -1, dtype=np.int64)
        at[columns] = np.arange(len(columns))
        keep = at[self.column] >= 0
        right = None if self.right is None else self.right[:, columns]
        shape = (self.shape[0], len(columns))
        return Influence(self.row[keep], at[self.column[keep]], self.value[keep], shape, self.left, right)

    def take(self, columns: IntArray) -> Influence:
        """Return these columns in this order, some of them repeatedly; -1 gives a column of zeros."""
        order = np.argsort(self.column, kind="stable")
        starts = np.searchsorted(self.column[order], np.arange(self.shape[1] + 1))
        there = np.where(columns >= 0, columns, 0)
        size = np.where(columns >= 0, starts[there + 1] - starts[there], 0)
        column = np.repeat(np.arange(len(columns)), size)
        before = np.repeat(np.cumsum(size) - size, size)
        at = order[np.arange(len(column)) - before + np.repeat(starts[there], size)]
        right = None if self.right is None else np.where(columns >= 0, self.right[:, there], 0.0)
        return Influence(self.row[at], column, self.value[at], (self.shape[0], len(columns)), self.left, right)

    def blank(self) -> Influence:
        """Return zeros of the same shape."""
        none = np.zeros(0, dtype=np.int64)
        return Influence(none, none, np.zeros(0), self.shape)

    def minus(self, other: Influence) -> Influence:
        """Subtract another influence of the same shape; its entries are added with the opposite sign."""
        row, column = np.concatenate([self.row, other.row]), np.concatenate([self.column, other.column])
        whole = Influence(row, column, np.concatenate([self.value, -other.value]), self.shape, self.left, self.right)
        return whole if other.right is None else whole.less(other.left, -other.right)

    def combine(self, weights: npt.NDArray[Any]) -> Influence:
        """Return Z @ weights, weights [K, M]: differences, contrasts, delta-method ratios."""
        from scipy.sparse import csc_matrix

        product = (self.matrix() @ csc_matrix(weights)).tocoo()
        right = None if self.right is None else self.right @ weights
        return Influence(
            product.row.astype(np.int64),
            product.col.astype(np.int64),
            product.data,
            (self.shape[0], weights.shape[1]),
            self.left,
            right,
        )

    def blocks(self) -> Iterator[tuple[int, FloatArray]]:
        """Yield dense blocks of columns: (first column, [R, b])."""
        width = max(1, CHUNK // max(1, self.shape[0]))
        sparse = self.matrix()
        for start in range(0, self.shape[1], width):
            block = sparse[:, start : start + width].toarray()
            if self.right is not None:
                block -= self.left @ self.right[:, start : start + width]
            yield start, block

    def dense(self) -> FloatArray:
        """Return the whole matrix [R, K]."""
        parts = [block for _, block in self.blocks()]
        return np.hstack(parts) if parts else np.zeros(self.shape)


def stack(parts: list[Influence]) -> Influence:
    """Place the columns of several influences on the same rows side by side."""
    from scipy.sparse import hstack

    starts = np.cumsum([0, *(part.shape[1] for part in parts)])
    shape = (parts[0].shape[0], int(starts[-1]))
    row = np.concatenate([part.row for part in parts])
    column = np.concatenate([part.column + start for part, start in zip(parts, starts[:-1], strict=True)])
    whole = Influence(row, column, np.concatenate([part.value for part in parts]), shape)
    low = [(part.left, part.right, start) for part, start in zip(parts, starts, strict=False) if part.right is not None]
    if not low:
        return whole
    right, at = np.zeros((sum(len(each) for _, each, _ in low), shape[1])), 0
    for _, each, start in low:
        right[at : at + len(each), start : start + each.shape[1]] = each
        at += len(each)
    return whole.less(hstack([left for left, _, _ in low], format="csr"), right)


def rowsum(group: IntArray, values: Any, size: int) -> Any:
    """Sum the rows of a sparse or dense matrix [R, r] into groups [size, r]."""
    return indicator(group, size) @ values


def indicator(group: IntArray, size: int) -> Any:
    """Return the CSR matrix [size, R] that sums rows into groups, each in the order of its rows."""
    from scipy.sparse import csr_matrix

    rows = np.arange(len(group))
    return csr_matrix((np.ones(len(group)), (group, rows)), shape=(size, len(group)))


def _merge(
    row: IntArray, column: IntArray, value: FloatArray, shape: tuple[int, int]
) -> tuple[IntArray, IntArray, FloatArray]:
    """Add up entries in the same place."""
    code, size = column * shape[0] + row, shape[0] * shape[1]
    if _marks(size, len(code)):
        seen = np.zeros(size, dtype=bool)
        seen[code] = True
        if np.count_nonzero(seen) == len(code):  # no two entries share a place
            return row, column, value
        places = np.flatnonzero(seen)
        total = np.bincount(code, weights=value, minlength=size)[places]
        return places % shape[0], places // shape[0], np.asarray(total, dtype=np.float64)
    places, inverse = group_codes(code, size)
    total = np.bincount(inverse, weights=value, minlength=len(places))
    return places % shape[0], places // shape[0], np.asarray(total, dtype=np.float64)


def _marks(size: int, entries: int) -> bool:
    """Return whether marking every place is cheaper than sorting the entries."""
    return size <= max(1 << 16, 64 * entries)


def count_distinct(outer: IntArray, inner: IntArray, outers: int, inners: int) -> IntArray:
    """Count the distinct inner codes within each outer code [outers]."""
    code, size = outer * inners + inner, outers * inners
    if not _marks(size, len(code)):
        return np.bincount(group_codes(code, size)[0] // inners, minlength=outers)
    seen = np.zeros(size, dtype=bool)
    seen[code] = True
    return np.asarray(np.count_nonzero(seen.reshape(outers, inners), axis=1), dtype=np.int64)


def group_codes(codes: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """Return the sorted distinct codes and the position of each code among them.

    Mark places instead of sorting where the range of codes is not too large.
    """
    if _marks(size, len(codes)):
        seen = np.zeros(size, dtype=bool)
        seen[codes] = True
        places = np.flatnonzero(seen)
        rank = np.empty(size, dtype=np.int64)
        rank[places] = np.arange(len(places))
        return places, rank[codes]
    places, inverse = np.unique(codes, return_inverse=True)
    return places, inverse.reshape(-1).astype(np.int64)
