"""Adjusted rates and average marginal effects: a regression in percentage points.

An adjusted rate is the mean prediction over the population when everyone is put into one group, everything else
unchanged. Its variance includes both the coefficients and the sampling of the people averaged over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import FloatArray
from analysis.estimation.intervals import LEVEL, t_limits
from analysis.inference.regression import Model
from analysis.inference.tails import t_tail
from analysis.inference.tallies import Estimate
from survey.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class AdjustedRates:
    """Predictive margins of a categorical term.

    Attributes:
        term: the predictor.
        levels: its levels, the reference first.
        estimate: adjusted rates (shares for logistic models) and their covariance.
    """

    term: str
    levels: tuple[Any, ...]
    estimate: Estimate


def adjusted_rates(model: Model, term: str) -> AdjustedRates:
    """Return the adjusted rate of every level of a categorical term.

    Raises:
        ArgumentError: the term is not categorical in this model.

    Source: Graubard & Korn (1999), Predictive Margins with Survey Data, Biometrics 55:652, eq. 2 and section 3.
    """
    levels = model.predictors.references.get(term)
    if levels is None:
        known = "、".join(model.predictors.references) or "无"
        raise ArgumentError("模型中没有这个分类变量", got=term, expected=known)
    return AdjustedRates(term, levels, _averages(model, partial(model.predictors.setting, term), levels))


def average_effects(model: Model, level: float = LEVEL) -> pd.DataFrame:
    """Return average marginal effects, in units of the response (shares for logistic models).

    The effect of a number is the mean derivative; that of a level is its adjusted rate minus that of the reference.

    Returns:
        One row per effect: term, level, reference, estimate, std_error, df, t, p_value, conf_low, conf_high.

    Source: Graubard & Korn (1999), Biometrics 55:652; Binder (1983) for the covariance.
    """
    parts: list[tuple[str, Any, Any, float, float]] = []
    for name in model.predictors.numbers:
        found = _derivative(model, model.predictors.derivative(name))
        parts.append((name, None, None, float(found.values[0]), float(found.errors[0])))
    for term in model.predictors.references:
        rates = adjusted_rates(model, term)
        steps = np.hstack([-np.ones((len(rates.levels) - 1, 1)), np.eye(len(rates.levels) - 1)])
        values = steps @ rates.estimate.values
        errors = np.sqrt(np.maximum(np.diag(steps @ rates.estimate.covariance @ steps.T), 0.0))
        parts += [
            (term, other, rates.levels[0], float(value), float(error))
            for other, value, error in zip(rates.levels[1:], values, errors, strict=True)
        ]
    frame = pd.DataFrame(parts, columns=["term", "level", "reference", "estimate", "std_error"])
    return _with_tests(frame, model, level)


def _with_tests(frame: pd.DataFrame, model: Model, level: float) -> pd.DataFrame:
    values, errors = frame["estimate"].to_numpy(), frame["std_error"].to_numpy()
    degrees = model.degrees
    enough = degrees >= 1
    low, high = t_limits(values, errors, degrees, level)
    statistic = np.divide(values, errors, out=np.full(len(values), np.inf), where=errors > 0)
    return frame.assign(
        df=degrees,
        t=statistic,
        p_value=2 * t_tail(np.abs(statistic), degrees) if enough else np.nan,
        conf_low=low,
        conf_high=high,
        note=model.note if enough else "有效抽样点太少，没有剩余自由度",
    )


def _derivative(model: Model, moves: FloatArray) -> Estimate:
    """Return the mean derivative with respect to a number: mean of slope(x'b) * m'b, `moves` (n, p) being m = dx."""
    beta = model.coefficients.values
    eta = model.predictors.matrix @ beta
    slope, rise = model.family.slope(eta), moves @ beta
    weight = model.obs.weight
    share = weight / weight.sum()
    gradient = (share * model.family.curvature(eta) * rise) @ model.predictors.matrix + (share * slope) @ moves
    estimate = float(share @ (slope * rise))
    influence = (slope * rise - estimate) / weight.sum() + model.influence @ gradient

    def statistic(weights: FloatArray) -> FloatArray:
        again = model.refit(weights)
        slopes = model.family.slope(model.predictors.matrix @ again)
        return np.atleast_1d(weights @ (slopes * (moves @ again)) / weights.sum())

    covariance = model.obs.covariance(influence[:, None], statistic)
    return Estimate(np.array([estimate]), covariance, model.coefficients.degrees)


def _averages(model: Model, setting: Callable[[Any], FloatArray], levels: Sequence[Any]) -> Estimate:
    """Return the mean predictions under several settings of the coded rows, of which one is in memory at a time."""
    beta, weight, built = model.coefficients.values, model.obs.weight, model.predictors
    share = built.sums(weight / weight.sum())
    predicted, gradient = np.zeros((len(share), len(levels))), np.zeros((len(beta), len(levels)))
    for at, level in enumerate(levels):
        rows = setting(level)
        eta = rows @ beta
        predicted[:, at] = model.family.mean(eta)
        gradient[:, at] = (share * model.family.slope(eta)) @ rows
    values = share @ predicted
    influence = model.influence @ gradient
    influence += (predicted - values)[built.row] / weight.sum()  # incomplete rows have no weight

    def statistic(weights: FloatArray) -> FloatArray:
        coefficients, own = model.refit(weights), built.sums(weights)
        means = np.column_stack([model.family.mean(rows @ coefficients) for rows in held()])
        result: FloatArray = own @ means / weights.sum()
        return result

    @cache
    def held() -> list[FloatArray]:
        return [setting(level) for level in levels]

    return Estimate(values, model.obs.covariance(influence, statistic), model.coefficients.degrees)
