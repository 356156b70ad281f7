"""Beta-binomial model of many districts at once: each district borrows strength from all.

Model: x_d ~ Binomial(n_d, p_d), p_d ~ Beta(m/t², ...) with mean m and spread t = sqrt(1 / (a + b + 1)).
The counts are *effective* counts (n divided by the pooled design effect), so that clustering and weights are not
mistaken for information. Classical empirical Bayes plugs in the most likely (m, t); with few districts that overstates
the spread when there is none. Here both are integrated over a grid, the spread with a half-normal prior that allows
zero (Gelman 2006, Bayesian Analysis 1:515, on priors for group-level spread).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, betaln, expit, logit

from analysis.estimation.intervals import LEVEL
from survey.errors import DesignError

Floats = NDArray[np.float64]

SPREADS = np.array([0.01, 0.03, 0.06, 0.09, 0.12, 0.16, 0.21, 0.28, 0.38, 0.5])
SPREAD_SCALE = 0.20  # half-normal; a spread of .2 at a rate of .85 is 7 points between districts
MEAN_STEPS = np.linspace(-2.0, 2.0, 5)  # in standard errors around the pooled rate
NEGLIGIBLE = 1e-3  # grid points below this share of the posterior mass are left out


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior of every district's rate: a mixture of Beta distributions.

    Attributes:
        a: first Beta parameters, shape (districts, grid points kept).
        b: second Beta parameters, same shape.
        weight: posterior mass of each grid point, shape (grid points kept,), sums to 1.
        between: posterior mean of the standard deviation of the districts' true rates, a share.
    """

    a: Floats
    b: Floats
    weight: Floats
    between: float

    def below(self, line: float | Floats) -> Floats:
        """Return P(p_d < line) of each district; `line` is a share, for all or one per district."""
        lines = np.broadcast_to(np.asarray(line, dtype=float), self.a.shape[:1])[:, None]
        mass: Floats = betainc(self.a, self.b, np.clip(lines, 0.0, 1.0)) @ self.weight
        clipped: Floats = np.clip(mass, 0.0, 1.0)
        return clipped

    @property
    def mean(self) -> Floats:
        """The model estimate of each district (模型估计), a share."""
        value: Floats = (self.a / (self.a + self.b)) @ self.weight
        return value

    @property
    def beta(self) -> tuple[Floats, Floats]:
        """The parameters of the Beta distribution with the posterior mean and variance of each district."""
        mean = self.mean
        size = self.a + self.b
        parts = self.a / size
        spread = (parts * (1.0 - parts) / (size + 1.0) + parts**2) @ self.weight - mean**2
        whole = np.maximum(mean * (1.0 - mean) / np.maximum(spread, 1e-15) - 1.0, 1e-6)
        return mean * whole, (1.0 - mean) * whole

    def interval(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Return the equal-tailed credible interval of each district, from the Beta of the same mean and variance."""
        tail = (1.0 - level) / 2.0
        a, b = self.beta
        return np.asarray(betaincinv(a, b, tail)), np.asarray(betaincinv(a, b, 1.0 - tail))


def fit(share: Floats, n_eff: Floats) -> Posterior:
    """Fit the model to districts' rates.

    Args:
        share: weighted rate of each district in [0, 1]; NaN where nobody answered.
        n_eff: effective sample size of each (n over the pooled design effect); 0 or NaN where nobody answered.

    Returns:
        The posterior; districts without answers get the distribution of an unseen district.

    Raises:
        DesignError: shapes differ, a share lies outside [0, 1], or is missing although somebody answered.
    """
    n = np.nan_to_num(np.asarray(n_eff, dtype=float), nan=0.0)
    p = np.where(n > 0, np.asarray(share, dtype=float), 0.0)
    if n.shape != p.shape or not np.isfinite(n).all() or (n < 0).any() or not ((p >= 0) & (p <= 1)).all():
        raise DesignError("比例应在 0 到 1 之间，有效样本量不能为负", expected="每个区域一个比例和一个有效样本量")
    x = n * p
    mean, spread, area = _grid(x, n)
    size = 1.0 / spread**2 - 1.0
    a0, b0 = mean * size, (1.0 - mean) * size
    a, b = a0 + x[:, None], b0 + (n - x)[:, None]
    log_mass = (betaln(a, b) - betaln(a0, b0)).sum(axis=0) - 0.5 * (spread / SPREAD_SCALE) ** 2 + np.log(area)
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    kept = mass > NEGLIGIBLE
    weight = mass[kept] / mass[kept].sum()
    between = float((spread * np.sqrt(mean * (1 - mean)))[kept] @ weight)
    return Posterior(a[:, kept], b[:, kept], weight, between)


def _grid(x: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Return all points (mean, spread) and the area of each; the means lie around the pooled rate, in logits."""
    total = max(float(n.sum()), 1.0)
    pooled = (float(x.sum()) + 0.5) / (total + 1.0)
    groups = max(int((n > 0).sum()), 1)
    variance = pooled * (1 - pooled)
    error = np.sqrt((1.0 / total + SPREADS**2 / groups) / variance)
    mean = expit(logit(pooled) + np.outer(error, MEAN_STEPS))
    area = np.repeat(np.gradient(SPREADS) * error, len(MEAN_STEPS))
    return mean.ravel(), np.repeat(SPREADS, len(MEAN_STEPS)), area
