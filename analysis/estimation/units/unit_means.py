"""Means of many items in exclusive domains, from totals of sampling units.

`linear.means_in` holds an entry for every cell, domain and item. Here the sampling units are summed first, for many
items at once (`unit_sums`):

    z_u = (Y_u - p W_u) / W,    Y_u, W_u the totals of unit u in the domain, residuals of the calibration taken
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray, IntArray
from analysis.design.design import Design
from analysis.design.domains import Domains, named
from analysis.design.influence import CHUNK, Influence, count_distinct
from analysis.design.overlapping import AnyDomains, labelled
from analysis.estimation.linear import ROUNDING, Linear, means_in
from analysis.estimation.units.columns import Columns, columns_of
from analysis.estimation.units.unit_sums import Members, UnitSums, members_of, unit_sums
from analysis.estimation.weighted_design import WeightedDesign

HELD = 1 << 23
"""Numbers of cells by items, and of units by items and domains, that are held at a time: 64 MB."""
PARTS = "parts"
"""Key of the parts in the cache of means."""


def means_by_unit(
    basis: WeightedDesign, domains: Domains, items: Sequence[str], members: Members | None = None
) -> Linear:
    """Estimate what `linear.means_in` does, without an influence: `PARTS` in the cache hold the totals of units.

    Numbers agree to rounding; counts and degrees of freedom are the same. Designs of two stages, numeric items and
    samples in which every cell is its own unit are left to `linear.means_in`.

    Args:
        basis: the weighted cells.
        domains: the domains.
        items: names of the items.
        members: of the domains, where somebody keeps them; see `known_members`.
    """
    design, cells = basis.design, basis.cells
    units = len(design.stratum)
    if len(design.stages) > 1 or units == len(cells) or cells.wyy is not cells.wy or design.domain_lonely:
        return means_in(basis, domains, items)
    members, rows = members or members_of(basis, domains), named(cells, items)
    width = max(1, HELD // max(len(cells), units * max(len(domains), 1)) - 2)
    some = (columns_of(basis, rows[start : start + width]) for start in range(0, len(rows), width))
    return linear_of([_part(basis, members, one) for one in some], domains, items)


def known_members(linear: Linear) -> Members | None:
    """Return the members of the domains of a `means_by_unit` result, for other items; None where it has none."""
    parts: Sequence[Part] = linear.cache.get(PARTS, ())
    return parts[0].sums.members if parts else None


JOINED = ("value", "under", "variance", "scale", "squares", "n", "psus", "strata")


@dataclass(frozen=True, slots=True)
class Part:
    """Some items over all domains, [I, D] each unless stated.

    Attributes:
        sums: by unit; the numerators of the items are its first columns.
        down: [I] column of the denominator of each item.
        over, under: weighted sums of the answers counted, and of all answers.
        value: the mean.
        variance: of the design.
        scale, squares: sums of squares over units, of the influence and of the denominator.
        n, psus, strata: answers, and units and strata that hold any.
    """

    sums: UnitSums
    down: IntArray
    over: FloatArray
    under: FloatArray
    value: FloatArray
    variance: FloatArray
    scale: FloatArray
    squares: FloatArray
    n: IntArray
    psus: IntArray
    strata: IntArray

    def totals(self) -> Iterator[tuple[slice, FloatArray, FloatArray]]:
        """Yield some items at a time, and their rooted numerators and denominators [H, i, D]; see `Design.rooted`."""
        width = max(1, CHUNK // max(self.sums.units * self.over.shape[1], 1))
        for start in range(0, len(self.down), width):
            some = slice(start, start + width)
            down, place = np.unique(self.down[some], return_inverse=True)
            found = self.sums.rooted(np.concatenate([np.arange(len(self.down))[some], down]))
            yield some, found[:, : len(place)], found[:, len(place) + place]

    def influences(self) -> Iterator[tuple[slice, FloatArray]]:
        """Yield some items at a time, and the rooted influence of their means [H, i, D]; 0 where nobody answered."""
        weight, mean = safe_ratio(self.value, self.under)
        for some, up, down in self.totals():
            rows = down * mean[some]
            np.subtract(up, rows, out=rows)
            rows *= weight[some]
            yield some, rows


def safe_ratio(value: FloatArray, under: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return 1 / W and p [I, D]; 0 where W is 0."""
    there = under > 0
    return np.divide(1.0, under, out=np.zeros(under.shape), where=there), np.where(there, value, 0.0)


def squares_of(rows: FloatArray) -> FloatArray:
    """Return the sum of squares of each column of rows [H, i, D]."""
    return np.asarray(np.square(rows).sum(axis=0))


def part_of(sums: UnitSums, people: FloatArray, down: IntArray, count: IntArray) -> Part:
    """Estimate the means of some items.

    Args:
        sums: numerators of the items, then denominators.
        people: [Q, m] answers by pair of unit and domain.
        down: [I] column of the denominator of each item in the sums.
        count: [I] column of its answers.
    """
    members, at = sums.members, np.arange(len(down))
    whole, answers = members.over(sums.total), members.over(people).astype(np.int64)
    squares = members.over(sums.total**2)
    over, under = whole[at], whole[down]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = over / under
        scale = (squares[at] + ratio**2 * squares[down]) / under**2
    degrees = [_degrees(sums.design, members, people[:, number] > 0) for number in range(people.shape[1])]
    part = Part(
        sums=sums,
        down=down,
        over=over,
        under=under,
        value=ratio,
        variance=np.zeros(over.shape),
        scale=scale,
        squares=squares[down],
        n=answers[count],
        psus=np.array([degrees[number][0] for number in count]),
        strata=np.array([degrees[number][1] for number in count]),
    )
    return replace(part, variance=np.concatenate([squares_of(rows) for _, rows in part.influences()]))


def linear_of(parts: list[Part], domains: AnyDomains, items: Sequence[str]) -> Linear:
    """Return the means of all parts."""
    joined = {name: np.concatenate([getattr(part, name).reshape(-1) for part in parts]) for name in JOINED}
    value, under, scale, variance = (joined[name] for name in ("value", "under", "scale", "variance"))
    with np.errstate(divide="ignore", invalid="ignore"):
        clusters = joined["squares"] / under**2
        spread = np.maximum(value - value**2, 0.0)
    none, shape = np.zeros(0, dtype=np.int64), (parts[0].sums.units, len(value))
    return Linear(
        labels=labelled(domains, list(items)),
        estimate=value,
        influence=Influence(none, none, np.zeros(0), shape),
        variance=np.where(variance > ROUNDING * scale, variance, 0.0),
        n=joined["n"],
        size=under,
        spread=spread,
        psus=joined["psus"],
        strata=joined["strata"],
        items=tuple(items),
        domains=domains,
        cache={"clusters": clusters, PARTS: parts},
    )


def _part(basis: WeightedDesign, members: Members, columns: Columns) -> Part:
    sums = unit_sums(basis, members, columns.values)
    return part_of(sums, members.summed(columns.people), columns.down, columns.count)


def _degrees(design: Design, members: Members, held: npt.NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """Count the units and strata that hold answers, by domain."""
    unit, domain = members.unit[held], members.domain[held]
    strata = count_distinct(domain, design.stratum[unit], members.domains, len(design.stages[0].count))
    return np.bincount(domain, minlength=members.domains), strata
