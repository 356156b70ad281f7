"""Person fit: whether the answers of one person belong together, given that person's level (l_z).

Drasgow, Levine & Williams 1985 (Br. J. Math. Stat. Psychol. 38:67): the log-likelihood of the answers at the person's
own trait, less its expectation, over its standard deviation, here summed over scales with a trait each. Dissatisfied
people fit as well as satisfied ones, because each is compared at the own level. Polytomous Guttman errors (Gp) and U3
rest on the same idea but separate random answers less well on scales with two common places.
"""

from __future__ import annotations

import numpy as np

from survey.quality.effort.graded import GradedScale, fit
from survey.quality.effort.null import FAR, deviates
from survey.quality.effort.ordered import ABSENT, Ordered, Places
from survey.quality.sheet import Floats

ITEMS_LEAST = 12
"""Smallest number of answers from which fit is judged."""
FITTED = 20_000
"""Largest number of responses that a model is fitted to, spread evenly over the study."""


def fit_scales(answers: Ordered) -> tuple[GradedScale, ...]:
    """Fit the model of every scale, the second time without the responses that the first one fits badly."""
    part = answers.every(FITTED)
    models = tuple(fit(part.place[:, scale], answers.size[scale]) for scale in part.scales)
    kept = ~(deviates(misfit(part, models)) > FAR)
    return tuple(fit(part.place[kept][:, scale], answers.size[scale]) for scale in part.scales)


def misfit(answers: Ordered, models: tuple[GradedScale, ...]) -> Floats:
    """Return [N] minus l_z: high for answers that do not belong together; NaN with fewer than `ITEMS_LEAST` answers."""
    gap, variance, count = np.zeros((3, len(answers)))
    for scale, model in zip(answers.scales, models, strict=True):
        place = answers.place[:, scale]
        _add(gap, variance, place, model)
        count += (place != ABSENT).sum(axis=1)
    enough = (count >= ITEMS_LEAST) & (variance > 0)
    return np.where(enough, gap / np.sqrt(np.where(enough, variance, 1.0)), np.nan)


def _add(gap: Floats, variance: Floats, place: Places, model: GradedScale) -> None:
    """Add the expected less the real log-likelihood of one scale, and its variance, in place."""
    level = model.level(place)
    for at, chance in enumerate(model.chance):
        log = np.log(chance)
        expected = (chance * log).sum(axis=1)
        spread = (chance * log**2).sum(axis=1) - expected**2
        steps = chance.shape[1] + 1  # the last one, index -1, is for absent answers
        below = np.pad(expected[:, None] - log, ((0, 0), (0, 1)))
        around = np.pad(np.repeat(spread[:, None], steps - 1, axis=1), ((0, 0), (0, 1)))
        cell = level * steps + np.where(place[:, at] == ABSENT, steps - 1, place[:, at])
        gap += below.ravel()[cell]
        variance += around.ravel()[cell]
