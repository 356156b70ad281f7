"""Sums of items by sampling unit and domain: what means, their rest and tests of a table are made from.

Every variance needs only the totals of the sampling units, residuals of the calibration taken:

    R_u = Y_u - L_u B,    Y_u the sum of unit u in the domain, L B the part that the calibration fixes

An estimate that is a function of such totals has an influence that is the same linear combination of them, so that
means, differences from the rest and Rao-Scott tests share one pass over the cells. Memory grows with cells and with
members of domains, never with their product with the items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.design import Design
from analysis.design.domains import Domains, ShortArray
from analysis.design.influence import CHUNK, Influence, rowsum
from analysis.estimation.weighted_design import WeightedDesign

ENTRIES = 1 << 17
"""Members of domains that are summed at a time."""
ROOTED = 1 << 21
"""Rooted totals of units that are kept with the sums: 16 MB."""


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
        from scipy.sparse import csc_matrix

        held = np.zeros(len(values) + 1, dtype=np.int32)
        held[self.cell + 1] = 1
        ends = np.cumsum(held, dtype=np.int32)
        into = csc_matrix((np.ones(len(self.pair)), self.pair, ends), shape=(len(self.unit), len(values)))
        return np.asarray(into @ values)

    def over(self, total: FloatArray) -> FloatArray:
        """Sum totals of pairs [Q, m] by domain [m, D]."""
        sums = [np.bincount(self.domain, weights=column, minlength=self.domains) for column in total.T]
        return np.array(sums, dtype=np.float64).reshape(total.shape[1], self.domains)


def members_of(basis: WeightedDesign, domains: Domains) -> Members:
    """Return the members of domains."""
    cell, code = domains.entries(np.ones(len(domains.of), dtype=bool))
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
        design: of one stage, with U units.
        total: [Q, m] by pair of unit and domain.
        left: [U, r] what the calibrations fix, by unit; None without a calibration.
        right: [r, m, D] its coefficients for each column and domain.
        kept: rooted totals of all columns.
    """

    members: Members
    design: Design
    total: FloatArray
    left: Any = None
    right: FloatArray | None = None
    kept: list[FloatArray] = field(default_factory=list, repr=False, compare=False)

    @property
    def units(self) -> int:
        """U."""
        return len(self.design.stratum)

    def rooted(self, columns: IntArray) -> FloatArray:
        """Return the totals of some columns, residuals taken, as rows [H, m, D]; see `Design.rooted`."""
        size = self.total.shape[1]
        if self.kept or self.units * size * self.members.domains <= ROOTED:
            if not self.kept:
                self.kept.append(self._rooted(np.arange(size)))
            return self.kept[0][:, columns]
        return self._rooted(columns)

    def _rooted(self, columns: IntArray) -> FloatArray:
        """Make them some columns at a time, which the cache holds."""
        domains, parts = self.members.domains, list[FloatArray]()
        width = max(1, CHUNK // max(self.units * domains, 1))
        for start in range(0, len(columns), width):
            totals = self._residual(columns[start : start + width])
            parts.append(self.design.rooted(totals.reshape(self.units, -1)).reshape(-1, totals.shape[1], domains))
        return np.concatenate(parts, axis=1)

    def _residual(self, columns: IntArray) -> FloatArray:
        """Return the totals of some columns, residuals taken, of all units [U, m, D]."""
        members, shape = self.members, (self.units, len(columns), self.members.domains)
        if self.right is None:
            whole = np.zeros(shape)
        else:
            whole = (self.left @ self.right[:, columns].reshape(len(self.right), -1)).reshape(shape)
            np.negative(whole, out=whole)
        whole[members.unit, :, members.domain] += self.total[:, columns]
        return whole


def unit_sums(basis: WeightedDesign, members: Members, values: FloatArray) -> UnitSums:
    """Sum columns [C, m] of final weights by unit and domain."""
    low = basis.weights.residual(_Columns(members, values)).low()
    stage, total = basis.design.stages[0], members.summed(values)
    if low.left is None or low.right is None:
        return UnitSums(members, basis.design, total)
    units = len(basis.design.stratum)
    left = stage.known("summed", low.left, lambda: rowsum(stage.unit, low.left, units))
    return UnitSums(members, basis.design, total, left, low.right.reshape(len(low.right), -1, members.domains))


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
    from scipy.sparse import csc_matrix

    size, code = np.diff(x.indptr), np.full(len(values), -1, dtype=np.int64)
    code[members.cell] = members.code
    place = np.repeat(code, size)
    inside = place >= 0
    ends = np.append(0, np.cumsum(np.where(code >= 0, size, 0)))
    row = (x.indices + x.shape[1] * place)[inside]
    shape = (members.domains * x.shape[1], len(values))
    return np.asarray(csc_matrix((x.data[inside], row, ends), shape=shape) @ values)
