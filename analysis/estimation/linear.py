"""Linear estimates with their influence: means, totals, ratios and shares over any domains.

With cells c of domain d and final weights: W = sum w[known], Y = sum wy.
    mean  p = Y / W          z_c = (Y_c - p W_c) / W
    total Y                  z_c = Y_c
    ratio R = Y / X          z_c = (Y_c - R X_c) / X
    share s = W_d / W        z_c = (W_c [c in d] - s W_c) / W
Calibrated weights replace z by its residuals. Source: Sarndal, Swensson & Wretman 1992, 5.5-5.8; Demnati & Rao 2004.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray, IntArray, require_declared
from analysis.design.conditions import Where
from analysis.design.domains import Domains, make_domains, named
from analysis.design.influence import Influence, stack
from analysis.design.lazy_sums import at_cells
from analysis.design.overlapping import AnyDomains, labelled
from analysis.design.recent_results import recent
from analysis.estimation.weighted_design import WeightedDesign
from survey.errors import DesignError

ROUNDING = 1e-20  # of the squared influence; standard errors then are 1e-10 of what one response moves
Reference = Literal["wor", "wr", "plain"]


@dataclass(frozen=True, slots=True)
class Linear:
    """K estimates, item-major (all domains of the first item first).

    Attributes:
        labels: [K] rows: item and by-columns.
        estimate: [K].
        influence: [C, K], or [U, K] of sampling units (`unit_means`), with calibration residuals taken.
        variance: [K] design variance.
        n: [K] answers. size: [K] sum of final weights of the answers.
        spread: [K] weighted population variance of the answers, sum w (y - mean)^2 / sum w.
        psus, strata: [K] holding answers.
        items: the names, in order.
        domains: the domains of each item.
        cache: what others derived from it once.
    """

    labels: pd.DataFrame
    estimate: FloatArray
    influence: Influence
    variance: FloatArray
    n: IntArray
    size: FloatArray
    spread: FloatArray
    psus: IntArray
    strata: IntArray
    items: tuple[str, ...]
    domains: AnyDomains
    cache: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def df(self) -> IntArray:
        """PSUs minus strata that hold answered members."""
        return self.psus - self.strata

    @property
    def std_error(self) -> FloatArray:
        """The square root of the variance."""
        return np.sqrt(self.variance)

    def simple_variance(self, reference: Reference = "wor") -> FloatArray:
        """Return the variance of a simple random sample of the same size, for the design effect of a mean.

        Args:
            reference: "wor" without and "wr" with replacement, both with n - 1 (as R `svymean(deff=TRUE)` and
                `deff="replace"`); "plain": p(1 - p)/n (Kish 1965), the reference for rates.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if reference == "plain":
                return self.spread / self.n
            with_replacement = self.spread / (self.n - 1)
            return with_replacement * (1 - self.n / self.size) if reference == "wor" else with_replacement

    def design_effect(self, reference: Reference = "wor") -> FloatArray:
        """Return the design variance of a mean over that of a simple random sample; NaN for unanimous answers."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.spread > 0, self.variance / self.simple_variance(reference), np.nan)


def means(
    basis: WeightedDesign,
    items: Sequence[str] | None = None,
    *,
    by: Sequence[str] = (),
    where: Where | None = None,
) -> Linear:
    """Estimate weighted means of items (rates, for 0/1 items) in every domain.

    Args:
        basis: cells, design, weights.
        items: item names, all when None.
        by: key columns that split the sample.
        where: a condition (`analysis.design.conditions`): a domain within which to split.

    Returns:
        One estimate per item and domain; NaN where nobody answered.
    """
    require_declared(basis, WeightedDesign)
    return means_in(basis, make_domains(basis.cells, by, where), items)


def means_in(basis: WeightedDesign, domains: Domains, items: Sequence[str] | None = None) -> Linear:
    """Estimate the weighted mean of every item in domains that are already made; see `means`."""
    rows = named(basis.cells, items)
    names = tuple(basis.cells.items[at].name for at in rows)
    parts = (mean_part(basis, int(at), domains) for at in rows)
    made_with = (basis.weights, basis.design)
    found = recent(basis.cells, made_with, domains, names, lambda: _finish(basis, domains, parts, names))
    if found.domains is domains:
        return found
    return replace(found, labels=labelled(domains, list(names)), domains=domains)


def mean_of(basis: WeightedDesign, item: str, where: Where | None = None) -> float:
    """Return what `means` estimates of one item in one domain, without the variance; NaN where nobody answered."""
    domains, cells = make_domains(basis.cells, (), where), basis.cells
    over, under = (
        float(domains.over(basis.final_of(sums, cells.index(item), domains.inside))[0]) for sums in (cells.wy, cells.wo)
    )
    return over / under if under else float("nan")


def totals(
    basis: WeightedDesign,
    items: Sequence[str] | None = None,
    *,
    by: Sequence[str] = (),
    where: Where | None = None,
) -> Linear:
    """Estimate weighted totals of items in every domain (missing answers count as 0). Arguments as for `means`."""
    require_declared(basis, WeightedDesign)
    domains = make_domains(basis.cells, by, where)
    return _finish(basis, domains, (_total(basis, int(at), domains) for at in named(basis.cells, items)), items)


def ratio(
    basis: WeightedDesign,
    numerator: str,
    denominator: str,
    *,
    by: Sequence[str] = (),
    where: Where | None = None,
) -> Linear:
    """Estimate the ratio of the totals of two items in every domain.

    Raises:
        DesignError: the two items are not answered by the same responses.
    """
    require_declared(basis, WeightedDesign)
    cells = basis.cells
    up, down = cells.index(numerator), cells.index(denominator)
    if not np.array_equal(cells.n_i[up], cells.n_i[down]):
        raise DesignError("比率的分子和分母不是同一批人作答", got=f"{numerator} / {denominator}")
    domains = make_domains(cells, by, where)
    over, under = (basis.final_of(cells.wy, at, domains.inside) for at in (up, down))
    part = _ratio_part(basis, domains, over, under, up)
    return _finish(basis, domains, [part], [f"{numerator}/{denominator}"])


def shares(basis: WeightedDesign, by: Sequence[str], *, where: Where | None = None) -> Linear:
    """Estimate the share of each domain in the (part of the) population, by weight of all responses."""
    require_declared(basis, WeightedDesign)
    domains, inside = make_domains(basis.cells, by, where), make_domains(basis.cells, (), where)
    weight = basis.final(basis.cells.w)
    whole = float(weight[inside.code >= 0].sum())
    within = np.where(inside.code >= 0, weight, 0.0)
    size = domains.sums(weight)
    share = size / whole
    cell = np.flatnonzero(domains.code >= 0)
    influence = Influence(cell, domains.code[cell], weight[cell] / whole, (len(weight), len(domains)))
    influence = influence.less(within[:, None] / whole, share[None, :])
    n = np.full(len(domains), int(basis.cells.n[inside.code >= 0].sum()), dtype=np.int64)
    members = basis.cells.n[domains.inside]
    part = Part(share, influence, n, np.full(len(domains), whole), share * (1 - share), members)
    return _finish(basis, domains, [part], ["share"])


@dataclass(frozen=True, slots=True)
class Part:
    """One item over all domains; `members` are its answers by cell inside [E]."""

    estimate: FloatArray
    influence: Influence
    n: IntArray
    size: FloatArray
    spread: FloatArray
    members: IntArray


def mean_part(basis: WeightedDesign, at: int, domains: Domains) -> Part:
    """Return the means of one item, given by its row, without residuals, variance and degrees of freedom."""
    cells, inside = basis.cells, domains.inside
    up, down = (basis.final_of(sums, at, inside) for sums in (cells.wy, cells.wo))
    over, under = domains.over(up), domains.over(down)
    squares = over if cells.wyy is cells.wy else domains.over(basis.final_of(cells.wyy, at, inside))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = over / under
        spread = np.maximum(squares / under - value**2, 0.0)
    members = at_cells(cells.n_i, at, inside)
    influence = _ratio_influence(basis, domains, (up, down), (value, under), members > 0)
    return Part(value, influence, _count(domains, members), under, spread, members)


def _ratio_part(basis: WeightedDesign, domains: Domains, up: FloatArray, down: FloatArray, at: int) -> Part:
    over, under = domains.over(up), domains.over(down)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = over / under
    n, size, spread, members = _moments(basis, at, domains)
    influence = _ratio_influence(basis, domains, (up, down), (value, under), members > 0)
    return Part(value, influence, n, size, spread, members)


def _ratio_influence(
    basis: WeightedDesign,
    domains: Domains,
    sums: tuple[FloatArray, FloatArray],
    found: tuple[FloatArray, FloatArray],
    answered: npt.NDArray[np.bool_],
) -> Influence:
    """Return entries (up - value * down) / under of cells inside [E], where anybody answered."""
    (up, down), (value, under) = sums, found
    cell, code = domains.entries(answered)
    up, down = up[answered], down[answered]
    return Influence(cell, code, (up - value[code] * down) / under[code], (len(basis.cells), len(domains)))


def _total(basis: WeightedDesign, at: int, domains: Domains) -> Part:
    up = basis.final_of(basis.cells.wy, at, domains.inside)
    n, size, spread, members = _moments(basis, at, domains)
    cell, code = domains.entries(members > 0)
    influence = Influence(cell, code, up[members > 0], (len(basis.cells), len(domains)))
    return Part(domains.over(up), influence, n, size, spread, members)


def _moments(basis: WeightedDesign, at: int, domains: Domains) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    cells, inside = basis.cells, domains.inside
    over, size, squares = (domains.over(basis.final_of(sums, at, inside)) for sums in (cells.wy, cells.wo, cells.wyy))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = over / size
        spread = squares / size - mean**2
    members = at_cells(cells.n_i, at, inside)
    return _count(domains, members), size, np.maximum(spread, 0.0), members


def _count(domains: Domains, n: IntArray) -> IntArray:
    return domains.over(n.astype(np.float64)).astype(np.int64)


def _finish(basis: WeightedDesign, domains: Domains, made: Iterable[Part], items: Sequence[str] | None) -> Linear:
    """Join parts, whose influences are the largest arrays of a page: they are held once."""
    names = [item.name for item in basis.cells.items] if items is None else list(items)
    pairs = [(part.influence, replace(part, influence=part.influence.blank())) for part in made]
    whole, parts = stack([one for one, _ in pairs]), [part for _, part in pairs]
    del pairs
    influence = basis.weights.residual(whole)
    answered = [(part.members > 0).tobytes() for part in parts]
    distinct = dict(zip(answered, parts, strict=True))  # items answered in the same cells share their degrees
    once = {key: _degrees(basis, domains, part.members) for key, part in distinct.items()}
    counted = [once[key] for key in answered]
    units = basis.design.of_units(influence)
    return Linear(
        labels=labelled(domains, names),
        estimate=np.concatenate([part.estimate for part in parts]),
        influence=influence,
        variance=_without_noise(basis.design.variance(units), influence),
        n=np.concatenate([part.n for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        spread=np.concatenate([part.spread for part in parts]),
        psus=np.concatenate([psus for psus, _ in counted]),
        strata=np.concatenate([strata for _, strata in counted]),
        items=tuple(names),
        domains=domains,
        cache={"units": units},
    )


def _without_noise(variance: FloatArray, influence: Influence) -> FloatArray:
    """Return 0 where only rounding is left: a calibrated margin, a domain of one PSU, unanimous answers."""
    scale = np.bincount(influence.column, weights=influence.value**2, minlength=influence.shape[1])
    return np.where(variance > ROUNDING * scale, variance, 0.0)


def _degrees(basis: WeightedDesign, domains: Domains, members: IntArray) -> tuple[IntArray, IntArray]:
    cell, code = domains.entries(members > 0)
    return basis.design.domain_degrees(cell, code, len(domains))
