"""Planting: set which districts are truly weak and which truly change, exactly, by shifting district effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from survey.instrument.measure import AWARENESS, MEASURES, PARTICIPATION, SATISFACTION
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.mock.city.areas import Floats
from survey.mock.city.effects import Propensity
from survey.mock.city.probabilities import World, chance
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream

WEAK_GAP = (9.0, 12.0)  # points below the target
SAFE_GAP = (0.5, 3.0)  # points above the target to which other districts are lifted if they fell below it
CHANGE = 9.0  # points, up for an improvement and down for a decline
NEWTON_STEPS = 12
WIDEST_STEP = 1.5  # logit


@dataclass(frozen=True, slots=True)
class Weak:
    """A district that is truly weak in a measure, in every wave."""

    district: str
    measure: str


@dataclass(frozen=True, slots=True)
class PlantedChange:
    """A true change of a district from the first wave to the later ones."""

    district: str
    measure: str
    direction: str  # "improved" | "worsened"


@dataclass(frozen=True)
class PlantedTruth:
    """What was planted."""

    weak: tuple[Weak, ...]
    changes: tuple[PlantedChange, ...]


def plant(spec: MockSpec, world: World, questionnaire: Questionnaire) -> tuple[World, PlantedTruth]:
    """Shift district effects so that each headline rate equals its planned value.

    Returns:
        The world with new effects, and the plan. Without `spec.differences`, every district has the rate of the city.
    """
    plan = _plan(spec, world.city.districts, {rate.measure for rate in questionnaire.headlines()})
    rng = stream(spec.seed, "planting")
    effects = dict(world.effects)
    for rate in questionnaire.headlines():
        start = district_rates(world, rate, 0, effects[rate.measure])
        wanted = _wanted(spec, world, plan, rate.measure, start, rng)
        effects[rate.measure] = _reach(world, rate, effects[rate.measure], wanted)
    return replace(world, effects=effects), plan


def _plan(spec: MockSpec, districts: tuple[str, ...], asked: set[str]) -> PlantedTruth:
    """Choose a quarter of the districts as weak, one in eight as improving and one in eight as worsening."""
    if not spec.differences:
        return PlantedTruth((), ())
    order = [districts[index] for index in stream(spec.seed, "plan").permutation(len(districts))]
    count = max(1, len(order) // 4)
    weak = [Weak(name, SATISFACTION) for name in order[:count]]
    weak += [Weak(name, AWARENESS) for name in order[:count:2]]
    weak += [Weak(name, PARTICIPATION) for name in order[1:count:2]]
    changes: list[PlantedChange] = []
    if spec.changes and spec.waves > 1:
        each = max(1, len(order) // 8)
        better, worse = order[count : count + each], order[count + each : count + 2 * each]
        changes = [PlantedChange(name, AWARENESS, "improved") for name in better]
        changes += [PlantedChange(name, SATISFACTION, "worsened") for name in worse]
    return PlantedTruth(
        tuple(entry for entry in weak if entry.measure in asked),
        tuple(change for change in changes if change.measure in asked),
    )


def district_rates(world: World, rate: Rate, wave: int, family: Propensity) -> Floats:
    """Return the true share of each district, in [0,1]."""
    found = chance(world, rate, wave, {**world.effects, rate.measure: family})
    size = len(world.city.districts)
    hits = np.bincount(world.city.district, found.hits.sum(axis=1), size)
    return np.asarray(hits / np.bincount(world.city.district, found.base.sum(axis=1), size), dtype=np.float64)


def _wanted(
    spec: MockSpec, world: World, plan: PlantedTruth, measure: str, start: Floats, rng: np.random.Generator
) -> Floats:
    """Return the planned true shares, waves x districts."""
    target, gap = MEASURES[measure].target, rng.uniform(*WEAK_GAP, len(start))
    lift = rng.uniform(*SAFE_GAP, len(start))
    if not spec.differences:
        return np.full((spec.waves, len(start)), start.mean())
    index = {name: position for position, name in enumerate(world.city.districts)}
    first = np.maximum(start * 100, target + lift)
    for weak in plan.weak:
        if weak.measure == measure:
            first[index[weak.district]] = target - gap[index[weak.district]]
    wanted = np.tile(first, (spec.waves, 1))
    for change in plan.changes:
        if change.measure == measure:
            low, at = target + 1.0, index[change.district]
            ends = (low, low + CHANGE) if change.direction == "improved" else (low + CHANGE, low)
            wanted[0, at], wanted[1:, at] = ends
    return np.asarray(wanted / 100, dtype=np.float64)


def _reach(world: World, rate: Rate, family: Propensity, wanted: Floats) -> Propensity:
    """Solve for the district effects by Newton's method on the logit of the rate, for all districts at once."""
    for wave in range(min(2, len(wanted))):
        for _ in range(NEWTON_STEPS):
            now = district_rates(world, rate, wave, family)
            step = np.clip(_logit(wanted[wave]) - _logit(now), -WIDEST_STEP, WIDEST_STEP)
            if np.abs(step).max() < 1e-7:
                break
            shift = np.zeros_like(family.district)
            # later waves repeat the second one
            shift[wave:] = step
            family = family.moved(shift)
    return family


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)), dtype=np.float64)
