"""Variability: how much one person's answers vary, given that person's level (IRV, Dunn et al. 2018).

The SD of the places in the longest grid is compared with what the graded model expects at the person's level, because
a scale with ends leaves less room to those near an end. Too little variation means hardly distinguished items, too much
means answers without a level.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.quality.effort.graded import NODES, GradedScale
from survey.quality.effort.ordered import ABSENT, ITEMS_LEAST, Ints, Places
from survey.quality.sheet import Floats

DRAWN = 200
"""Simulated responses at each level."""


def variability(place: Places, level: Ints, model: GradedScale) -> Floats:
    """Return [N] the SD of the places in a grid, in standard deviations from the usual at that level.

    Args:
        place: [N, K] places on the scale.
        level: [N] the most probable node of each response.
        model: of the scale.
    """
    mean, spread = _usual(model)
    count = (place != ABSENT).sum(axis=1)
    shrunk = np.sqrt(place.shape[1] / np.maximum(count, 1))
    found = (_within(place) - mean[level]) / (spread[level] * shrunk)
    return np.where(count >= min(ITEMS_LEAST, place.shape[1]), found, np.nan)


def _within(place: Places) -> Floats:
    count, total, squares = np.zeros((3, len(place)), dtype=np.int32)
    for column in place.T:
        value = np.maximum(column, 0).astype(np.int32)  # no answer, which is negative, adds nothing
        count += column != ABSENT
        total += value
        squares += value * value
    around = np.maximum(squares - total**2 / np.maximum(count, 1), 0.0)
    return np.asarray(np.sqrt(around / np.maximum(count - 1, 1)), dtype=np.float64)


def _usual(model: GradedScale) -> tuple[Floats, Floats]:
    """Return mean and SD [Q] of the figure among simulated responses, by the level that their answers suggest."""
    rng = np.random.default_rng(20261128)
    drawn = _draw(model, rng)
    figure, level = _within(drawn), model.level(drawn)
    count = np.bincount(level, minlength=len(NODES))
    mean = np.bincount(level, figure, len(NODES)) / np.maximum(count, 1)
    square = np.bincount(level, (figure - mean[level]) ** 2, len(NODES)) / np.maximum(count - 1, 1)
    known = np.flatnonzero((count >= 30) & (square > 0))
    if not len(known):
        return np.full(len(NODES), np.nan), np.full(len(NODES), np.nan)
    nodes = np.arange(len(NODES))
    return np.interp(nodes, known, mean[known]), np.sqrt(np.interp(nodes, known, square[known]))


def _draw(model: GradedScale, rng: np.random.Generator) -> Places:
    """Draw the same responses at every level, and their mirror images, so that the ends of the scale are alike."""
    columns: list[npt.NDArray[np.int64]] = []
    for chance in model.chance:
        half = np.tile(rng.random(DRAWN // 2), (len(NODES), 1))
        drawn = np.concatenate([half, 1 - half], axis=1)
        columns.append((drawn[:, :, None] > np.cumsum(chance, axis=1)[:, None, :-1]).sum(axis=2).ravel())
    return np.stack(columns, axis=1).astype(np.int8)
