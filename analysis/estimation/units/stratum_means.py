"""Means of items within strata: what intra-cluster correlations are made from.

The numbers are those of `linear.means_in`, without its sparse matrices: a cell lies in one stratum, and so does a
sampling unit. Items with the same answered base are estimated together, in sums that run over cells and units in
their order, so that a number does not depend on what else was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import Domains
from analysis.design.influence import Influence, indicator
from analysis.estimation.linear import ROUNDING, Linear, means_in
from analysis.estimation.weighted_design import WeightedDesign

HELD = 1 << 21
"""Numbers of cells by items, and of units by strata and items, that are held at a time: 16 MB."""


def means_in_strata(basis: WeightedDesign, strata: Domains, items: Sequence[str]) -> Iterator[Linear]:
    """Yield the means of items in every stratum, some items at a time, item-major, without influence and labels.

    Designs of two stages, numeric items and samples in which every cell is its own unit are left to `means_in`.

    Args:
        basis: cells, design, weights.
        strata: exclusive domains that hold every cell, and every unit as a whole.
        items: names of items.
    """
    design, cells = basis.design, basis.cells
    alone = len(design.stratum) == len(cells)
    if len(design.stages) > 1 or alone or cells.wyy is not cells.wy or design.domain_lonely:
        yield from (means_in(basis, strata, [name]) for name in items)
        return
    shared = _Shared(strata, indicator(strata.code, len(strata)), indicator(design.psu, len(design.stratum)))
    most = max(1, HELD // max(len(cells), len(design.stratum) * len(strata)))
    base, names = None, list[str]()
    for name in items:
        at = cells.index(name)
        n, weight = cells.n_i[at], basis.final(cells.wo[at])
        same = base is not None and np.array_equal(base.n, n) and np.array_equal(base.weight, weight)
        if base is not None and (not same or len(names) == most):
            yield _means(basis, shared, base, names)
            names = []
        if not same:
            base = _based(basis, strata, n, weight)
        names.append(name)
    if base is not None:
        yield _means(basis, shared, base, names)


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
        into_strata, into_units: matrices [K, C] and [U, C] that sum cells.
        left: left side of the subtracted low-rank product by unit; it depends on the weights alone.
        placed: matrices of auxiliaries [r, C] with each of their rows split by stratum [r K, C].
    """

    strata: Domains
    into_strata: Any
    into_units: Any
    left: Any = None
    placed: list[tuple[Any, Any]] = field(default_factory=list)

    def split(self, turned: Any) -> Any:
        """Return auxiliaries [r, C] with a row for each stratum [r K, C]."""
        from scipy.sparse import csr_matrix

        for known, found in self.placed:
            if known is turned:
                return found
        entries, size = turned.tocoo(), len(self.strata)
        place = entries.row.astype(np.int64) * size + self.strata.code[entries.col]
        found = csr_matrix((entries.data, (place, entries.col)), shape=(turned.shape[0] * size, turned.shape[1]))
        self.placed.append((turned, found))
        return found


@dataclass(frozen=True, slots=True)
class _Entries:
    """The influence of items in strata: an entry for each cell and item [C, m], less a low-rank product.

    See `Linearised`; its columns are item-major.
    """

    value: FloatArray
    shared: _Shared
    left: Any = None
    right: FloatArray | None = None

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ the entries [C, m K]."""
        found = np.asarray(self.shared.split(turned) @ self.value).reshape(turned.shape[0], len(self.shared.strata), -1)
        return np.ascontiguousarray(found.transpose(0, 2, 1)).reshape(turned.shape[0], -1)

    def less(self, left: Any, right: FloatArray) -> _Entries:
        """Subtract a further low-rank product."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.value), self.value.shape[1] * len(self.shared.strata))
        low = Influence(none, none, np.zeros(0), shape, self.left, self.right).less(left, right)
        return replace(self, left=low.left, right=low.right)


def _means(basis: WeightedDesign, shared: _Shared, base: _Base, names: Sequence[str]) -> Linear:
    strata, items = shared.strata, len(names)
    up = np.column_stack([basis.final(basis.cells.wy[basis.cells.index(name)]) for name in names])
    code, under = strata.code, base.under[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (shared.into_strata @ up) / under
        entry = (up - value[code] * base.weight[:, None]) / under[code]
    entry = np.where(base.n[:, None] > 0, entry, 0.0)
    units = _of_units(basis, shared, base, basis.weights.residual(_Entries(entry, shared)))
    variance, scale = basis.design.variance_of_totals(units), _item_major(shared.into_strata @ entry**2)
    estimate = _item_major(value)
    size = items * len(strata)
    none = np.zeros(0, dtype=np.int64)
    return Linear(
        labels=pd.DataFrame(index=range(size)),
        estimate=estimate,
        influence=Influence(none, none, np.zeros(0), (len(units), size)),
        variance=np.where(variance > ROUNDING * scale, variance, 0.0),
        n=np.tile(base.counts[0], items),
        size=np.tile(base.under, items),
        spread=np.maximum(estimate - estimate**2, 0.0),
        psus=np.tile(base.counts[1], items),
        strata=np.tile(base.counts[2], items),
        items=tuple(names),
        domains=strata,
        cache={"clusters": np.tile(base.clusters, items)},
    )


def _item_major(values: FloatArray) -> FloatArray:
    """Return numbers by stratum and item [K, m] in the order of estimates."""
    return np.asarray(values.T.reshape(-1))


def _of_units(basis: WeightedDesign, shared: _Shared, base: _Base, cells: _Entries) -> FloatArray:
    """Return the influence summed by unit [U, m K]."""
    size, items = len(basis.design.stratum), cells.value.shape[1]
    whole = np.zeros((size, items, len(shared.strata)))
    total = shared.into_units @ cells.value
    whole[base.rows, :, base.of_units[base.rows]] = total[base.rows]
    units = whole.reshape(size, -1)
    if cells.left is None:
        return units
    if shared.left is None:
        shared.left = shared.into_units @ cells.left
    return np.asarray(units - shared.left @ cells.right)
