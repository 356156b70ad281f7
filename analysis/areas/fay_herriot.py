"""Fay-Herriot model on the arcsine scale: model estimates for streets and communities (模型估计).

For area d with direct rate p_d and effective size n_d: y_d = asin(sqrt(p_d)), known variance D_d = 1 / (4 n_d),
y_d = x_d'β + u_d + e_d, u_d ~ N(0, A). A is estimated by restricted maximum likelihood; the predictor is the
empirical best linear unbiased one, with mean squared error g1 + g2 + 2 g3 (Rao & Molina 2015, Small Area Estimation,
2nd ed., sec. 6.2). The back-transform E[sin²(θ)] under the normal predictive distribution is exact:
(1 - exp(-2v) cos 2θ) / 2. Estimates are benchmarked to add up to the direct rate of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from analysis.estimation.intervals import LEVEL, angle_limits
from survey.errors import DesignError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SmallAreas:
    """Model estimates of every area, shares in [0, 1], one value per area.

    Attributes:
        estimate: benchmarked model estimate.
        std_error: root of the estimated mean squared error, on the scale of shares.
        conf_low: lower end of the interval.
        conf_high: upper end.
        shrinkage: weight of the direct estimate in [0, 1]; 0 where nobody was asked.
        between: A, the variance between areas left after the covariates (arcsine scale).
        benchmark: factor that makes the estimates add up to the whole.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    shrinkage: Floats
    between: float
    benchmark: float


def fay_herriot(
    share: Floats,
    n_eff: Floats,
    *,
    covariates: Floats | None = None,
    population: Floats | None = None,
    whole: float | None = None,
    level: float = LEVEL,
) -> SmallAreas:
    """Estimate the rate of every area, those without answers included.

    Args:
        share: direct rate of each area; ignored where n_eff is 0 or NaN.
        n_eff: effective sample size of each area.
        covariates: (areas, k) known values without an intercept; None for the mean alone.
        population: residents of each area, for the benchmark; equal when None.
        whole: the direct rate of the whole to which the areas add up; no benchmark when None.
        level: confidence level of the intervals.

    Returns:
        The model estimates.

    Raises:
        DesignError: fewer observed areas than coefficients plus two, or collinear covariates.
    """
    n = np.nan_to_num(np.asarray(n_eff, dtype=float), nan=0.0)
    seen = n > 0
    x = np.ones((len(n), 1)) if covariates is None else np.column_stack([np.ones(len(n)), covariates])
    _check(x, seen)
    p = np.clip(np.asarray(share, dtype=float)[seen], 0.0, 1.0)
    y, d = np.arcsin(np.sqrt(p)), 1.0 / (4.0 * n[seen])
    between = _reml(y, x[seen], d)
    theta, mse, gamma = _predict(y, x, d, between, seen)
    return _on_shares(theta, mse, gamma, between, _benchmark(population, whole, len(n)), level)


def _check(x: Floats, seen: NDArray[np.bool_]) -> None:
    if seen.sum() < x.shape[1] + 2:
        raise DesignError(
            "有样本的区域太少，不能建立小区域模型",
            got=f"{int(seen.sum())} 个区域有样本，模型有 {x.shape[1]} 个系数",
            expected=f"至少 {x.shape[1] + 2} 个区域有样本",
            cure="减少协变量，或在更高一级区域上汇总",
        )
    if np.linalg.matrix_rank(x[seen]) < x.shape[1]:
        raise DesignError("小区域模型的协变量彼此重复", cure="去掉可以由其他协变量推出的那一列")


def _weighted_fit(y: Floats, x: Floats, d: Floats, between: float) -> tuple[Floats, Floats]:
    """Fit by generalised least squares; return coefficients and the inverse of x'V⁻¹x."""
    w = 1.0 / (between + d)
    inverse: Floats = np.linalg.inv((x * w[:, None]).T @ x).astype(np.float64)
    return inverse @ (x.T @ (w * y)), inverse


def _reml(y: Floats, x: Floats, d: Floats) -> float:
    """Return the variance between areas that maximises the restricted likelihood; at least 0."""

    def loss(between: float) -> float:
        beta, inverse = _weighted_fit(y, x, d, between)
        residual = y - x @ beta
        determinant = -np.linalg.slogdet(inverse)[1]
        return float(np.log(between + d).sum() + determinant + (residual**2 / (between + d)).sum()) / 2.0

    upper = max(float(np.var(y)), 1e-6) * 4.0
    best = minimize_scalar(loss, bounds=(0.0, upper), method="bounded", options={"xatol": upper * 1e-7})
    return 0.0 if loss(0.0) <= best.fun else float(best.x)


def _predict(y: Floats, x: Floats, d: Floats, between: float, seen: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return predictor, mean squared error and weight of the direct value of every area, on the arcsine scale."""
    beta, inverse = _weighted_fit(y, x[seen], d, between)
    gamma = np.zeros(len(seen))
    gamma[seen] = between / (between + d) if between > 0 else 0.0
    direct = np.zeros(len(seen))
    direct[seen] = y
    theta = gamma * direct + (1.0 - gamma) * (x @ beta)
    spread = np.einsum("ij,jk,ik->i", x, inverse, x)
    information = 0.5 * (1.0 / (between + d) ** 2).sum()
    g3 = np.zeros(len(seen))
    g3[seen] = d**2 / (between + d) ** 3 / information
    mse = (1.0 - gamma) * between + (1.0 - gamma) ** 2 * spread + 2.0 * g3
    mse[seen] = np.minimum(mse[seen], d + g3[seen])  # never worse than the direct estimate
    return theta, mse, gamma


def _benchmark(population: Floats | None, whole: float | None, size: int) -> tuple[Floats, float | None]:
    residents = np.ones(size) if population is None else np.asarray(population, dtype=float)
    if (residents < 0).any() or residents.sum() <= 0:
        raise DesignError("各区域人口不能为负，且合计应大于 0", cure="检查抽样框里的人口一列")
    return residents / residents.sum(), whole


def _on_shares(
    theta: Floats, mse: Floats, gamma: Floats, between: float, benchmark: tuple[Floats, float | None], level: float
) -> SmallAreas:
    """Transform back to shares in [0, 1], benchmarked, with intervals transformed end by end."""
    theta = np.clip(theta, 0.0, np.pi / 2)
    estimate = (1.0 - np.exp(-2.0 * mse) * np.cos(2.0 * theta)) / 2.0
    low, high = angle_limits(theta, np.sqrt(mse), np.inf, level)
    shares, whole = benchmark
    factor = 1.0 if whole is None else whole / float(shares @ estimate)
    return SmallAreas(
        estimate=np.clip(estimate * factor, 0.0, 1.0),
        std_error=np.abs(np.sin(2.0 * theta)) * np.sqrt(mse) + mse,
        conf_low=np.clip(low * factor, 0.0, 1.0),
        conf_high=np.clip(high * factor, 0.0, 1.0),
        shrinkage=gamma,
        between=between,
        benchmark=factor,
    )
