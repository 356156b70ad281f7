"""Means of items within strata, one item after the other: what intra-cluster correlations are made from.

The numbers are those of `linear.means_in` for each item by itself, without its sparse matrices: a cell lies in one
stratum, and so does a sampling unit. What is known of the weights and of who answered is made once for all items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import Domains
from analysis.design.influence import Influence
from analysis.estimation.linear import ROUNDING, Linear, means_in
from analysis.estimation.weighted_design import WeightedDesign


def means_in_strata(basis: WeightedDesign, strata: Domains, items: Sequence[str]) -> Iterator[Linear]:
    """Yield the means of each item in every stratum, with an influence of sampling units [U, K] and without labels.

    Designs of two stages, numeric items and samples in which every cell is its own unit are left to `means_in`.

    Args:
        basis: cells, design, weights.
        strata: exclusive domains that hold every cell, and every unit as a whole.
        items: names of items.
    """
    design, cells = basis.design, basis.cells
    if len(design.stages) > 1 or len(design.stratum) == len(cells) or cells.wyy is not cells.wy:
        yield from (means_in(basis, strata, [name]) for name in items)
        return
    base, shared = None, _Shared(strata)
    for name in items:
        at = cells.index(name)
        n, weight = cells.n_i[at], basis.final(cells.wo[at])
        if base is None or not (np.array_equal(base.n, n) and np.array_equal(base.weight, weight)):
            base = _based(basis, strata, n, weight)
        yield _mean(basis, shared, base, name, basis.final(cells.wy[at]))


@dataclass(frozen=True, slots=True)
class _Base:
    """Those who answered an item.

    Attributes:
        n, weight: [C] their number and their weight by cell.
        under: [K] their weight by stratum.
        clusters: [K] sum over units of the squared share of the weight.
        rows: [Q] units that hold any.
        of_units: [U] stratum of each unit.
        counts: [K] their number, units and strata.
    """

    n: IntArray
    weight: FloatArray
    under: FloatArray
    clusters: FloatArray
    rows: IntArray
    of_units: IntArray
    counts: tuple[IntArray, IntArray, IntArray]


def _based(basis: WeightedDesign, strata: Domains, n: IntArray, weight: FloatArray) -> _Base:
    design, size = basis.design, len(basis.design.stratum)
    held, under = n > 0, strata.sums(weight)
    of_units = np.zeros(size, dtype=np.int64)
    of_units[design.psu] = strata.code
    squares = np.bincount(design.psu, weights=weight, minlength=size) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        clusters = np.bincount(of_units, weights=squares, minlength=len(strata)) / under**2
    rows = np.flatnonzero(np.bincount(design.psu[held], minlength=size))
    units = design.domain_degrees(*strata.entries(held), len(strata))
    people = strata.sums(n.astype(np.float64)).astype(np.int64)
    return _Base(n, weight, under, clusters, rows, of_units, (people, *units))


@dataclass(slots=True)
class _Shared:
    """What all items share, made when the first one needs it.

    Attributes:
        strata: the domains.
        left: left side of the subtracted low-rank product by unit; it depends on the weights alone.
        places: matrices of auxiliaries with the place of each of their entries among auxiliaries and strata.
    """

    strata: Domains
    left: Any = None
    places: list[tuple[Any, Any, IntArray]] = field(default_factory=list)

    def place(self, turned: Any) -> tuple[Any, IntArray]:
        """Return the entries of auxiliaries [r, C] in coordinates, and their places."""
        for known, entries, place in self.places:
            if known is turned:
                return entries, place
        entries = turned.tocoo()
        place = entries.row.astype(np.int64) * len(self.strata) + self.strata.code[entries.col]
        self.places.append((turned, entries, place))
        return entries, place


@dataclass(frozen=True, slots=True)
class _Entries:
    """The influence of one item in strata: one entry for each cell [C], less a low-rank product; see `Linearised`."""

    value: FloatArray
    shared: _Shared
    left: Any = None
    right: FloatArray | None = None

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ the entries [C, K]."""
        entries, place = self.shared.place(turned)
        shape = (turned.shape[0], len(self.shared.strata))
        total = np.bincount(place, weights=entries.data * self.value[entries.col], minlength=shape[0] * shape[1])
        return np.asarray(total.reshape(shape), dtype=np.float64)

    def less(self, left: Any, right: FloatArray) -> _Entries:
        """Subtract a further low-rank product."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.value), len(self.shared.strata))
        low = Influence(none, none, np.zeros(0), shape, self.left, self.right).less(left, right)
        return replace(self, left=low.left, right=low.right)


def _mean(basis: WeightedDesign, shared: _Shared, base: _Base, name: str, up: FloatArray) -> Linear:
    strata, design = shared.strata, basis.design
    with np.errstate(divide="ignore", invalid="ignore"):
        value = strata.sums(up) / base.under
        entry = (up - value[strata.code] * base.weight) / base.under[strata.code]
    entry = np.where(base.n > 0, entry, 0.0)
    influence = _of_units(basis, shared, base, basis.weights.residual(_Entries(entry, shared)))
    variance, scale = design.variance(influence), strata.sums(entry**2)
    return Linear(
        labels=pd.DataFrame(index=range(len(strata))),
        estimate=value,
        influence=influence,
        variance=np.where(variance > ROUNDING * scale, variance, 0.0),
        n=base.counts[0],
        size=base.under,
        spread=np.maximum(value - value**2, 0.0),
        psus=base.counts[1],
        strata=base.counts[2],
        items=(name,),
        domains=strata,
        cache={"clusters": base.clusters},
    )


def _of_units(basis: WeightedDesign, shared: _Shared, base: _Base, cells: _Entries) -> Influence:
    """Return the influence summed by unit."""
    group, size = basis.design.psu, len(basis.design.stratum)
    total = np.bincount(group, weights=cells.value, minlength=size).astype(np.float64)
    whole = Influence(base.rows, base.of_units[base.rows], total[base.rows], (size, len(shared.strata)))
    if cells.left is None:
        return whole
    if shared.left is None:
        shared.left = replace(whole.blank(), shape=(len(group), 0), left=cells.left).gather(group, size).left
    return replace(whole, left=shared.left, right=cells.right)
