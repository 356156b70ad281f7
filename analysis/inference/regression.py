"""Regression under a complex design: pseudo-maximum likelihood with design-based covariance.

Source: Binder (1983), Int. Stat. Review 51:279, eq. 3.3 to 3.6. Starting values and stopping rule, and therefore
results, are those of R `glm` and `svyglm` (survey 4.5), also where groups separate perfectly and no maximum exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import scipy

from analysis.design.cells import FloatArray, IntArray
from analysis.design.unique_rows import Patterns, patterns, patterns_of
from analysis.estimation.intervals import LEVEL, t_limits
from analysis.inference.families import Family, family_of
from analysis.inference.formula import ModelFormula, read_formula, sum_of
from analysis.inference.model_matrix import Columns, Predictors, predictors_of
from analysis.inference.observations import Observations
from analysis.inference.significance import Significance, wald_test
from analysis.inference.tails import t_tail
from analysis.inference.tallies import Estimate
from survey.errors import ArgumentError, DesignError

STOP = 1e-8
"""Relative change of the deviance at which the iteration stops."""
ROUNDS = 50
MANY = 5000
"""Number of rows from which equal rows are merged before fitting."""
ALIASED = 1e-9
"""Smallest residual share of a scaled column for the column to be estimable."""
FARAWAY = 15.0
"""Linear predictors beyond this (rates within 3e-7 of 0 or 1) indicate perfect separation."""


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted regression.

    Attributes:
        obs: the observations used, restricted to complete rows.
        predictors: model matrix and its terms.
        family: response family.
        answer: (n,) response, 0 outside the domain.
        coefficients: estimates, covariance and PSUs less strata.
        influence: (n, p) derivative of the coefficients with respect to the weight of each row.
        iterations: rounds of reweighted least squares.
        note: Chinese remark, such as perfect separation.
    """

    obs: Observations
    predictors: Predictors
    family: Family
    answer: FloatArray
    coefficients: Estimate
    influence: FloatArray
    iterations: int
    note: str

    @property
    def degrees(self) -> int:
        """Residual degrees of freedom: PSUs - strata + 1 - number of coefficients."""
        return self.coefficients.degrees + 1 - len(self.coefficients.values)

    def refit(self, weights: FloatArray) -> FloatArray:
        """Return the coefficients under other weights of the rows, for replicates."""
        return _fitted(self.predictors, self.answer, weights, self.family)[0].beta

    def table(self, level: float = LEVEL) -> pd.DataFrame:
        """Return one row per coefficient: name, term, level, estimate, std_error, t, df, p_value, conf_low, conf_high.

        Logistic models add odds_ratio with odds_low and odds_high. Without residual degrees of freedom p_value and
        limits are missing and the column `note` gives the reason.
        """
        values, errors, degrees = self.coefficients.values, self.coefficients.errors, self.degrees
        enough = degrees >= 1
        low, high = t_limits(values, errors, degrees, level)
        statistic = np.divide(values, errors, out=np.full(len(values), np.inf), where=errors > 0)
        frame = pd.DataFrame(
            {
                "name": self.predictors.names,
                "term": self.predictors.terms,
                "level": self.predictors.levels,
                "estimate": values,
                "std_error": errors,
                "t": statistic,
                "df": degrees,
                "p_value": 2 * t_tail(np.abs(statistic), degrees) if enough else np.nan,
                "conf_low": low,
                "conf_high": high,
            }
        )
        if self.family.bounded:
            with np.errstate(over="ignore"):
                frame = frame.assign(odds_ratio=np.exp(values), odds_low=np.exp(low), odds_high=np.exp(high))
        reason = "有效抽样点太少，没有剩余自由度" if not enough else self.note
        return frame.assign(note=reason)

    def term_test(self, term: str) -> Significance:
        """Test by adjusted Wald F that every coefficient of a term is zero.

        Raises:
            ArgumentError: an unknown term.
        """
        mine = np.array([name == term for name in self.predictors.terms])
        if not mine.any():
            raise ArgumentError("模型中没有这一项", got=term, expected="、".join(dict.fromkeys(self.predictors.terms)))
        covariance = self.coefficients.covariance[np.ix_(mine, mine)]
        degrees = self.degrees + int(mine.sum()) - 1
        return wald_test(f"{term} 的 Wald 检验", self.coefficients.values[mine], covariance, degrees)


def regress_formula(
    obs: Observations, formula: str, *, family: str = "quasibinomial", reference: Mapping[str, Any] | None = None
) -> Model:
    """Fit a regression written as a formula, such as "satisfied ~ age + sex + C(place)".

    Args:
        obs: the observations; their domain applies, the item they were made for does not.
        formula: the response is an item of the cells. Predictors are key columns or, on cells of single responses,
            items. Numbers enter as they are, anything else as indicators of its levels, C(...) makes levels of numbers;
            interactions and transformations are those of formulaic (`analysis.inference.formula`).
        family: "binomial", "quasibinomial" (the same under a design) or "gaussian".
        reference: reference level of each categorical variable; the first in order when not named.

    Raises:
        ArgumentError: a formula that cannot be read, unknown family or reference level.
        DesignError: unknown item or column, answers outside [0, 1], no complete rows, collinear predictors, no
            convergence.
    """
    read = read_formula(formula)
    asked = obs.asking(read.response)
    columns = {name: asked.column(name) for name in read.variables}
    return _regress(asked, asked.answer, read, columns, family, reference or {})


def regress(
    obs: Observations,
    response: FloatArray,
    predictors: Columns,
    *,
    family: str = "quasibinomial",
    reference: Mapping[str, Any] | None = None,
) -> Model:
    """Fit a regression on all rows of the domain that have the response and every predictor.

    Args:
        obs: the observations.
        response: (n,) answers, in [0, 1] for the binomial families; NaN is left out.
        predictors: name -> (n,) values. Numbers enter as they are, anything else as indicators of its levels.
        family: "binomial", "quasibinomial" (the same under a design) or "gaussian".
        reference: reference level of each categorical predictor; the first in order when not named. A number with a
            reference level becomes categorical.

    Raises:
        ArgumentError: unknown family or reference level.
        DesignError: answers outside [0, 1], no complete rows, collinear predictors, no convergence.
    """
    columns = {str(name): values for name, values in predictors.items()}
    return _regress(obs, response, sum_of(columns), columns, family, reference or {})


def _regress(
    obs: Observations,
    response: FloatArray,
    formula: ModelFormula,
    columns: Columns,
    family: str,
    reference: Mapping[str, Any],
) -> Model:
    chosen = family_of(family)
    built, complete = predictors_of(formula, columns, obs.domain & (obs.base > 0) & ~np.isnan(response), reference)
    inside = obs.within(complete)
    answer = np.where(complete, response, 0.0)
    if chosen.bounded and ((answer < 0) | (answer > 1)).any():
        raise DesignError("logistic 回归的因变量必须在 0 与 1 之间", got=f"{answer.min():g} 至 {answer.max():g}")
    _check_rank(built, inside.weight)
    fit, influence = _fitted(built, answer, inside.weight, chosen)
    if not fit.converged:
        raise DesignError("回归不能收敛", got=f"{fit.iterations} 步", cure="合并人数太少的类别或减少自变量")
    note = "有的组合全部回答相同（完全分离），系数只表示方向" if chosen.bounded and fit.farthest > FARAWAY else ""
    blank = Estimate(fit.beta, np.zeros((len(fit.beta), len(fit.beta))), inside.degrees)
    model = Model(inside, built, chosen, answer, blank, influence, fit.iterations, note)
    covariance = inside.covariance(influence, model.refit)
    return replace(model, coefficients=Estimate(fit.beta, covariance, inside.degrees))


@dataclass(frozen=True, slots=True)
class _Fit:
    beta: FloatArray
    scores: FloatArray
    iterations: int
    converged: bool
    farthest: float


def _fitted(built: Predictors, y: FloatArray, weights: FloatArray, family: Family) -> tuple[_Fit, FloatArray]:
    """Fit on the rows of positive weight; also return the influence of every row, (n, p).

    In large samples, first merge rows that agree in everything. That changes the starting values slightly, so
    small samples, whose results are compared with R to the last digit, are fitted row by row.
    """
    used = np.flatnonzero(weights > 0)
    influence = np.zeros((len(built.row), built.coded.shape[1]))
    if len(used) < MANY:
        fit = _fit(built.coded[built.row[used]], y[used], weights[used], family)
        influence[used] = fit.scores
        return fit, influence
    equal = _equal_rows(built, y[used], used)
    rows = used[equal.first]
    fit = _fit(built.coded[built.row[rows]], y[rows], equal.sums(weights[used]), family)
    influence[used] = fit.scores.take(equal.of, axis=0)
    return fit, influence


def _equal_rows(built: Predictors, y: FloatArray, used: IntArray) -> Patterns:
    """Return the patterns of predictors and response, by number where both are known to have few."""
    yes = y == 1
    if built.distinct and (yes | (y == 0)).all():
        return patterns_of(2 * built.row[used] + yes, 2 * len(built.data))
    return patterns(np.column_stack([built.coded[built.row[used]], y]))


def _fit(matrix: FloatArray, y: FloatArray, weights: FloatArray, family: Family) -> _Fit:
    """Fit by iteratively reweighted least squares with weights scaled to mean one, as `svyglm` does."""
    prior = weights / weights.mean()
    eta = family.start(y, prior)
    mean = family.mean(eta)
    before, converged, rounds = family.deviance(y, mean, prior), False, 0
    beta, inverse, working = np.zeros(matrix.shape[1]), np.zeros((matrix.shape[1],) * 2), prior
    while rounds < ROUNDS and not converged:
        rounds += 1
        slope = family.slope(eta)
        working = prior * np.square(slope) / family.variance(mean)
        root = np.sqrt(working)[:, None]
        basis, upper = scipy.linalg.qr(matrix * root, mode="economic")
        beta = scipy.linalg.solve_triangular(upper, basis.T @ ((eta + (y - mean) / slope) * root[:, 0]))
        inverse = scipy.linalg.solve_triangular(upper, np.eye(len(beta)))
        eta = matrix @ beta
        mean = family.mean(eta)
        now = family.deviance(y, mean, prior)
        converged = abs(now - before) < STOP * (abs(now) + 0.1)
        before = now
    # Score per unit of weight times the inverse information of the last round: d beta / d weight.
    score = ((y - mean) / family.slope(eta) * working / weights)[:, None] * matrix
    return _Fit(beta, score @ (inverse @ inverse.T), rounds, converged, float(np.abs(eta).max()))


def _check_rank(built: Predictors, weights: FloatArray) -> None:
    names = built.names
    scaled = built.coded * np.sqrt(built.sums(weights))[:, None]
    norms = np.linalg.norm(scaled, axis=0)
    norms = np.where(norms > 0, norms, 1.0)
    triangle = np.linalg.qr(scaled / norms, mode="r")
    upper, order = scipy.linalg.qr(triangle, mode="r", pivoting=True)
    size = np.abs(np.diag(upper))
    rank = int((size > ALIASED * size[0]).sum())
    if rank < len(names):
        lost = [names[k] for k in sorted(order[rank:])]
        raise DesignError(
            "自变量之间完全共线，系数无法分开",
            where="、".join(lost),
            got=f"{len(names)} 个系数只有 {rank} 个独立",
            cure="去掉或合并其中一个自变量",
        )
