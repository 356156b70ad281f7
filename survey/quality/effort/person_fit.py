"""Person fit: whether the answers of one person belong together.

- Misfit is -l_z (Drasgow, Levine & Williams 1985, Br. J. Math. Stat. Psychol. 38:67): the log-likelihood of the answers
  at the person's own level, below its expectation, in standard deviations, summed over scales with a level each.
  Dissatisfied people fit as well as satisfied ones. Polytomous Guttman errors (Gp) and U3 rest on the same idea but
  separate random answers less well on scales with two common places.
- Looseness compares two explanations of one form: every answer drawn by itself from the usual shares, or all by one
  person. It is the log of their ratio against an even mixture, so that no single form weighs much in a mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from survey.quality.effort.graded import LOG_PRIOR, GradedScale, Singles, fit
from survey.quality.effort.null import FAR, deviates, spread_of
from survey.quality.effort.ordered import ABSENT, ITEMS_LEAST, Ordered, Places
from survey.quality.effort.variability import variability
from survey.quality.sheet import Floats

STEPS = 4
FITTED = 20_000
"""Largest number of responses that a model is fitted to, spread evenly over the study."""


@dataclass(frozen=True)
class Levels:
    """Answers with the models of their scales.

    Attributes:
        answers: the graded items.
        models: a model for every scale.
        level: per scale [N] the most probable node of each response.
        joint: per scale [N, Q] log-probabilities, see `GradedScale.joint`.
    """

    answers: Ordered
    models: tuple[GradedScale, ...]
    level: tuple[npt.NDArray[np.int64], ...]
    joint: tuple[Singles, ...]

    def scales(self) -> Iterator[tuple[Places, GradedScale]]:
        """Yield the places [N, K] of each scale, and its model."""
        for scale, model in zip(self.answers.scales, self.models, strict=True):
            yield self.answers.place[:, scale], model

    @cached_property
    def misfit(self) -> Floats:
        """[N] -l_z, see `misfit`; several checks ask for it."""
        return misfit(self)

    @cached_property
    def variability(self) -> Floats:
        """[N] the variability in the longest scale; lights and checks ask for it."""
        if not self.models:
            return np.full(len(self.answers), np.nan)
        longest = max(range(len(self.models)), key=lambda at: len(self.answers.scales[at]))
        place, model = list(self.scales())[longest]
        return variability(place, self.level[longest], model)

    def enough(self) -> npt.NDArray[np.bool_]:
        """Return [N] whether `ITEMS_LEAST` items of the scales were answered."""
        count = np.zeros(len(self.answers), dtype=np.int64)
        for place, _ in self.scales():
            count += (place != ABSENT).sum(axis=1)
        return np.asarray(count >= ITEMS_LEAST, dtype=np.bool_)


def levels(answers: Ordered) -> Levels:
    """Return the answers with the models that are fitted to them."""
    return placed(answers, models_of(answers))


def models_of(answers: Ordered) -> tuple[GradedScale, ...]:
    """Fit a model to every scale, the second time without the responses that the first one fits badly."""
    part = answers.every(FITTED)
    first = placed(part, tuple(fit(part.place[:, scale], part.size[scale]) for scale in part.scales))
    fit_of = misfit(first)
    kept = part.place[~(deviates(fit_of, spread_of(fit_of)) > FAR)]
    return tuple(fit(kept[:, scale], answers.size[scale]) for scale in answers.scales)


def placed(answers: Ordered, models: tuple[GradedScale, ...]) -> Levels:
    """Return the answers with models that were fitted before."""
    joint = [model.joint(answers.place[:, scale]) for scale, model in zip(answers.scales, models, strict=True)]
    level = tuple(np.asarray(each.argmax(axis=1), dtype=np.int64) for each in joint)
    return Levels(answers, models, level, tuple(joint))


def misfit(placed: Levels) -> Floats:
    """Return [N] minus l_z: high for answers that do not belong together; NaN with fewer than `ITEMS_LEAST` answers."""
    gap, variance = np.zeros((2, len(placed.answers)))
    for (place, model), level in zip(placed.scales(), placed.level, strict=True):
        for at, chance in enumerate(model.chance):
            log = np.log(chance)
            expected = (chance * log).sum(axis=1)
            spread = (chance * log**2).sum(axis=1) - expected**2
            below = np.pad(expected[:, None] - log, ((0, 0), (1, 0)))  # the first place is for absent answers
            around = np.pad(np.repeat(spread[:, None], chance.shape[1], axis=1), ((0, 0), (1, 0)))
            cell = level * below.shape[1] + (place[:, at] - ABSENT)
            gap += below.ravel().take(cell)
            variance += around.ravel().take(cell)
    known = placed.enough() & (variance > 0)
    return np.where(known, gap / np.sqrt(np.where(known, variance, 1.0)), np.nan)


def looseness(placed: Levels, group: npt.NDArray[np.int64], usual: Sequence[Floats]) -> Floats:
    """Return [N] log of (1 + P(answers drawn one by one) / P(answers of one person)) / 2; NaN as for `misfit`.

    Args:
        placed: the answers.
        group: [N] number of the group whose levels and shares are usual, such as the district.
        usual: per scale [G, Q] the levels of each group, from `usual_levels`.
    """
    ratio = np.zeros(len(placed.answers))
    for (place, model), joint, shares in zip(placed.scales(), placed.joint, usual, strict=True):
        ratio -= np.log((_likely(joint) * shares.take(group, axis=0)).sum(axis=1)) + joint.max(axis=1, initial=-np.inf)
        for at, chance in enumerate(model.chance):
            alone = np.pad(np.log(shares @ chance), ((0, 0), (1, 0)))  # the first place is for absent answers
            ratio += alone.ravel().take(group * alone.shape[1] + (place[:, at] - ABSENT))
    return np.where(placed.enough(), np.logaddexp(0.0, ratio) - np.log(2), np.nan)


def usual_levels(placed: Levels, group: npt.NDArray[np.int64], count: int) -> tuple[Floats, ...]:
    """Return per scale [G, Q] the distribution of levels, by a few steps of expectation and maximisation.

    Args:
        placed: the answers.
        group: [N] number of the group of each response, below `count`.
        count: number of groups G.
    """
    return tuple(_distribution(_likely(joint), group, count) for joint in placed.joint)


def _likely(joint: Singles) -> Singles:
    return np.asarray(np.exp(joint - joint.max(axis=1, initial=-np.inf, keepdims=True)) / np.exp(LOG_PRIOR))


def _distribution(likely: Singles, group: npt.NDArray[np.int64], count: int) -> Floats:
    usual = np.tile(np.exp(LOG_PRIOR).astype(np.float64), (count, 1))
    size = np.bincount(group, minlength=count)[:, None]
    for _ in range(STEPS):
        after = likely * usual[group]
        after /= after.sum(axis=1, keepdims=True)
        sums = np.stack([np.bincount(group, node, count) for node in np.ascontiguousarray(after.T)], axis=1)
        usual = np.where(size > 0, np.maximum(sums / np.maximum(size, 1), 1e-6), usual)
    return usual
