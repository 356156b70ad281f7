"""Effects: differences between districts, streets, communities and people on the logit scale.

They include the channels that reach people and raise their awareness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from survey.instrument.measure import AWARENESS, MEASURES
from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import City, Floats
from survey.mock.city.people import People, family_settings, model
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.words import read_words

OTHER_REACH: Mapping[str, float] = {"reach": 0.15, "age": 0.0, "education": 0.0, "units": 0}


@dataclass(frozen=True)
class MockChannels:
    """The channels of the first multiple-choice question with role "channel".

    Attributes:
        question: that question; None if there is none.
        codes: its codes, except the exclusive one.
        labels: their labels.
        reach: probability that a channel reached a person of a cell, channels x cells.
        units: effect of each channel in units.
        effect: effect of one unit on awareness, in logits.
        cap: largest number of units that counts.
    """

    question: Question | None
    codes: tuple[int, ...]
    labels: tuple[str, ...]
    reach: Floats
    units: Floats
    effect: float
    cap: int

    @cached_property
    def distribution(self) -> Floats:
        """Return the exact probability of 0, 1, ... cap units in each cell: cells x (cap + 1)."""
        cells = self.reach.shape[1]
        chances = np.zeros((cells, self.cap + 1))
        chances[:, 0] = 1.0
        for reach, units in zip(self.reach, self.units.astype(int), strict=True):
            moved = np.zeros_like(chances)
            for have in range(self.cap + 1):
                moved[:, min(have + units, self.cap)] += chances[:, have]
            chances = chances * (1 - reach)[:, None] + moved * reach[:, None]
        return chances


def channels_of(questionnaire: Questionnaire, people: People) -> MockChannels:
    """Return the channels of a questionnaire and whom they reach."""
    question = next((q for q in questionnaire.with_role("channel") if q.type.several), None)
    settings = read_words("items")["channel"]
    choices = question.choices if question else ()
    chosen = [choice for choice in choices if not choice.exclusive and not choice.missing]
    entries = [settings.get(str(choice.code), OTHER_REACH) for choice in chosen]
    reach = [_reach(entry, people) for entry in entries]
    return MockChannels(
        question=question,
        codes=tuple(choice.code for choice in chosen),
        labels=tuple(choice.label for choice in chosen),
        reach=np.array(reach).reshape(len(chosen), people.cells),
        units=np.array([entry["units"] for entry in entries], dtype=np.float64),
        effect=settings["effect"],
        cap=settings["cap"],
    )


def _reach(entry: Mapping[str, Any], people: People) -> Floats:
    logit = np.log(entry["reach"] / (1 - entry["reach"]))
    logit = logit + entry["age"] * (people.age - 2.5) + entry["education"] * (people.education - 2.0)
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


EXPOSED = AWARENESS  # the family that channels affect


@dataclass(frozen=True)
class Propensity:
    """The propensity of one measure.

    Attributes:
        district: effect per wave and district, planted changes and weakness included.
        street: effect per street.
        community: effect per community.
        place: effect of the place type, per community.
        cell: effect of age, education and insider status, per cell of `People`.
        centre: subtracted, so that the mean of the city is 0 before weakness is planted.
    """

    district: Floats
    street: Floats
    community: Floats
    place: Floats
    cell: Floats
    centre: float

    def area(self, city: City, wave: int) -> Floats:
        """Return the propensity of each community without the effects of the person."""
        total = self.district[wave, city.district] + self.street[city.street] + self.community + self.place
        return np.asarray(total - self.centre, dtype=np.float64)

    def moved(self, shift: Floats) -> Propensity:
        """Return the propensity with `shift` (waves x districts) added to the district effects."""
        return replace(self, district=self.district + shift)


Effects = Mapping[str, Propensity]


def draw_effects(spec: MockSpec, city: City, people: People, channels: MockChannels) -> Effects:
    """Draw all effects; without `spec.differences`, areas do not differ."""
    spread = model()["spread"]
    rng = stream(spec.seed, "effects")
    levels = {"district": len(city.districts), "street": int(city.street.max()) + 1, "community": len(city.psu)}
    drawn = {level: _correlated(rng, size, spread[level], spread["shared"]) for level, size in levels.items()}
    if not spec.differences:
        drawn["district"], drawn["street"] = drawn["district"] * 0, drawn["street"] * 0
    return {name: _family(name, index, drawn, city, people, channels, spec) for index, name in enumerate(MEASURES)}


def _correlated(rng: np.random.Generator, size: int, spread: float, shared: float) -> Floats:
    """Draw effects of families x areas with a shared component, centred within each family."""
    common, own = rng.normal(size=size), rng.normal(size=(len(MEASURES), size))
    values = spread * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own)
    return np.asarray(values - values.mean(axis=1, keepdims=True), dtype=np.float64)


def _family(
    name: str,
    index: int,
    drawn: Mapping[str, Floats],
    city: City,
    people: People,
    channels: MockChannels,
    spec: MockSpec,
) -> Propensity:
    settings = family_settings(name)
    cell = np.array(settings["age"])[people.age] + np.array(settings["education"])[people.education]
    cell = cell + settings["insider"] * people.insider
    place = np.array([settings["place"].get(kind, 0.0) for kind in city.place])
    family = Propensity(
        district=np.tile(drawn["district"][index], (spec.waves, 1)),
        street=drawn["street"][index],
        community=drawn["community"][index],
        place=place,
        cell=cell,
        centre=0.0,
    )
    level = family.area(city, 0)[:, None] + cell
    if name == EXPOSED:
        level = level + channels.effect * (channels.distribution @ np.arange(channels.cap + 1))
    return replace(family, centre=float((level * people.count).sum() / people.count.sum()))
