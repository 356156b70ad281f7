"""Means of many items in overlapping domains, from totals of sampling units.

`linear.means_in` holds an entry for every cell, domain and item: 17 options by 17 options of a million answers are 290
million. Every variance only needs the totals of the sampling units, so these are summed first, for many items at once:

    z_u = (Y_u - p W_u) / W,    Y_u, W_u the sums of unit u in the domain

The projection on the auxiliaries of a calibration is summed likewise. Memory grows with cells and with members of
domains, never with their product with the items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.domains import AnyDomains, ShortArray, named
from analysis.design.influence import Influence, count_distinct
from analysis.estimation.linear import ROUNDING, Linear, labelled, means_in
from analysis.estimation.weighted_design import WeightedDesign

ENTRIES = 1 << 17
"""Members of domains that are summed at a time."""
HELD = 1 << 23
"""Numbers of cells by items that are held at a time: 64 MB."""


def means_by_unit(basis: WeightedDesign, domains: AnyDomains, items: Sequence[str]) -> Linear:
    """Estimate what `linear.means_in` does, with an influence of sampling units [U, K] in place of cells.

    Numbers agree to rounding; counts and degrees of freedom are the same. Designs of two stages, numeric items and
    samples in which every cell is its own unit are left to `linear.means_in`.
    """
    design, cells = basis.design, basis.cells
    units = len(design.stratum)
    if len(design.stages) > 1 or units == len(cells) or cells.wyy is not cells.wy:
        return means_in(basis, domains, items)
    members = _members(basis, domains)
    rows, width = named(cells, items), max(1, HELD // len(cells) - 2)
    parts = [_block(basis, members, rows[start : start + width]) for start in range(0, len(rows), width)]
    influence = _beside([part.influence for part in parts])
    variance = design.variance(influence)
    scale = np.concatenate([part.scale for part in parts])
    under = np.concatenate([part.under for part in parts])
    value = np.concatenate([part.value for part in parts])
    with np.errstate(divide="ignore", invalid="ignore"):
        clusters = np.concatenate([part.squares for part in parts]) / under**2
        spread = np.maximum(value - value**2, 0.0)
    return Linear(
        labels=labelled(domains, list(items)),
        estimate=value,
        influence=influence,
        variance=np.where(variance > ROUNDING * scale, variance, 0.0),
        n=np.concatenate([part.n for part in parts]),
        size=under,
        spread=spread,
        psus=np.concatenate([part.psus for part in parts]),
        strata=np.concatenate([part.strata for part in parts]),
        items=tuple(items),
        domains=domains,
        cache={"clusters": clusters},
    )


@dataclass(frozen=True, slots=True)
class _Members:
    """Cells [E] and domains [E] of all members, and the pairs of unit and domain [Q] that hold any.

    `pair` [E] is the place of each member among the pairs, `unit` [Q] and `domain` [Q] are those of each pair.
    """

    cell: ShortArray
    code: ShortArray
    pair: ShortArray
    unit: IntArray
    domain: IntArray
    domains: int


def _members(basis: WeightedDesign, domains: AnyDomains) -> _Members:
    cell, code = domains.entries(np.ones(len(basis.cells), dtype=bool))
    units = len(basis.design.stratum)
    held = np.zeros(units * len(domains), dtype=bool)
    for at in _slices(len(cell)):
        held[code[at] * np.int64(units) + basis.design.psu[cell[at]]] = True
    places, pair = np.flatnonzero(held), np.empty(len(cell), dtype=np.int32)
    rank = (np.cumsum(held, dtype=np.int32) - 1).astype(np.int32)
    for at in _slices(len(cell)):
        pair[at] = rank[code[at] * np.int64(units) + basis.design.psu[cell[at]]]
    return _Members(cell, code, pair, places % units, places // units, len(domains))


def _slices(size: int) -> Iterator[slice]:
    return (slice(start, start + ENTRIES) for start in range(0, size, ENTRIES))


@dataclass(frozen=True, slots=True)
class _Implicit:
    """The influence of ratios of columns in domains, of which no entry is held; see `influence.Linearised`.

    Attributes:
        values: [C, m] columns.
        up, down: [I] column of the numerator and the denominator of each item.
        ratio, under: [I, D] the ratio and the sum of its denominator.
    """

    members: _Members
    values: FloatArray
    up: IntArray
    down: IntArray
    ratio: FloatArray
    under: FloatArray
    left: Any = None
    right: FloatArray | None = None

    def projected(self, turned: Any) -> FloatArray:
        """Return turned [r, C] @ Z [C, K], item-major."""
        found, size = _projected(self.members, turned.T.tocsr(), self.values), turned.shape[0]
        sums = found.reshape(self.members.domains, size, -1).transpose(2, 1, 0)  # [m, r, D]
        with np.errstate(divide="ignore", invalid="ignore"):
            each = (sums[self.up] - self.ratio[:, None] * sums[self.down]) / self.under[:, None]
        each = np.where(self.under[:, None] > 0, each, 0.0)
        return np.asarray(each.transpose(1, 0, 2).reshape(size, -1))

    def less(self, left: Any, right: FloatArray) -> _Implicit:
        """Subtract a further low-rank product."""
        low = self.low().less(left, right)
        return replace(self, left=low.left, right=low.right)

    def low(self) -> Influence:
        """Return the low-rank part alone."""
        none = np.zeros(0, dtype=np.int64)
        shape = (len(self.values), self.ratio.size)
        return Influence(none, none, np.zeros(0), shape, self.left, self.right)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some items over all domains, item-major; `scale` and `squares` are sums of squares over units."""

    influence: Influence
    value: FloatArray
    under: FloatArray
    scale: FloatArray
    squares: FloatArray
    n: IntArray
    psus: IntArray
    strata: IntArray


def _block(basis: WeightedDesign, members: _Members, rows: IntArray) -> _Part:
    cells, size = basis.cells, members.domains
    ups = [basis.final(cells.wy[at]) for at in rows]
    downs, down = _distinct([basis.final(cells.wo[at]) for at in rows])
    counts, count = _distinct([cells.n_i[at].astype(np.float64) for at in rows])
    values, at = np.column_stack([*ups, *downs]), np.arange(len(rows))
    total = _summed(members, values)
    people = _summed(members, np.column_stack(counts))
    sums, answers = _over(members, total), _over(members, people).astype(np.int64)
    over, under = sums[at], sums[len(rows) + down]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = over / under
    whole = _Implicit(members, values, at, len(rows) + down, ratio, under)
    low = basis.weights.residual(whole).low()
    degrees = [_degrees(basis, members, people[:, number] > 0) for number in range(len(counts))]
    squares = _over(members, total**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = (squares[at] + ratio**2 * squares[len(rows) + down]) / under**2
    return _Part(
        _of_units(basis, whole, low, total, people[:, count]),
        ratio.reshape(-1),
        under.reshape(-1),
        scale.reshape(-1),
        squares[len(rows) + down].reshape(-1),
        answers[count].reshape(size * len(rows)),
        np.concatenate([degrees[number][0] for number in count]),
        np.concatenate([degrees[number][1] for number in count]),
    )


def _of_units(
    basis: WeightedDesign, whole: _Implicit, low: Influence, total: FloatArray, people: FloatArray
) -> Influence:
    """Return the influence of the units: entries of every pair and item, and the low-rank part summed by unit."""
    members, items, units = whole.members, len(whole.up), len(basis.design.stratum)
    pair, item = np.nonzero(people > 0)
    domain = members.domain[pair]
    up, down = total[pair, whole.up[item]], total[pair, whole.down[item]]
    value = (up - whole.ratio[item, domain] * down) / whole.under[item, domain]
    shape = (units, items * members.domains)
    low = low.gather(basis.design.psu, units)
    return Influence(members.unit[pair], item * members.domains + domain, value, shape, low.left, low.right)


def _beside(parts: list[Influence]) -> Influence:
    """Place influences whose low-rank parts have the same left side beside each other."""
    starts = np.cumsum([0, *(part.shape[1] for part in parts)])
    column = [part.column + start for part, start in zip(parts, starts[:-1], strict=True)]
    rights = [part.right for part in parts if part.right is not None]
    return Influence(
        np.concatenate([part.row for part in parts]),
        np.concatenate(column),
        np.concatenate([part.value for part in parts]),
        (parts[0].shape[0], int(starts[-1])),
        parts[0].left,
        np.hstack(rights) if rights else None,
    )


def _distinct(columns: list[FloatArray]) -> tuple[list[FloatArray], IntArray]:
    """Return the distinct columns, and which of them each is: the options of a question have one base."""
    found, which = list[FloatArray](), list[int]()
    for column in columns:
        same = (number for number, one in enumerate(found) if np.array_equal(one, column))
        which.append(next(same, len(found)))
        if which[-1] == len(found):
            found.append(column)
    return found, np.array(which, dtype=np.int64)


def _summed(members: _Members, values: FloatArray) -> FloatArray:
    """Sum columns [C, m] by pair of unit and domain [Q, m]."""
    from scipy.sparse import csr_matrix

    total = np.zeros((len(members.unit), values.shape[1]))
    for at in _slices(len(members.cell)):
        pair = members.pair[at]
        shape = (len(pair), len(total))
        into = csr_matrix((np.ones(len(pair)), pair, np.arange(len(pair) + 1)), shape=shape)
        total += np.asarray(into.T @ values[members.cell[at]])
    return total


def _projected(members: _Members, x: Any, values: FloatArray) -> FloatArray:
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


def _over(members: _Members, total: FloatArray) -> FloatArray:
    """Sum totals of pairs [Q, m] by domain [m, D]."""
    sums = [np.bincount(members.domain, weights=column, minlength=members.domains) for column in total.T]
    return np.array(sums, dtype=np.float64)


def _degrees(basis: WeightedDesign, members: _Members, held: Any) -> tuple[IntArray, IntArray]:
    """Count the units and strata that hold answers, by domain."""
    unit, domain = members.unit[held], members.domain[held]
    strata = count_distinct(domain, basis.design.stratum[unit], members.domains, len(basis.design.stages[0].count))
    return np.bincount(domain, minlength=members.domains), strata
