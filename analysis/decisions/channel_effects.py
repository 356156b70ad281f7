"""Channel effects for planning: the differences of awareness, shrunk towards their mean.

A plan buys the channels with the largest differences, and the largest of several estimates are on average too large.
With the differences y of all channels, their design covariance V, and y ~ N(m 1, V + t^2 I), flat priors on the mean m
and on the spread t, the posterior is averaged over a grid of t (Gelman et al. 2013, Bayesian Data Analysis, 5.4).
In mock cities the gain of a plan from the plain differences is a quarter too large (`benchmarks/calibration.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.decisions.audience import Audience, channel_gap
from analysis.decisions.standardised_gap import gap_covariance
from analysis.design.cells import FloatArray

SPREADS = (np.arange(40) + 0.5) / 40 * 0.2  # of channels' true differences (shares); more than 20 points is not seen


@dataclass(frozen=True, slots=True)
class ChannelEffects:
    """The posterior of the differences of awareness (shares) associated with channels.

    Attributes:
        items: the channels, without those whose difference cannot be estimated.
        mean: posterior means, [K].
        covariance: posterior covariances, [K, K].
        df: the least degrees of freedom of a difference.
    """

    items: tuple[str, ...]
    mean: FloatArray
    covariance: FloatArray
    df: int

    def only(self, items: tuple[str, ...]) -> ChannelEffects:
        """Return the posterior of these channels, in this order."""
        at = [self.items.index(item) for item in items]
        return ChannelEffects(items, self.mean[at], self.covariance[np.ix_(at, at)], self.df)


def channel_effects(audience: Audience, where: Mapping[str, Any]) -> ChannelEffects:
    """Estimate the effects of all channels of a domain together; NaN differences are left out."""
    gaps = {name: channel_gap(audience.sample, name, where) for name in audience.channels.labels}
    known = {name: gap for name, gap in gaps.items() if gap.totals is not None and np.isfinite(gap.error)}
    values = np.array([gap.value for gap in known.values()])
    mean, covariance = shrink(values, gap_covariance(audience.sample.basis, list(known.values())))
    return ChannelEffects(tuple(known), mean, covariance, min((gap.df for gap in known.values()), default=0))


def shrink(values: FloatArray, covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return posterior means and covariances of estimates that share an unknown mean and spread.

    Args:
        values: estimates, [K]; one alone is returned unchanged.
        covariance: their sampling covariances, [K, K].
    """
    if len(values) < 2:
        return values, covariance
    grid = [_given(values, covariance, float(spread)) for spread in SPREADS]
    likelihood = np.array([one[0] for one in grid])
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    means, within = np.array([one[1] for one in grid]), np.array([one[2] for one in grid])
    mean = weight @ means
    apart = means - mean
    return mean, np.tensordot(weight, within, 1) + (weight[:, None] * apart).T @ apart


def _given(values: FloatArray, covariance: FloatArray, spread: float) -> tuple[float, FloatArray, FloatArray]:
    """Return the log likelihood of a spread, and the posterior mean and covariance given it."""
    one = np.ones(len(values))
    whole = covariance + spread**2 * np.eye(len(values))
    inverse = np.linalg.inv(whole)
    precision = float(one @ inverse @ one)
    residual = values - float(one @ inverse @ values) / precision
    kept = spread**2 * inverse  # the share of a deviation that is real
    lost = np.eye(len(values)) - kept
    fit = -0.5 * (np.linalg.slogdet(whole)[1] + np.log(precision) + float(residual @ inverse @ residual))
    mean = values - lost @ residual
    return float(fit), mean, spread**2 * lost + np.outer(lost @ one, lost @ one) / precision
