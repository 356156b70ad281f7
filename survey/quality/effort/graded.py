"""Graded: the graded response model of one scale (Samejima 1969), fitted to the answers of the study.

One normal trait; an item falls on the place whose cut points the trait plus noise lies between. Loadings are those of
the first principal factor of the correlations, cut points follow from the shares of the study. Both come from all
responses together, so a few careless ones hardly move them, unlike shares among people with the same score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from survey.quality.effort.ordered import ABSENT, Places
from survey.quality.sheet import Floats

Singles = npt.NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)
NODES = np.linspace(-3.5, 3.5, 15)
"""Levels of the trait, symmetric about 0."""
PRIOR = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
LOG_PRIOR = np.log(PRIOR).astype(np.float32)
ROUNDS = 12
UNIQUE_LEAST, SHARE_LEAST = 0.1, 1e-3


@dataclass(frozen=True, slots=True)
class GradedScale:
    """A fitted scale.

    Attributes:
        loading: [K] correlation of each item with the trait.
        chance: per item [Q, places] probability of each place at each node.
    """

    loading: Floats
    chance: tuple[Floats, ...]

    def joint(self, place: Places) -> Singles:
        """Return [N, Q] the log of the probability of a node and of the answers at it; absent answers count as 1."""
        total = np.tile(LOG_PRIOR, (len(place), 1))
        added = np.empty_like(total)
        for at, chance in enumerate(self.chance):
            table = np.zeros((chance.shape[1] + 1, len(NODES)), dtype=np.float32)
            table[:-1] = np.log(chance).T  # the last row, index -1, is for absent answers
            total += np.take(table, place[:, at], axis=0, out=added, mode="wrap")
        return total

    def level(self, place: Places) -> npt.NDArray[np.int64]:
        """Return [N] the most probable node of each response."""
        return np.asarray(self.joint(place).argmax(axis=1), dtype=np.int64)


def fit(place: Places, size: npt.NDArray[np.int64]) -> GradedScale:
    """Fit the scale.

    Args:
        place: [N, K] places, `ABSENT` for no answer.
        size: [K] number of places of each item.
    """
    loading = first_factor(correlations(standard(place)))
    chance = []
    for at, steps in enumerate(size):
        count = np.bincount(place[place[:, at] != ABSENT, at], minlength=steps) + 0.5
        cuts = ndtri(np.cumsum(count)[:-1] / count.sum())
        upper = ndtr((cuts - loading[at] * NODES[:, None]) / np.sqrt(1 - loading[at] ** 2))
        ends = np.hstack([np.zeros((len(NODES), 1)), upper, np.ones((len(NODES), 1))])
        shares = np.maximum(np.diff(ends, axis=1), SHARE_LEAST)
        chance.append(shares / shares.sum(axis=1, keepdims=True))
    return GradedScale(loading, tuple(chance))


def standard(place: Places) -> Singles:
    """Return [N, K] places with mean 0 and variance 1 among the answers of each item; NaN for no answer."""
    return standardised(place, *moments(place))


def moments(place: Places) -> tuple[Floats, Floats]:
    """Return mean and standard deviation [K] of the places of each item."""
    there = place != ABSENT
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, place, 0).sum(axis=0) / count
    known = np.arange(place.max(initial=0) + 1)
    square = _looked_up(place, (known - mean[:, None]) ** 2, 0.0).sum(axis=0) / count
    return mean, np.sqrt(np.maximum(square, 1e-9))


def _looked_up(place: Places, values: npt.NDArray[Real], absent: float) -> npt.NDArray[Real]:
    """Return [N, K] the value of each place, of values [K, places] of each item, or that of no answer."""
    found = np.empty_like(place, dtype=values.dtype)
    for at, known in enumerate(values):
        np.take(np.append(known, values.dtype.type(absent)), place[:, at], out=found[:, at], mode="wrap")
    return found


def standardised(place: Places, mean: Floats, deviation: Floats, absent: float = np.nan) -> Singles:
    """Return [N, K] places less a mean [K], in standard deviations [K]; `absent` for no answer."""
    known = np.arange(place.max(initial=0) + 1)
    return _looked_up(place, ((known - mean[:, None]) / deviation[:, None]).astype(np.float32), absent)


def correlations(score: Singles) -> Floats:
    """Return the correlations [K, K] over the responses that answered both items; 0 where there are none."""
    there = np.isfinite(score).astype(np.float32)
    filled = np.nan_to_num(score)
    # einsum, because threads of a matrix product this small only wait for each other
    both = np.einsum("ni,nj->ij", there, there).astype(np.float64)
    found = np.einsum("ni,nj->ij", filled, filled).astype(np.float64) / np.maximum(both, 1)
    np.fill_diagonal(found, 1.0)
    return np.asarray(np.clip(found, -1.0, 1.0), dtype=np.float64)


def first_factor(correlation: Floats) -> Floats:
    """Return the loadings [K] of the first principal factor, positive in sum."""
    loading = factors(correlation, 1)[:, 0]
    return loading if loading.sum() >= 0 else -loading


def factors(correlation: Floats, count: int) -> Floats:
    """Return the loadings [K, count] of iterated principal factors."""
    unique = np.full(len(correlation), 0.5)
    loading = np.zeros((len(correlation), count))
    for _ in range(ROUNDS):
        values, vectors = np.linalg.eigh(correlation - np.diag(unique))
        loading = vectors[:, -count:] * np.sqrt(np.maximum(values[-count:], 0.0))
        common = np.minimum((loading**2).sum(axis=1), 1 - UNIQUE_LEAST)
        unique = 1 - common
    shrunk = np.sqrt(common / np.maximum((loading**2).sum(axis=1), 1e-12))
    return np.asarray(loading * shrunk[:, None], dtype=np.float64)
