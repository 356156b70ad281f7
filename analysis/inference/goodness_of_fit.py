"""Goodness of fit: test whether the weighted distribution of the sample agrees with given shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design.cells import FloatArray
from analysis.inference import chi_square_sums
from analysis.inference.observations import Observations
from analysis.inference.significance import NO_VARIANCE, Significance
from analysis.inference.tallies import category_totals, label_codes
from survey.errors import ArgumentError, DesignError

METHOD = "设计校正的拟合优度卡方检验"
CERTAIN = 1e-20
"""Variance relative to the squared total below which a distribution is fixed by the design or the weights."""


def fit_test(
    obs: Observations, categories: npt.ArrayLike, shares: Mapping[Any, float], *, tail: str = "satterthwaite"
) -> Significance:
    """Test the estimated totals of the categories against expected shares by chi-square.

    Args:
        obs: the observations.
        categories: (n,) category of each row; missing ones are left out.
        shares: category -> expected share or count (any scale); every category in the data must be listed.
        tail: "satterthwaite" (as R `svygofchisq`), "saddlepoint" or "exact".

    Returns:
        The statistic on the scale of the weights and its p-value; no p-value where the design or the calibration
        fixes the distribution, so that it has no sampling variance.

    Source: Rao & Scott (1981), JASA 76:221, section 2; figures agree with `svygofchisq` of R `survey` 4.5.
    """
    if tail not in TAILS:
        raise ArgumentError("没有这种尾概率方法", got=tail, expected="、".join(TAILS))
    codes, labels = label_codes(categories)
    expected = _expected(labels, shares)
    inside = obs.within(codes >= 0)
    found = category_totals(inside, codes, len(labels))
    whole = found.values.sum()
    root = np.sqrt(expected * whole)
    departure = (found.values - expected * whole) / root
    # d departure_i / d total_j, where the expected counts move with the estimated total
    slope = np.diag(1 / root) - (expected / root + departure / (2 * whole))[:, None]
    covariance = slope @ found.covariance @ slope.T
    statistic = float(departure @ departure)
    roots = np.maximum(np.linalg.eigvalsh((covariance + covariance.T) / 2), 0.0)
    if roots.max() <= CERTAIN * whole:
        return Significance(METHOD, statistic, (), None, note=NO_VARIANCE)
    freedom = float(roots.sum() ** 2 / np.square(roots).sum())
    return Significance(METHOD, statistic, (freedom,), TAILS[tail](statistic, roots))


TAILS = {
    "satterthwaite": chi_square_sums.satterthwaite,
    "saddlepoint": chi_square_sums.saddlepoint,
    "exact": chi_square_sums.exact_tail,
}
"""Name -> tail probability of the sum of chi-squares."""


def _expected(labels: npt.NDArray[Any], shares: Mapping[Any, float]) -> FloatArray:
    unknown = [str(label) for label in labels if label not in shares]
    missing = [str(label) for label in shares if label not in set(labels.tolist())]
    if unknown or missing:
        raise DesignError(
            "数据中的类别与给定比例的类别不一致",
            got="、".join(unknown + missing),
            expected="两边类别相同",
            cure="补全比例，或合并样本中没有的类别",
        )
    values = np.array([float(shares[label]) for label in labels])
    if not (np.isfinite(values) & (values > 0)).all():
        raise DesignError("给定的比例必须是正数", got="、".join(f"{value:g}" for value in values))
    result: FloatArray = values / values.sum()
    return result
