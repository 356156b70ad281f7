"""Means of items among those who chose each option of a multiple choice, from totals of sampling units.

Responses are counted by option and numbered cell (`option_counts`), the counts of one option at a time are summed by
unit, and the estimates follow from these totals like those of exclusive domains (`unit_means`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.numbered_responses import Marks
from analysis.design.influence import Influence, rowsum
from analysis.design.overlapping import AnyDomains, Overlapping
from analysis.estimation.linear import Linear
from analysis.estimation.units import unit_means
from analysis.estimation.units.unit_means import PARTS, linear_of, means_by_unit, part_of
from analysis.estimation.units.unit_sums import Members, UnitSums
from analysis.estimation.weighted_design import WeightedDesign

PER_ESTIMATE = ("estimate", "variance", "n", "size", "spread", "psus", "strata")


def means_of(basis: WeightedDesign, domains: AnyDomains, items: Sequence[str]) -> Linear:
    """Estimate weighted means of items in domains that exclude each other or overlap; see `linear.means`."""
    if isinstance(domains, Overlapping):
        return means_in_options(basis, domains, items)
    return means_by_unit(basis, domains, items)


def means_in_options(basis: WeightedDesign, domains: Overlapping, items: Sequence[str]) -> Linear:
    """Estimate weighted means of items in overlapping domains.

    Args:
        basis: cells, design and weights of the sample that the domains were made for; its design has one stage.
        domains: the options.
        items: names of items of the cells.
    """
    marks = domains.responses.marks(items)
    counted = _Counts(basis, domains, marks)
    members, total, people = counted.by_unit()
    low = basis.weights.residual(counted).low()
    units, left, right = len(basis.design.stratum), None, None
    if low.left is not None and low.right is not None:
        stage = basis.design.stages[0]
        left = stage.known("summed", low.left, lambda: rowsum(stage.unit, low.left, units))
        right = low.right.reshape(len(low.right), -1, members.domains)
    width, parts = max(1, unit_means.HELD // max(units * members.domains, 1)), []
    for start in range(0, len(items), width):
        at = np.arange(start, min(start + width, len(items)))
        bases, down = np.unique(marks.base[at], return_inverse=True)
        columns = np.concatenate([1 + at, bases]) - 1
        some = UnitSums(members, basis.design, total[:, columns], left, None if right is None else right[:, columns])
        count = people[:, bases - 1 - len(items)]
        parts.append(part_of(some, count, len(at) + down, down))
    return _held(linear_of(parts, domains, items), domains, items)


def _held(found: Linear, domains: Overlapping, items: Sequence[str]) -> Linear:
    """Leave out pairs of option and domain of the split that are no domains."""
    held = np.tile(domains.held, len(items))
    kept = {name: getattr(found, name)[held] for name in PER_ESTIMATE}
    shape = (found.influence.shape[0], int(held.sum()))
    cache: dict[Hashable, Any] = {"clusters": found.cache["clusters"][held], PARTS: found.cache[PARTS]}
    return replace(found, **kept, influence=replace(found.influence, shape=shape), cache=cache)


@dataclass(frozen=True, slots=True)
class _Counts:
    """The influence of the totals of marks in options, of which no entry is held; see `Linearised`.

    Its columns are mark-major, without the mark of everybody.
    """

    basis: WeightedDesign
    domains: Overlapping
    marks: Marks
    left: Any = None
    right: FloatArray | None = None

    @property
    def _inside(self) -> IntArray:
        """The numbered cells of the split."""
        return np.flatnonzero(self.domains.code >= 0)

    def _final(self, cell: IntArray) -> FloatArray:
        """Return the final weight of the responses of numbered cells."""
        responses = self.domains.responses
        return self.basis.cells.scaled(responses.weight[cell]) * self.basis.weights.factor[responses.cell[cell]]

    def by_unit(self) -> tuple[Members, FloatArray, FloatArray]:
        """Return the pairs of unit and domain, the sums of final weights of marks, and the answers of each base.

        Sums are [Q, L - 1], answers [Q, bases].
        """
        from scipy.sparse import csr_matrix

        inside, split, options = self._inside, len(self.domains.split), len(self.domains.n)
        units, size = len(self.basis.design.stratum), len(self.domains.responses.cell)
        unit = self.basis.design.psu[self.domains.responses.cell[inside]]
        known, pair = np.unique(self.domains.code[inside] * units + unit, return_inverse=True)
        shape, first = (len(known), size), int(self.marks.base.min(initial=self.marks.size))
        weigh, number = (
            csr_matrix((one, (pair, inside)), shape=shape) for one in (self._final(inside), np.ones(len(inside)))
        )
        last = self.marks.size
        found = [
            (np.asarray(weigh @ one)[:, 1:last], number @ np.ascontiguousarray(one[:, first:last]))
            for one in self.domains.counts(self.marks)
        ]
        total, people = (np.concatenate(some) for some in zip(*found, strict=True))
        start = np.repeat(np.arange(options) * split, len(known))
        none = np.zeros(0, dtype=np.int64)
        members = Members(
            none, none, none, np.tile(known % units, options), start + np.tile(known // units, options), options * split
        )
        return members, total, people

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ Z [C, (L - 1) D]."""
        from scipy.sparse import csr_matrix

        inside, split, size = self._inside, len(self.domains.split), turned.shape[0]
        own = turned.T.tocsr()[self.domains.responses.cell[inside]]
        code = np.repeat(self.domains.code[inside], np.diff(own.indptr))
        final = np.repeat(self._final(inside), np.diff(own.indptr))
        cell = np.repeat(inside, np.diff(own.indptr))
        shape = (size * split, len(self.domains.responses.cell))
        into = csr_matrix((own.data * final, (own.indices * split + code, cell)), shape=shape)
        found = np.array([(into @ one)[:, 1 : self.marks.size] for one in self.domains.counts(self.marks)])
        ordered = found.reshape(len(self.domains.n), size, split, self.marks.size - 1).transpose(1, 3, 0, 2)
        return np.ascontiguousarray(ordered).reshape(size, -1)

    def less(self, left: Any, right: FloatArray) -> _Counts:
        """Subtract a further low-rank product."""
        low = self.low().less(left, right)
        return replace(self, left=low.left, right=low.right)

    def low(self) -> Influence:
        """Return the low-rank part alone."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.basis.cells), (self.marks.size - 1) * len(self.domains.n) * len(self.domains.split))
        return Influence(none, none, np.zeros(0), shape, self.left, self.right)
