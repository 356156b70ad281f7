"""Pooling: the design effect of a domain, shrunk towards what its weights and sampling points predict.

With few sampling points the variance of a domain is itself badly estimated; at a rate of 0 or 1 it is zero, and with a
few very large weights it is far too small. What the weights and the sampling points of domain d predict is
    A_d = sum w^2 / W^2                 B_d = sum over PSUs of (sum w)^2 / W^2
    D0_d = n_d [(1 - icc) A_d + icc B_d]          (Gabler, Haeder & Lahiri 1999, Survey Methodology 25:105)
with one intra-cluster correlation for each item of the survey, from the variances within its strata:
    sum var_h = sum p_h (1 - p_h) [(1 - icc) A_h + icc B_h].
The design effect of the sample, deff_d = var_d / (p_d (1 - p_d) / n_d), counts for its degrees of freedom, D0 for K:
    D_d = max(n_d A_d, (df_d deff_d + K D0_d) / (df_d + K)),      D0_d alone at 0, at 1 and with df_d = 0
    n*  = n_d / D_d, with df_d + K degrees of freedom;    K = 8, or what the survey has beyond the domain.
n_d A_d is Kish's 1 + CV^2 of the weights, so n* never exceeds his effective size (sum w)^2 / sum w^2, nor n_d.
D_d depends on the domain alone, not on the other groups of a table. Franco, Little, Louis & Slud 2019 (J. Survey Stat.
Methodol. 7:334) show why: in small domains the effective sample size, not the form of the interval, decides the
coverage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray
from analysis.design.design import Design
from analysis.design.domains import Domains
from analysis.design.influence import Influence
from analysis.estimation.linear import Linear
from analysis.estimation.units.unit_means import known_members, means_by_unit
from analysis.estimation.weighted_design import WeightedDesign

PRIOR_WEIGHT = 8.0
"""Degrees of freedom that the predicted design effect counts for at most (8 to 16 are safe)."""
HELD = 1 << 21
"""Numbers of cells by items, and of units by strata and items, from which correlations are estimated: 16 MB."""
CLUSTERED = 0.05  # least relative excess of B over A from which an intra-cluster correlation can be estimated


@dataclass(frozen=True, slots=True)
class Pooled:
    """The shrunken precision of K rates, each [K].

    Attributes:
        n_eff: effective sample size n / deff.
        df: degrees of freedom of the design effect.
        deff: shrunken design effect, at least `kish`.
        kish: design effect 1 + CV^2 of the weights of the domain.
    """

    n_eff: FloatArray
    df: FloatArray
    deff: FloatArray
    kish: FloatArray


def pooled(linear: Linear, basis: WeightedDesign) -> Pooled:
    """Return the shrunken design effects of a `means` result of the same basis; kept with it."""
    kept: Pooled | None = linear.cache.get("pooled")
    if kept is None:
        kept = linear.cache["pooled"] = _shrunken(linear, basis)
    return kept


def _shrunken(linear: Linear, basis: WeightedDesign) -> Pooled:
    kish, clustered = concentration(linear, basis)
    icc = np.repeat(correlations(basis, linear.items), len(linear.domains))
    prior = (1 - icc) * kish + icc * clustered
    own, df = linear.design_effect("plain"), linear.df.astype(np.float64)
    usable = (df > 0) & np.isfinite(own) & (own > 0)
    borrowed = np.clip(_degrees(basis.design) - df, 0.0, PRIOR_WEIGHT)
    weight = np.where(usable, df, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = (weight * np.where(usable, own, 0.0) + borrowed * prior) / (weight + borrowed)
        effect = np.maximum(kish, np.where(weight + borrowed > 0, shrunk, prior))
        n_eff = linear.n / effect
    return Pooled(n_eff, np.maximum(df + borrowed, 1.0), effect, kish)


def _degrees(design: Design) -> int:
    """Return the degrees of freedom behind the correlations: PSUs minus strata, and one for each lonely stratum.

    Under "adjust" and "average" lonely strata are compared with each other; alone they have one fewer.
    """
    lonely = int(design.stages[0].lonely.sum()) if design.lonely in ("adjust", "average") else 0
    return design.degrees + lonely - int(design.degrees <= 0 < lonely)


def concentration(linear: Linear, basis: WeightedDesign) -> tuple[FloatArray, FloatArray]:
    """Return n A and n B of each estimate, the design effects at an intra-cluster correlation of 0 and of 1.

    NaN where nobody answered. A is made from the weights of everybody in the domain, spread over those who answered,
    so that it does not depend on how finely the cells are split. Kept with the estimates.
    """
    kept: tuple[FloatArray, FloatArray] | None = linear.cache.get("concentration")
    if kept is not None:
        return kept
    people, weight, squares = linear.domains.people(basis.cells, basis.weights.factor)
    with np.errstate(divide="ignore", invalid="ignore"):
        kish = np.tile(np.maximum(1.0, people * squares / weight**2), len(linear.items))
    found = linear.cache["concentration"] = (kish, np.maximum(linear.n * clusters(linear, basis), kish))
    return found


def clusters(linear: Linear, basis: WeightedDesign) -> FloatArray:
    """Return the sum over sampling points of the squared share of the weight behind each estimate [K]."""
    kept: FloatArray | None = linear.cache.get("clusters")
    if kept is not None:
        return kept
    assert isinstance(linear.domains, Domains)
    inside, cells = linear.domains.inside, basis.cells
    answered = [basis.final_of(cells.wo, cells.index(name), inside) for name in linear.items]
    distinct = {own.tobytes(): own for own in answered}
    once = {key: _clusters(basis, linear.domains, own) for key, own in distinct.items()}
    return np.concatenate([once[own.tobytes()] for own in answered])


def _clusters(basis: WeightedDesign, domains: Domains, weight: FloatArray) -> FloatArray:
    """Return the sum over sampling points of the squared share of the weight of each domain, of cells inside [E]."""
    cell, code = domains.entries(weight > 0)
    whole = domains.over(weight)
    entries = Influence(cell, code, weight[weight > 0], (len(basis.cells), len(domains)))
    points = entries.gather(basis.design.psu, len(basis.design.stratum))
    squares = np.bincount(points.column, weights=points.value**2, minlength=len(domains))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(squares / whole**2)


def correlations(basis: WeightedDesign, items: Sequence[str]) -> FloatArray:
    """Return the intra-cluster correlation of each item in the whole survey, in [0, 1]; kept with the cells.

    A number does not depend on what else was asked for, because every sum runs over cells and units in their order.
    """
    lacking = [name for name in dict.fromkeys(items) if _kept(basis, name) is None]
    strata, members = _strata(basis.design), None
    width = max(1, HELD // max(1, len(basis.cells), len(basis.design.stratum) * len(strata)))
    for start in range(0, len(lacking), width):
        linear = means_by_unit(basis, strata, lacking[start : start + width], members)
        members = known_members(linear)
        recall_correlations(basis, dict(zip(linear.items, _estimated(basis, linear).tolist(), strict=True)))
    return np.array([_kept(basis, name) for name in items], dtype=np.float64)


def recall_correlations(basis: WeightedDesign, known: Mapping[str, float]) -> None:
    """Keep correlations with the cells that `correlations` returned for the same survey."""
    for name, value in known.items():
        basis.cells.cache["icc", name] = (basis.weights, basis.design, value)


def _kept(basis: WeightedDesign, name: str) -> float | None:
    weights, design, value = basis.cells.cache.get(("icc", name), (None, None, None))
    return value if weights is basis.weights and design is basis.design else None


def _estimated(basis: WeightedDesign, linear: Linear) -> FloatArray:
    """Equate the variances of items within strata to what A, B and the correlation of each item predict."""
    kish, clustered = concentration(linear, basis)
    estimated = (linear.df > 0) | (basis.design.degrees <= 0)
    usable = estimated & (linear.spread > 0) & np.isfinite(kish + clustered)
    n = np.maximum(linear.n, 1)
    binomial = linear.spread / np.maximum(1 - kish / n, 0.5) / n  # a sample has the share 1 - A of the spread
    item = np.repeat(np.arange(len(linear.items)), len(linear.domains))
    simple, excess, observed = (
        np.bincount(item, weights=np.where(usable, values, 0.0), minlength=len(linear.items))
        for values in (binomial * kish, binomial * (clustered - kish), linear.variance)
    )
    enough = excess > CLUSTERED * simple
    return np.clip((observed - simple) / np.where(enough, excess, np.inf), 0.0, 1.0)


def _strata(design: Design) -> Domains:
    """Return the strata as domains; the whole sample where all strata are lonely."""
    code = design.stratum[design.psu] if design.degrees > 0 else np.zeros(len(design.psu), dtype=np.int64)
    return Domains(code, pd.DataFrame(index=range(int(code.max(initial=0)) + 1)), complete=True)
