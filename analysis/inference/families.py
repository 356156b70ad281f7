"""Response families of the regression: link, variance, deviance and starting values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.design.cells import FloatArray

STEEP = 30.0
"""Linear predictors beyond this are cut as in R, so that separated data stop at the same place."""
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Family:
    """A response family.

    Attributes:
        label: Chinese name.
        mean: linear predictor -> mean.
        slope: derivative of the mean.
        curvature: second derivative of the mean.
        variance: mean -> variance function.
        deviance: (y, mean, weights) -> deviance.
        start: (y, weights) -> first linear predictor.
        bounded: the answer is a share in [0, 1].
    """

    label: str
    mean: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    curvature: Callable[[FloatArray], FloatArray]
    variance: Callable[[FloatArray], FloatArray]
    deviance: Callable[[FloatArray, FloatArray, FloatArray], float]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    bounded: bool


def _odds(eta: FloatArray) -> FloatArray:
    result: FloatArray = np.where(
        eta < -STEEP, EPSILON, np.where(eta > STEEP, 1 / EPSILON, np.exp(np.clip(eta, -STEEP, STEEP)))
    )
    return result


def _logistic(eta: FloatArray) -> FloatArray:
    odds = _odds(eta)
    return odds / (1 + odds)


def _logistic_slope(eta: FloatArray) -> FloatArray:
    inner = np.exp(np.clip(eta, -STEEP, STEEP))
    result: FloatArray = np.where(np.abs(eta) > STEEP, EPSILON, inner / np.square(1 + inner))
    return result


def _logistic_curvature(eta: FloatArray) -> FloatArray:
    return _logistic_slope(eta) * (1 - 2 * _logistic(eta))


def _binomial_deviance(y: FloatArray, mean: FloatArray, weights: FloatArray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = special.xlogy(y, y / mean) + special.xlogy(1 - y, (1 - y) / (1 - mean))
    return float(2 * weights @ terms)


def _binomial_start(y: FloatArray, weights: FloatArray) -> FloatArray:
    result: FloatArray = special.logit((weights * y + 0.5) / (weights + 1))
    return result


BINOMIAL = Family(
    "logistic 回归",
    _logistic,
    _logistic_slope,
    _logistic_curvature,
    lambda mean: mean * (1 - mean),
    _binomial_deviance,
    _binomial_start,
    bounded=True,
)
GAUSSIAN = Family(
    "线性回归",
    lambda eta: eta,
    np.ones_like,
    np.zeros_like,
    np.ones_like,
    lambda y, mean, weights: float(weights @ np.square(y - mean)),
    lambda y, weights: y,
    bounded=False,
)
FAMILIES = {"binomial": BINOMIAL, "quasibinomial": BINOMIAL, "gaussian": GAUSSIAN}
"""Name -> family. The design-based covariance makes binomial and quasibinomial the same."""
