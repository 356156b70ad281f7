"""Logit-normal model of small areas nested in groups: streets in districts, with rates that stay in [0, 1].

For area j of group d with effective size n_j and x_j = n_j p_j:
    x_j ~ Binomial(n_j, expit(θ_j)),   θ_j = β0 + z_j'β + u_d + v_j,   u_d ~ N(0, s²),   v_j ~ N(0, t²).
Given (s, t), expectation propagation (Minka 2001; Rasmussen & Williams 2006, Gaussian Processes for Machine Learning,
sec. 3.6) gives the evidence and the marginal of every θ_j; for two or three answers it is much closer to the exact
posterior than Laplace's approximation. (s, t) are integrated over a grid: a plug-in estimate of the spread makes
intervals too short (Rao & Molina 2015, Small Area Estimation, 2nd ed., sec. 10.3). Their priors avoid zero (Chung et
al. 2013, Psychometrika 78:685), because with few answers an area would else be given the rate of its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from analysis.areas.models.cubic_spline import spline_matrix
from analysis.areas.models.nested_posterior import NestedPosterior
from survey.errors import DesignError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPREADS = np.array([0.02, 0.12, 0.25, 0.42, 0.68, 1.10, 1.80])  # s and t, in logits
SPREAD_SCALE = 0.5  # mode of the Rayleigh prior of s and t; half a logit at a rate of .85 is 6 points
LEVEL_SD = 3.14  # of β0: that of Jeffreys' prior of a share, in logits
SLOPE_SD = 1.0  # of β, in logits per standard deviation of the covariate
ROUGH, SWEEPS, TOLERANCE = 2, 30, 1e-3
SHARPEST = 0.1  # a sweep divides the variance of an area by at most ten
FINE = 31  # points of each spread on which the rough evidence is interpolated
LEVELS = np.array([0.01, 0.15, 0.5, 0.85, 0.99])  # quantiles of each spread that the final grid holds
POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
LOG_WEIGHTS = np.log(WEIGHTS / WEIGHTS.sum())
POWERS = np.array([np.ones_like(POINTS), POINTS, POINTS**2])
NEGLIGIBLE = 1e-4  # grid points of less posterior mass are left out of the densities
REACH = np.linspace(-6.0, 6.0, 61)  # of the densities, in posterior standard deviations


@dataclass(frozen=True, slots=True)
class _Areas:
    """Areas in the order of their groups.

    Attributes:
        x: effective counts of positive answers. n: of all answers.
        group: number of the group. first: where each group begins.
        fixed: intercept and standardised covariates.
        place: position here of each area of the caller.
    """

    x: Floats
    n: Floats
    group: Ints
    first: Ints
    fixed: Floats
    place: Ints

    def summed(self, values: Floats) -> Floats:
        """Return the sums over the areas of each group, along the last axis."""
        value: Floats = np.add.reduceat(values, self.first, axis=-1)  # no BLAS, whose threads cost more than the sums
        return value

    def log_likelihood(self, logits: Floats) -> Floats:
        """Return the log likelihood of logits of shape (..., areas)."""
        softplus = np.abs(logits)  # in place, which is much faster than np.logaddexp
        np.negative(softplus, out=softplus)
        np.exp(softplus, out=softplus)
        softplus += 1.0
        np.log(softplus, out=softplus)
        softplus += np.maximum(logits, 0.0)
        softplus *= -self.n
        softplus += self.x * logits
        return softplus


@dataclass(frozen=True, slots=True)
class _Grid:
    """All pairs of a spread of groups and one of areas; `log_prior` is that of each pair, its cell's area included.

    The first two have shape (pairs, 1), the last (pairs,).
    """

    groups: Floats
    areas: Floats
    log_prior: Floats

    @classmethod
    def of(cls, s: Floats, t: Floats) -> _Grid:
        """Return the grid of all pairs of ascending spreads."""
        first, second = (one.ravel() for one in np.meshgrid(s, t, indexing="ij"))
        log_prior = np.add.outer(_log_prior(s), _log_prior(t)).ravel()
        return cls(first[:, None] ** 2, second[:, None] ** 2, log_prior)


@dataclass(frozen=True, slots=True)
class _Sites:
    """Gaussian factors exp(nu θ - tau θ²/2) in place of the likelihoods; shapes (points, areas)."""

    tau: Floats
    nu: Floats


@dataclass(frozen=True, slots=True)
class _Marginals:
    """Normal posterior of every θ_j given the sites, and the log of the integral over all factors per grid point."""

    mean: Floats
    variance: Floats
    log_integral: Floats


def fit(share: Floats, n_eff: Floats, group: Ints, *, covariates: Floats | None = None) -> NestedPosterior:
    """Fit the model.

    Args:
        share: direct rate of each area in [0, 1]; ignored where `n_eff` is 0.
        n_eff: effective sample size of each area (n over the pooled design effect); 0 where nobody answered.
        group: number of the group of each area, from 0.
        covariates: (areas, k) known values without an intercept; a constant column carries no information.

    Returns:
        The posterior; areas without answers get the distribution of an unseen area of their group.

    Raises:
        DesignError: no area, a missing or impossible value, or shapes that differ.
    """
    areas = _checked(share, n_eff, group, covariates)
    groups = SPREADS if len(areas.first) > 1 else SPREADS[:1]
    rough = _Grid.of(groups, SPREADS)
    sites, log_mass = _propagate(areas, _start(areas, len(rough.log_prior)), rough, ROUGH)
    surface = log_mass.reshape(len(groups), len(SPREADS))
    grid = _Grid.of(*_located(surface, groups))
    best = int(log_mass.argmax())
    near = _Sites(*(np.tile(one[best], (len(grid.log_prior), 1)) for one in (sites.tau, sites.nu)))
    sites, _ = _propagate(areas, near, grid, SWEEPS)
    return _mixture(areas, sites, grid)


def _checked(share: Floats, n_eff: Floats, group: Ints, covariates: Floats | None) -> _Areas:
    n, p = np.asarray(n_eff, dtype=float), np.asarray(share, dtype=float)
    z = np.zeros((len(n), 0)) if covariates is None else np.asarray(covariates, dtype=float)
    if not len(n) or n.shape != p.shape or len(group) != len(n) or len(z) != len(n):
        raise DesignError(
            "小区域模型需要每个区域一个比例、一个有效样本量和一个上级区域",
            got=f"{len(p)} 个比例，{len(n)} 个有效样本量，{len(group)} 个上级区域",
            cure="检查所选范围里有没有街道和答卷",
        )
    p = np.where(n == 0, 0.0, p)
    if not (np.isfinite(n) & np.isfinite(p)).all() or (n < 0).any() or (p < 0).any() or (p > 1).any():
        at = int(np.flatnonzero(~(np.isfinite(n) & (n >= 0) & (p >= 0) & (p <= 1)))[0])
        raise DesignError(
            "小区域模型里有缺失或不可能的值",
            where=f"第 {at + 1} 个区域",
            got=f"比例 {p[at]:g}，有效样本量 {n[at]:g}",
            expected="比例在 0 与 1 之间，有效样本量不小于 0；没有答卷的区域有效样本量为 0",
        )
    if not np.isfinite(z).all():
        raise DesignError("小区域模型的协变量有缺失", cure="补上缺失的值，或去掉这一列")
    spread = z.std(axis=0)
    fixed = np.column_stack([np.ones(len(n)), (z - z.mean(axis=0)) / np.where(spread > 0, spread, 1.0)])
    number = np.unique(group, return_inverse=True)[1]
    order = np.argsort(number, kind="stable")
    first = np.searchsorted(number[order], np.arange(number.max() + 1))
    return _Areas((n * p)[order], n[order], number[order], first, fixed[order], np.argsort(order))


def _log_prior(spreads: Floats) -> Floats:
    """Return the log of the Rayleigh density of each spread plus the log of its cell's width."""
    width = np.gradient(spreads) if len(spreads) > 1 else np.ones(1)
    value: Floats = np.log(width * spreads) - 0.5 * (spreads / SPREAD_SCALE) ** 2
    return value


def _located(surface: Floats, groups: Floats) -> tuple[Floats, Floats]:
    """Return the spreads of groups and of areas between which the posterior lies, from the log mass on the rough grid.

    With hundreds of areas the posterior is narrower than the rough grid; its logarithm is smooth, and interpolated.
    """
    fine = np.linspace(0.0, len(SPREADS) - 1.0, FINE)
    at, spline = np.arange(len(SPREADS)), spline_matrix(len(SPREADS), fine)
    log_mass = (surface if len(groups) == 1 else spline @ surface) @ spline.T
    mass = np.exp(log_mass - log_mass.max())
    spreads = np.interp(fine, at, SPREADS)
    if len(groups) > 1:
        groups = _quantiles(mass.sum(axis=1), spreads)
    return groups, _quantiles(mass.sum(axis=0), spreads)


def _quantiles(mass: Floats, values: Floats) -> Floats:
    """Return the values at `LEVELS` of the distribution of a mass on ascending values."""
    middle = (np.cumsum(mass) - 0.5 * mass) / mass.sum()
    found: Floats = np.interp(LEVELS, middle, values)
    return found + 1e-4 * np.arange(len(LEVELS))  # strictly ascending where all mass lies at an end


def _start(areas: _Areas, points: int) -> _Sites:
    """Return the empirical logits with one answer at the pooled rate added."""
    pooled = (areas.x.sum() + 0.5) / (areas.n.sum() + 1.0)
    rate = (areas.x + pooled) / (areas.n + 1.0)
    tau = areas.n * rate * (1.0 - rate)
    return _Sites(np.tile(tau, (points, 1)), np.tile(tau * logit(rate), (points, 1)))


def _propagate(areas: _Areas, sites: _Sites, grid: _Grid, sweeps: int) -> tuple[_Sites, Floats]:
    """Sweep until the sites no longer move, `sweeps` times at most; return them and the log posterior mass (pairs,)."""
    log_mass = grid.log_prior
    for _ in range(sweeps):
        marginals = _marginals(areas, sites, grid)
        moved, evidence = _sweep(areas, sites, marginals)
        change = np.abs(moved.tau - sites.tau) * marginals.variance
        sites, log_mass = moved, evidence + grid.log_prior
        if change.max() < TOLERANCE:
            break
    return sites, log_mass


def _marginals(areas: _Areas, sites: _Sites, grid: _Grid) -> _Marginals:
    """Solve the linear mixed model of the sites; groups are eliminated, so that only the fixed part is inverted."""
    x, group = areas.fixed, areas.group
    own = 1.0 / (1.0 + sites.tau * grid.areas)
    w, wy = sites.tau * own, sites.nu * own
    a = areas.summed(w) + 1.0 / grid.groups
    wx = w[:, None, :] * x.T
    b = areas.summed(wx)
    b_a = b / a[:, None, :]
    prior = np.diag(1.0 / np.r_[LEVEL_SD, np.full(x.shape[1] - 1, SLOPE_SD)] ** 2)
    precision = wx @ x + prior - b_a @ b.transpose(0, 2, 1)
    inverse = np.linalg.inv(precision)
    group_sum = areas.summed(wy)
    group_mean = group_sum / a
    fixed_sum = wy @ x - (b @ group_mean[:, :, None])[:, :, 0]
    beta = (inverse @ fixed_sum[:, :, None])[:, :, 0]
    r = x.T - b_a[:, :, group]
    mean = (beta[:, :, None] * r).sum(axis=1) + group_mean[:, group]
    variance = 1.0 / a[:, group] + (r * (inverse @ r)).sum(axis=1)
    log_integral = (np.log(own) + sites.nu**2 * grid.areas * own).sum(axis=1)
    log_integral += (beta * fixed_sum).sum(axis=1) + (group_sum * group_mean).sum(axis=1)
    log_integral -= np.linalg.slogdet(precision)[1] + np.log(a * grid.groups).sum(axis=1)
    return _Marginals(
        own * mean + sites.nu * grid.areas * own, grid.areas * own + own**2 * variance, 0.5 * log_integral
    )


def _correction(areas: _Areas, sites: _Sites, logits: Floats) -> Floats:
    """Return the log of likelihood over site at logits of shape (nodes, points, areas)."""
    value: Floats = areas.log_likelihood(logits)
    value -= (sites.nu - (0.5 * sites.tau) * logits) * logits
    return value


def _sweep(areas: _Areas, sites: _Sites, marginals: _Marginals) -> tuple[_Sites, Floats]:
    """Match every site to the moments of its exact likelihood; return the sites and the log evidence (points,)."""
    spread = np.sqrt(marginals.variance)
    mass = _correction(areas, sites, marginals.mean + spread * POINTS[:, None, None])
    mass += LOG_WEIGHTS[:, None, None]
    top = mass.max(axis=0)
    mass -= top
    np.exp(mass, out=mass)
    total, first, second = np.einsum("kn,npa->kpa", POWERS, mass)
    first /= total  # in posterior standard deviations
    second = np.maximum(second / total - first**2, SHARPEST)
    tau = sites.tau + (1.0 / second - 1.0) / marginals.variance
    mean = marginals.mean + spread * first
    nu = sites.nu + (mean / second - marginals.mean) / marginals.variance
    seen = areas.n > 0
    evidence = marginals.log_integral + (np.log(total) + top).sum(axis=1)
    return _Sites(np.where(seen, np.maximum(tau, 1e-9), 0.0), np.where(seen, nu, 0.0)), evidence


def _mixture(areas: _Areas, sites: _Sites, grid: _Grid) -> NestedPosterior:
    """Average the exact marginals over the grid points kept."""
    marginals = _marginals(areas, sites, grid)
    log_mass = _sweep(areas, sites, marginals)[1] + grid.log_prior
    weight = np.exp(log_mass - log_mass.max())
    weight /= weight.sum()
    centre = weight @ marginals.mean
    spread = np.sqrt(weight @ (marginals.variance + (marginals.mean - centre) ** 2))
    logits = centre + spread * REACH[:, None]
    mass = np.zeros_like(logits)
    for at in np.flatnonzero(weight > NEGLIGIBLE):
        one = _Sites(sites.tau[at], sites.nu[at])
        density = _correction(areas, one, logits)
        density -= 0.5 * (logits - marginals.mean[at]) ** 2 / marginals.variance[at]
        density -= density.max(axis=0)
        np.exp(density, out=density)
        density *= weight[at] / density.sum(axis=0)
        mass += density
    return NestedPosterior(
        logits.T[areas.place],
        (mass / mass.sum(axis=0)).T[areas.place],
        (weight @ (sites.tau * marginals.variance))[areas.place],
        float(weight @ np.sqrt(grid.groups[:, 0])),
        float(weight @ np.sqrt(grid.areas[:, 0])),
    )
