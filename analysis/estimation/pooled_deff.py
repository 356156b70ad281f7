"""Pooling: the design effect of a domain, shrunk towards that of the whole survey.

With few sampling points the variance of a domain is itself badly estimated, and at a rate of 0 or 1 it is zero.
    deff_d = var_d / (p_d (1 - p_d) / n_d)
    D0     = max(1, sum var_d / sum p_d (1 - p_d) / n_d)     over the domains of the item
    D_d    = max(1, (df_d deff_d + K D0) / (df_d + K)),      D0 alone at 0, at 1 and with df_d = 0
    n*     = n_d / D_d, with df_d + K degrees of freedom.
Franco, Little, Louis & Slud 2019 (J. Survey Stat. Methodol. 7:334) show why: in small domains the effective sample
size, not the form of the interval, decides the coverage.
"""

from __future__ import annotations

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.estimation.intervals import PRIOR_WEIGHT
from analysis.estimation.linear import Linear, means
from analysis.estimation.weighted_design import WeightedDesign

ENOUGH = 5  # domains with a variance that D0 needs


def survey_effect(linear: Linear) -> FloatArray:
    """Return D0 of each item of a `means` result, over its domains; NaN with fewer than `ENOUGH` of them."""
    item, items = item_of(linear)
    simple = linear.simple_variance("plain")
    usable = (linear.df > 0) & (simple > 0)
    top = np.bincount(item, weights=np.where(usable, linear.variance, 0.0), minlength=items)
    bottom = np.bincount(item, weights=np.where(usable, simple, 0.0), minlength=items)
    enough = np.bincount(item, weights=usable, minlength=items) >= ENOUGH
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(enough & (bottom > 0), np.maximum(1.0, top / bottom), np.nan)


def pooled(linear: Linear, basis: WeightedDesign) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the shrunken design effect of each estimate.

    With too few domains in the call, D0 is the design effect of the item in the whole sample; without a variance
    there as well, it is Kish's 1 + CV^2 of the weights.

    Returns:
        (effective n, degrees of freedom, design effect), each [K].
    """
    item, _ = item_of(linear)
    level = survey_effect(linear)
    if np.isnan(level).any():
        level = np.where(np.isnan(level), _whole_effect(basis, list(linear.items)), level)
    own = linear.design_effect("plain")
    df = linear.df.astype(np.float64)
    usable = (df > 0) & np.isfinite(own) & (own > 0)
    prior = level[item]
    shrunk = (df * np.where(usable, own, 0.0) + PRIOR_WEIGHT * prior) / (df + PRIOR_WEIGHT)
    effect = np.maximum(1.0, np.where(usable, shrunk, prior))
    with np.errstate(divide="ignore", invalid="ignore"):
        return linear.n / effect, df + PRIOR_WEIGHT, effect


def _whole_effect(basis: WeightedDesign, items: list[str]) -> FloatArray:
    whole = means(basis, items)
    effect = np.where(whole.df > 0, whole.design_effect("plain"), np.nan)
    weight = basis.cells.weight @ basis.weights.factor
    squares = basis.cells.ww @ basis.weights.factor**2
    kish = basis.cells.n.sum() * squares / weight**2 if weight > 0 else np.nan  # nobody answered: all rows are empty
    return np.maximum(1.0, np.where(np.isfinite(effect), effect, kish))


def item_of(linear: Linear) -> tuple[IntArray, int]:
    """Return the item number of each estimate, and the number of items (item-major order)."""
    items = len(linear.items)
    return np.repeat(np.arange(items), len(linear.estimate) // items), items
