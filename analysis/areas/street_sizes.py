"""Effective sizes of streets: what their answers count for, given each street's true rate.

A model of streets asks how precisely the answers show the rate of *this* street. Its sampling points differ among each
other; but the intra-cluster correlation within strata (`analysis.estimation.pooled_deff`) holds the differences
between the streets of a stratum as well. Taken as clustering, they make effective sizes too small and the spread of
streets as well, and streets are shrunk too much. Here the correlation is that of sampling points within their street,
by the analysis of variance (Donner 1986, Int. Stat. Review 54:67), at most the one within strata, and that one where
no street has two points:
    n*_j = n_j / [(1 - icc) n_j A_j + icc n_j B_j],    A_j, B_j as in `pooled_deff`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray
from analysis.design.domains import Domains
from analysis.design.influence import group_codes
from analysis.design.lazy_sums import at_cells
from analysis.estimation.linear import Linear
from analysis.estimation.pooled_deff import concentration, correlations
from analysis.estimation.weighted_design import WeightedDesign


def street_sizes(linear: Linear, basis: WeightedDesign, item: str) -> pd.Series[Any]:
    """Return the effective size of every street that has answers, by its name.

    Args:
        linear: the means of some rates by the key `street`, in any domain.
        basis: cells, design and weights that they are made from.
        item: the rate.
    """
    start = linear.items.index(item) * len(linear.domains)
    some = slice(start, start + len(linear.domains))
    kish, clustered = (one[some] for one in concentration(linear, basis))
    within, most = correlation_within(linear, basis, item), float(correlations(basis, [item])[0])
    icc = most if np.isnan(within) else min(max(within, 0.0), most)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = linear.n[some] / ((1.0 - icc) * kish + icc * clustered)
    return pd.Series(size, index=linear.labels["street"].iloc[some].astype(str)).fillna(0.0)


def correlation_within(linear: Linear, basis: WeightedDesign, item: str) -> float:
    """Return the intra-cluster correlation of sampling points within the domains of one item, below 0 by chance.

    NaN where no domain has two sampling points with answers, or all answers are equal.
    """
    at = basis.cells.index(item)
    assert isinstance(linear.domains, Domains)
    answers, yes = (at_cells(one, at, linear.domains.inside) for one in (basis.cells.n_i, basis.cells.ny))
    cell, code = linear.domains.entries(answers > 0)
    units, points = basis.design.psu[cell], len(basis.design.stratum)
    places, unit = group_codes(code * points + units, len(linear.domains) * points)
    domain = places // points
    n, positive = (np.bincount(unit, one[answers > 0].astype(np.float64)).astype(np.float64) for one in (answers, yes))
    return _anova(n, positive, domain)


def _anova(n: FloatArray, positive: FloatArray, domain: Any) -> float:
    """Return the correlation from answers and positive answers of each unit and the domain that holds it."""
    if not len(n):
        return float("nan")
    total, units = np.bincount(domain, n), np.bincount(domain)
    kept = total > 0
    degrees, answers = float((units[kept] - 1).sum()), float((n - 1).sum())
    rate, mean = positive / n, (np.bincount(domain, positive) / np.where(kept, total, 1.0))[domain]
    if degrees <= 0 or answers <= 0:
        return float("nan")
    between = (n * (rate - mean) ** 2).sum() / degrees
    inner = (n * rate * (1.0 - rate)).sum() / answers
    squares = np.bincount(domain, n**2)
    typical = (n.sum() - (squares[kept] / total[kept]).sum()) / degrees
    whole = between + (typical - 1.0) * inner
    return float((between - inner) / whole) if whole > 0 else float("nan")
