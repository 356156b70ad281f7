"""Exact probabilities of every rate in every cell of the population, without simulation.

Within a cell (community x cell of people x exposure), a person's answers to different questions are independent except
for the shared noise of `Scale.loading`, and no rate combines two questions with a loading. A population rate is thus a
sum over cells of probability x residents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from survey.instrument.rate import Rate
from survey.mock.city.areas import City, Floats
from survey.mock.city.effects import EXPOSED, Effects, MockChannels, Propensity
from survey.mock.city.people import FormModel, People, model
from survey.mock.city.scales import Scale


@dataclass(frozen=True)
class World:
    """The complete model from which the truth follows.

    Attributes:
        city: its areas.
        people: its population.
        channels: the channels that reach them.
        scales: item -> its response model.
        forms: flag item -> model of its multiple-choice question, where a rate is based on it.
        effects: the propensities.
    """

    city: City
    people: People
    channels: MockChannels
    scales: Mapping[str, Scale]
    forms: Mapping[str, FormModel]
    effects: Effects


@dataclass(frozen=True)
class Chance:
    """Expected persons with y = 1 and in the base, communities x cells."""

    hits: Floats
    base: Floats


def propensity(world: World, family: Propensity, wave: int, exposed: bool) -> Floats:
    """Return the propensity, communities x cells x units of exposure (a single unit level if not `exposed`)."""
    level = family.area(world.city, wave)[:, None, None] + family.cell[None, :, None]
    if exposed:
        level = level + world.channels.effect * np.arange(world.channels.cap + 1)
    return np.asarray(level, dtype=np.float64)


def unsure_shift(people: People) -> Floats:
    """Return the difference of each cell from the average resident in the propensity to answer 不清楚, in probits."""
    settings = model()["unsure"]
    shift = np.array(settings["age"])[people.age] + np.array(settings["education"])[people.education]
    return np.asarray(shift - np.average(shift, weights=people.count.sum(axis=0)), dtype=np.float64)


def chance(world: World, rate: Rate, wave: int, families: Effects | None = None) -> Chance:
    """Return the expected hits and base of a rate in a household census.

    Args:
        world: the mock city.
        rate: a rate of the questionnaire.
        wave: index of the wave.
        families: effects to use instead of those of the world.
    """
    name = rate.terms[0][0]
    effects = families or world.effects
    if name in world.forms:
        return _form_chance(world, rate, wave, effects)
    scale = world.scales[name]
    exposed = scale.family == EXPOSED
    answered = _answered(world, scale)[None, :, None]
    yes = _above(world, scale, rate.terms[0][1], wave, effects) * answered
    asked = _gate(world, scale, wave, effects) if scale.gate else np.ones(1)
    base = asked * (answered if rate.base == "valid" else 1.0)
    weight = world.people.count[:, :, None]
    if exposed:
        weight = weight * world.channels.distribution[None, :, :]
    return Chance((weight * yes * asked).sum(axis=2), (weight * base).sum(axis=2))


def _above(world: World, scale: Scale, codes: tuple[int, ...], wave: int, effects: Effects) -> Floats:
    """Return the probability of one of the codes among substantive answers."""
    level = propensity(world, effects[scale.family], wave, scale.family == EXPOSED) * scale.slope
    level = level + scale.places(world.city.place)[:, None, None]
    total = np.zeros_like(level)
    wanted = np.isin(scale.codes, codes)
    # adjacent codes telescope: each adds its own cut and subtracts that of its predecessor
    for index in np.flatnonzero(wanted[:-1] & ~wanted[1:]):
        total += expit(level - scale.cuts[index])
    for index in np.flatnonzero(~wanted[:-1] & wanted[1:]):
        total -= expit(level - scale.cuts[index])
    return np.asarray(total + (1.0 if wanted[-1] else 0.0), dtype=np.float64)


def _answered(world: World, scale: Scale) -> Floats:
    unsure = ndtr(scale.threshold + unsure_shift(world.people)) if scale.unsure else 0.0
    return np.asarray(scale.substantive * (1 - unsure) * np.ones(world.people.cells), dtype=np.float64)


def _gate(world: World, scale: Scale, wave: int, effects: Effects) -> Floats:
    parent, codes = scale.gate or ("", ())
    above = world.scales[parent]
    return _above(world, above, codes, wave, effects) * _answered(world, above)[None, :, None]


def _form_chance(world: World, rate: Rate, wave: int, effects: Effects) -> Chance:
    form = world.forms[rate.terms[0][0]]
    level = propensity(world, effects[form.family], wave, exposed=False)[:, :, 0]
    part = expit(level - form.cut) * form.share_of([name for name, _ in rate.terms])
    weight = world.people.count * (1 - form.blank)
    base = weight if rate.base == "valid" else world.people.count
    return Chance(weight * part, base)
