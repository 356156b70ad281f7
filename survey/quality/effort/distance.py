"""Distance: how far a combination of answers lies from the others (Mahalanobis, with a robust covariance).

The correlations are those of three common factors and unique variances, estimated twice: the second time without the
most distant tenth. A factor model gives the exact distance of the items that a person answered, whatever was skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.quality.effort.graded import Singles, correlations, factors, moments, standardised
from survey.quality.effort.ordered import ITEMS_LEAST, Ordered
from survey.quality.effort.person_fit import FITTED
from survey.quality.sheet import Flags, Floats

FACTORS, KEPT = 3, 0.9


@dataclass(frozen=True, slots=True)
class Common:
    """What is common to all: mean and standard deviation [K] of each item, and loadings [K, factors]."""

    mean: Floats
    deviation: Floats
    loading: Floats


def common_of(answers: Ordered) -> Common | None:
    """Return what is common to the answers; None with too few items, or none."""
    if len(answers.columns) < ITEMS_LEAST or not len(answers):
        return None
    mean, deviation = moments(answers.place)
    part = standardised(answers.place[:: max(len(answers) // FITTED, 1)], mean, deviation)
    loading = factors(correlations(part), FACTORS)
    there, filled = np.isfinite(part), np.nan_to_num(part)
    near = _squared(there, filled, loading)
    kept = near <= np.nanquantile(near, KEPT) if np.isfinite(near).any() else np.zeros(len(part), dtype=np.bool_)
    if kept.any():
        loading = factors(correlations(part[kept]), FACTORS)
    return Common(mean, deviation, loading)


def distance(answers: Ordered, common: Common | None) -> Floats:
    """Return [N] the cube root of the squared distance per answered item, about normal; NaN with too few answers."""
    if common is None:
        return np.full(len(answers), np.nan)
    filled = standardised(answers.place, common.mean, common.deviation, absent=0.0)
    return np.asarray(np.cbrt(_squared(answers.answered, filled, common.loading)), dtype=np.float64)


def _squared(there: Flags, filled: Singles, loading: Floats) -> Floats:
    """Return [N] squared distances per item: z'S⁻¹z with S = LL' + U by the Woodbury identity, over answered items.

    Args:
        there: [N, K] whether an item was answered.
        filled: [N, K] standardised places, 0 where it was not.
        loading: [K, factors].
    """
    unique = 1 - (loading**2).sum(axis=1)
    weighted = loading / unique[:, None]
    products = (loading[:, :, None] * weighted[:, None, :]).reshape(len(loading), -1)
    doubles = there.astype(np.float64)  # the largest array of all checks, so it is used three times
    inner = (doubles @ products).reshape(-1, FACTORS, FACTORS) + np.eye(FACTORS)
    np.copyto(doubles, filled)
    pulled = doubles @ weighted
    explained = (pulled * np.linalg.solve(inner, pulled[:, :, None])[:, :, 0]).sum(axis=1)
    count = there.sum(axis=1)
    np.square(doubles, out=doubles)
    found = (doubles @ (1 / unique) - explained) / np.maximum(count, 1)
    return np.where(count >= ITEMS_LEAST, np.maximum(found, 0.0), np.nan)
