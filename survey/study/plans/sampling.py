"""Systematic selection of sampling points with probability proportional to size (PPS), reproducible by seed.

Inclusion probabilities are pi = n N_i / N; units that would exceed 1 are selected with certainty, and the others share
the remaining sample size (Särndal, Swensson & Wretman 1992, sec. 3.6.2). One unit is selected in each unit interval of
the cumulated probabilities, at a single random offset (Madow 1949, Annals of Mathematical Statistics 20:333).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.errors import DesignError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def inclusion(population: Ints, size: int) -> Floats:
    """Return inclusion probabilities proportional to size; units that would exceed 1 get certainty.

    Args:
        population: residents of each unit.
        size: sample size, at most the number of units.

    Raises:
        DesignError: a sample size above the number of units, or negative.
    """
    if not 0 <= size <= len(population):
        raise DesignError(
            "抽取的单位数超出范围", got=str(size), expected=f"0 到 {len(population)}", cure="减少样本，或补充抽样框"
        )
    certain = np.zeros(len(population), dtype=bool)
    while True:
        rest = population * ~certain
        left = size - int(certain.sum())
        values = np.where(certain, 1.0, rest * (left / max(int(rest.sum()), 1)))
        over = (values > 1) & ~certain
        if not over.any():
            return np.asarray(values, dtype=np.float64)
        certain |= over


def systematic(rng: np.random.Generator, probability: Floats) -> Ints:
    """Select a unit in each unit interval of the cumulated probabilities, at a single random offset."""
    size = round(float(probability.sum()))
    return units_at(probability, np.arange(size) + rng.random())


def units_at(probability: Floats, points: npt.NDArray[np.floating]) -> Ints:
    """Return the units whose intervals of the cumulated probabilities contain the points."""
    upper = np.cumsum(probability)
    return np.minimum(np.searchsorted(upper, points, side="right"), len(upper) - 1).astype(np.int64)
