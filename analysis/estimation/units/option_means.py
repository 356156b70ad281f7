"""Means of items among those who chose each option of a multiple choice, from totals of sampling units.

Responses are counted by option and numbered cell (`option_counts`), the counts of one option at a time are summed by
unit, and the estimates follow from these totals like those of exclusive domains (`unit_means`).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.numbered_responses import Marks
from analysis.design.influence import Influence, group_codes, rowsum
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
    low = basis.weights.residual(counted).low()  # sums by unit in the same pass
    members, total, people = counted.by_unit()
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

    Its columns are mark-major, without the mark of everybody. `units` holds the sums of `by_unit`.
    """

    basis: WeightedDesign
    domains: Overlapping
    marks: Marks
    left: Any = None
    right: FloatArray | None = None
    units: list[tuple[FloatArray, FloatArray]] = field(default_factory=list, repr=False, compare=False)

    @property
    def _final(self) -> FloatArray:
        """The weight that a base weight of 1, fixed point, has in the end, of the cells inside the split."""
        return self.basis.weights.factor[self.domains.inside.cell] / self.basis.cells.scale

    @property
    def _code(self) -> IntArray:
        """The domain of these cells."""
        return self.domains.split.code[self.domains.inside.cell]

    def by_unit(self) -> tuple[Members, FloatArray, FloatArray]:
        """Return the pairs of unit and domain, the sums of final weights of marks, and the answers of each base.

        Sums are [Q, L - 1], answers [Q, bases].
        """
        from scipy.sparse import csr_matrix

        if not self.units:
            self._summed(csr_matrix((0, len(self._code))))
        split, options, units = len(self.domains.split), len(self.domains.sets.chosen), len(self.basis.design.stratum)
        known, _ = self._pairs
        start, none = np.repeat(np.arange(options) * split, len(known)), np.zeros(0, dtype=np.int64)
        unit, domain = np.tile(known % units, options), start + np.tile(known // units, options)
        return Members(none, none, none, unit, domain, options * split), *self.units[0]

    @property
    def _pairs(self) -> tuple[IntArray, IntArray]:
        """The pairs of domain of the split and unit that hold cells, as numbers [q], and that of each cell [C']."""
        units, unit = len(self.basis.design.stratum), self.basis.design.psu[self.domains.inside.cell]
        return group_codes(self._code * units + unit, len(self.domains.split) * units)

    def _summed(self, into: Any) -> FloatArray:
        """Return a matrix [R, C'] times the sums of each option [O, R, L - 1]; the first time, sum by unit as well."""
        from scipy.sparse import csr_matrix, vstack

        if self.units:
            return np.array([into @ one.weights for one in self.domains.options(self.marks)])
        (known, pair), place = self._pairs, np.arange(len(self._code))
        weigh, number = (
            csr_matrix((one, (pair, place)), shape=(len(known), len(place)))
            for one in (self._final, np.ones(len(place)))
        )
        both = vstack([weigh, into], format="csr")
        found = [(both @ one.weights, number @ one.people) for one in self.domains.options(self.marks)]
        total, people = (np.array(some) for some in zip(*found, strict=True))
        by_unit = total[:, : len(known)].reshape(-1, total.shape[2]), people.reshape(-1, people.shape[2])
        self.units.append(by_unit)
        return np.asarray(total[:, len(known) :])

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ Z [C, (L - 1) D]."""
        from scipy.sparse import csr_matrix

        split, size = len(self.domains.split), turned.shape[0]
        own = turned.T.tocsr()[self.domains.inside.cell]
        number = np.diff(own.indptr)
        row = own.indices * split + np.repeat(self._code, number)
        cell = np.repeat(np.arange(len(number)), number)
        shape = (size * split, len(number))
        into = csr_matrix((own.data * np.repeat(self._final, number), (row, cell)), shape=shape)
        found = self._summed(into)
        ordered = found.reshape(len(found), size, split, self.marks.size - 1).transpose(1, 3, 0, 2)
        return np.ascontiguousarray(ordered).reshape(size, -1)

    def less(self, left: Any, right: FloatArray) -> _Counts:
        """Subtract a further low-rank product."""
        low = self.low().less(left, right)
        return replace(self, left=low.left, right=low.right)

    def low(self) -> Influence:
        """Return the low-rank part alone."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.basis.cells), (self.marks.size - 1) * len(self.domains.sets.chosen) * len(self.domains.split))
        return Influence(none, none, np.zeros(0), shape, self.left, self.right)
