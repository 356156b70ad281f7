"""The household design: communities by systematic PPS within strata, mostly retained from wave to wave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from survey.mock.city.areas import City, Floats, Ints
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.study.plans.sampling import inclusion, systematic, units_at

LEAST = 2  # minimum of sampled communities per stratum, if the frame has as many
ROTATION = 0.2  # share of the sampled communities that are replaced in the next wave


@dataclass(frozen=True)
class FirstStage:
    """The first-stage sample of one wave.

    Attributes:
        community: index of each sampled community, ascending.
        probability: inclusion probability of each.
        persons: planned interviews in each.
    """

    community: Ints
    probability: Floats
    persons: Ints

    def weights(self, city: City) -> Floats:
        """Return the design weight of an interview in each sampled community: 1/π x residents / interviews."""
        return np.asarray(city.population[self.community] / (self.probability * self.persons), dtype=np.float64)


def draw_stages(spec: MockSpec, city: City) -> tuple[FirstStage, ...]:
    """Draw the sampled communities of every wave."""
    rng = stream(spec.seed, "design")
    chosen: dict[int, tuple[Ints, Floats]] = {}
    stages = []
    for wave in range(spec.waves):
        for stratum, size in enumerate(allocation(spec, city)):
            units = np.flatnonzero(city.stratum == stratum)
            probability = inclusion(city.population[units], size)
            zones = chosen.get(stratum)
            picked = systematic(rng, probability) if zones is None else _rotate(rng, probability, zones[0])
            chosen[stratum] = picked, probability
        stages.append(_stage(spec, city, chosen, wave))
    return tuple(stages)


def allocation(spec: MockSpec, city: City) -> list[int]:
    """Return the number of sampled communities per stratum: equal across districts, proportional to size within."""
    each = spec.streets_per_district * spec.communities_per_street
    sizes = [0] * len(city.areas.strata)
    for district in range(len(city.districts)):
        strata = np.unique(city.stratum[city.district == district])
        residents = np.array([city.population[city.stratum == stratum].sum() for stratum in strata])
        counts = np.array([(city.stratum == stratum).sum() for stratum in strata])
        share = np.clip(np.rint(each * residents / residents.sum()).astype(int), np.minimum(LEAST, counts), counts)
        share[int(np.argmax(residents))] += each - share.sum()
        for stratum, size in zip(strata, share, strict=True):
            sizes[int(stratum)] = int(size)
    return sizes


def _rotate(rng: np.random.Generator, probability: Floats, picked: Ints) -> Ints:
    """Redraw the units of some intervals; a unit already in the sample is not selected twice."""
    size = len(picked)
    fresh = units_at(probability, np.arange(size) + rng.random(size))
    replace = rng.random(size) < ROTATION
    result = picked.copy()
    for index in np.flatnonzero(replace):
        if fresh[index] not in result:
            result[index] = fresh[index]
    return result


def _stage(spec: MockSpec, city: City, chosen: dict[int, tuple[Ints, Floats]], wave: int) -> FirstStage:
    community, probability = [], []
    for stratum, (picked, values) in chosen.items():
        units = np.flatnonzero(city.stratum == stratum)
        community.append(units[picked])
        probability.append(values[picked])
    joined = np.concatenate(community)
    order = np.argsort(joined)
    persons = _split(_split(spec.interviews, spec.waves)[wave], len(joined))
    return FirstStage(joined[order], np.concatenate(probability)[order], np.array(persons, dtype=np.int64))


def _split(total: int, parts: int) -> list[int]:
    return [total // parts + (index < total % parts) for index in range(parts)]
