"""Comparisons of means and rates: one group with a value, two groups, several waves.

All estimates come from one design, so groups and waves that share sampling points keep their covariance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray
from analysis.estimation.intervals import LEVEL
from analysis.inference.observations import Observations
from analysis.inference.significance import Significance, t_test, wald_test
from analysis.inference.tallies import Estimate, group_means, ratios
from survey.errors import DesignError


def against_value(obs: Observations, values: FloatArray, value: float, *, level: float = LEVEL) -> Significance:
    """Test by a design-based t test that the mean of (n,) values equals a given value.

    The estimate and its interval are those of the difference mean - value; df = PSUs minus strata.
    """
    inside = obs.within(~np.isnan(values))
    found = ratios(inside, values, np.ones(len(values)))
    return t_test("单样本 t 检验", float(found.values[0]) - value, float(found.errors[0]), found.degrees, level)


def two_groups(obs: Observations, values: FloatArray, groups: npt.ArrayLike, *, level: float = LEVEL) -> Significance:
    """Test by a design-based t test that two groups have equal means; estimate second minus first in sorted order.

    The same as the slope of a design-based regression on the group: df = PSUs - strata - 1. Agrees with `svyttest`
    of R `survey` 4.5.

    Raises:
        DesignError: not exactly two groups hold answers.
    """
    labels, found = group_means(obs, values, groups)
    if len(labels) != 2:
        raise DesignError(
            "t 检验需要恰好两组", got=f"{len(labels)} 组：{'、'.join(map(str, labels[:8]))}", cure="多组请用 associate"
        )
    contrast = np.array([-1.0, 1.0])
    error = float(np.sqrt(contrast @ found.covariance @ contrast))
    return t_test(
        f"两组 t 检验（{labels[1]} − {labels[0]}）", float(contrast @ found.values), error, found.degrees - 1, level
    )


@dataclass(frozen=True, slots=True)
class Trend:
    """Change over waves.

    Attributes:
        labels: waves in order.
        means: their means and covariances.
        slope: t test of the straight line, estimate per unit of the wave scores.
        change: F test that all waves are equal.
        bend: F test that the waves lie on the line; None with two waves.
    """

    labels: tuple[Any, ...]
    means: Estimate
    slope: Significance
    change: Significance
    bend: Significance | None


def trend(
    obs: Observations,
    values: FloatArray,
    waves: npt.ArrayLike,
    *,
    scores: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> Trend:
    """Estimate the linear trend of wave means, with the covariance of waves that share sampling points.

    Args:
        obs: observations of all waves in one design.
        values: (n,) answers; NaN is left out.
        waves: (n,) wave of each row; labels sort in natural order, W2 before W10.
        scores: position in time of each wave, in the order of the labels; 0, 1, 2, ... when None.
        level: confidence level of the slope.

    Raises:
        DesignError: fewer than two waves with answers, or scores that do not match them.

    Source: least-squares contrast of Korn & Graubard (1999), Analysis of Health Surveys, section 8.4.
    """
    labels, means = _in_order(*group_means(obs, values, waves))
    count = len(labels)
    if count < 2:
        raise DesignError("趋势检验至少需要两期", got=f"{count} 期")
    at = np.arange(count, dtype=np.float64) if scores is None else np.asarray(scores, dtype=np.float64)
    if at.shape != (count,) or not np.isfinite(at).all() or np.ptp(at) == 0:
        raise DesignError("各期的时间坐标不合理", got=str(at.tolist()), expected=f"{count} 个不全相同的数")
    centred = at - at.mean()
    weights = centred / (centred @ centred)
    error = float(np.sqrt(max(weights @ means.covariance @ weights, 0.0)))
    slope = t_test("线性趋势 t 检验", float(weights @ means.values), error, means.degrees, level)
    steps = np.diff(np.eye(count), axis=0)
    change = _joint("各期相等的调整 Wald 检验", steps, means)
    bend = None
    if count > 2:
        line = np.column_stack([np.ones(count), centred])
        rest = np.linalg.svd(line)[0][:, 2:].T
        bend = _joint("偏离直线的调整 Wald 检验", rest, means)
    return Trend(tuple(labels.tolist()), means, slope, change, bend)


def _in_order(labels: npt.NDArray[Any], means: Estimate) -> tuple[npt.NDArray[Any], Estimate]:
    """Sort waves in natural order: numbers within labels count as numbers."""

    def key(at: int) -> list[tuple[bool, float, str]]:
        parts = re.findall(r"\d+|\D+", str(labels[at]))
        return [(not part.isdigit(), float(part) if part.isdigit() else 0.0, part) for part in parts]

    order = np.array(sorted(range(len(labels)), key=key), dtype=np.int64)
    return labels[order], Estimate(means.values[order], means.covariance[np.ix_(order, order)], means.degrees)


def _joint(method: str, contrasts: FloatArray, means: Estimate) -> Significance:
    return wald_test(method, contrasts @ means.values, contrasts @ means.covariance @ contrasts.T, means.degrees)
