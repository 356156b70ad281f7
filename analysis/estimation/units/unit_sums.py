"""Sums of items by sampling unit and domain: what means, their rest and tests of a table are made from.

Every variance needs only the totals of the sampling units, residuals of the calibration taken:

    R_u = Y_u - L_u B,    Y_u the sum of unit u in the domain, L B the part that the calibration fixes

An estimate that is a function of such totals has an influence that is the same linear combination of them, so that
means, differences from the rest and Rao-Scott tests share one pass over the cells. Memory grows with cells and with
members of domains, never with their product with the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import Domains, ShortArray
from analysis.design.influence import Influence, rowsum
from analysis.estimation.weighted_design import WeightedDesign

ENTRIES = 1 << 17
"""Members of domains that are summed at a time."""


@dataclass(frozen=True, slots=True)
class Members:
    """Cells [E] and domains [E] of all members, and the pairs of unit and domain [Q] that hold any.

    `pair` [E] is the place of each member among the pairs, `unit` [Q] and `domain` [Q] are those of each pair.
    """

    cell: ShortArray
    code: ShortArray
    pair: ShortArray
    unit: IntArray
    domain: IntArray
    domains: int

    def summed(self, values: FloatArray) -> FloatArray:
        """Sum columns [C, m] by pair of unit and domain [Q, m]."""
        from scipy.sparse import csr_matrix

        total = np.zeros((len(self.unit), values.shape[1]))
        for at in _slices(len(self.cell)):
            pair = self.pair[at]
            shape = (len(pair), len(total))
            into = csr_matrix((np.ones(len(pair)), pair, np.arange(len(pair) + 1)), shape=shape)
            total += np.asarray(into.T @ values[self.cell[at]])
        return total

    def over(self, total: FloatArray) -> FloatArray:
        """Sum totals of pairs [Q, m] by domain [m, D]."""
        sums = [np.bincount(self.domain, weights=column, minlength=self.domains) for column in total.T]
        return np.array(sums, dtype=np.float64).reshape(total.shape[1], self.domains)


def members_of(basis: WeightedDesign, domains: Domains) -> Members:
    """Return the members of domains."""
    cell, code = domains.entries(np.ones(len(basis.cells), dtype=bool))
    units = len(basis.design.stratum)
    held = np.zeros(units * len(domains), dtype=bool)
    for at in _slices(len(cell)):
        held[code[at] * np.int64(units) + basis.design.psu[cell[at]]] = True
    places, pair = np.flatnonzero(held), np.empty(len(cell), dtype=np.int32)
    rank = (np.cumsum(held, dtype=np.int32) - 1).astype(np.int32)
    for at in _slices(len(cell)):
        pair[at] = rank[code[at] * np.int64(units) + basis.design.psu[cell[at]]]
    return Members(cell, code, pair, places % units, places // units, len(domains))


def _slices(size: int) -> Iterator[slice]:
    return (slice(start, start + ENTRIES) for start in range(0, size, ENTRIES))


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Sums of some columns in domains, by unit.

    Attributes:
        members: of the domains.
        units: U.
        total: [Q, m] by pair of unit and domain.
        left: [U, r] what the calibrations fix, by unit; None without a calibration.
        right: [r, m, D] its coefficients for each column and domain.
    """

    members: Members
    units: int
    total: FloatArray
    left: Any = None
    right: FloatArray | None = None

    def residual(self, columns: IntArray) -> FloatArray:
        """Return the totals of some columns, residuals taken, of all units [U, m, D]."""
        members = self.members
        whole = np.zeros((self.units, len(columns), members.domains))
        whole[members.unit, :, members.domain] = self.total[:, columns]
        if self.right is None:
            return whole
        right = self.right[:, columns].reshape(len(self.right), -1)
        return np.asarray(whole - (self.left @ right).reshape(whole.shape))


def unit_sums(basis: WeightedDesign, members: Members, values: FloatArray) -> UnitSums:
    """Sum columns [C, m] of final weights by unit and domain."""
    low = basis.weights.residual(_Columns(members, values)).low()
    stage, units = basis.design.stages[0], len(basis.design.stratum)
    total = members.summed(values)
    if low.left is None or low.right is None:
        return UnitSums(members, units, total)
    left = stage.known("summed", low.left, lambda: rowsum(stage.unit, low.left, units))
    return UnitSums(members, units, total, left, low.right.reshape(len(low.right), -1, members.domains))


@dataclass(frozen=True, slots=True)
class _Columns:
    """The influence of the totals of columns [C, m] in domains, of which no entry is held; see `Linearised`.

    Its columns are item-major.
    """

    members: Members
    values: FloatArray
    left: Any = None
    right: FloatArray | None = None

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ Z [C, m D]."""
        found, size = _projected(self.members, turned.T.tocsr(), self.values), turned.shape[0]
        return np.ascontiguousarray(found.reshape(self.members.domains, size, -1).transpose(1, 2, 0)).reshape(size, -1)

    def less(self, left: Any, right: FloatArray) -> _Columns:
        """Subtract a further low-rank product."""
        low = self.low().less(left, right)
        return replace(self, left=low.left, right=low.right)

    def low(self) -> Influence:
        """Return the low-rank part alone."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.values), self.values.shape[1] * self.members.domains)
        return Influence(none, none, np.zeros(0), shape, self.left, self.right)


def _projected(members: Members, x: Any, values: FloatArray) -> FloatArray:
    """Sum the products of auxiliaries [C, r] and columns [C, m] by domain [D r, m]."""
    from scipy.sparse import csr_matrix

    total = np.zeros((members.domains * x.shape[1], values.shape[1]))
    for at in _slices(len(members.cell)):
        cell, code = members.cell[at], members.code[at]
        own = x[cell]
        column = own.indices + x.shape[1] * np.repeat(code, np.diff(own.indptr))
        into = csr_matrix((own.data, column, own.indptr), shape=(len(cell), len(total)))
        total += np.asarray(into.T @ values[cell])
    return total
