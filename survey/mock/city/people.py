"""People: who lives in each community, by age group, sex, education and whether they work for the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from survey.mock.city.areas import City, Floats, Ints
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.words import read_words

DISTRICT_TILT = 0.04  # SD of a district's own tilt towards age and education


@dataclass(frozen=True)
class People:
    """The population in cells of age group x sex x education x insider, insider fastest.

    Attributes:
        count: expected residents, communities x cells.
        age: age group of each cell.
        woman: 1 for the cells of women.
        education: education group of each cell, from 0 (primary) to 5 (postgraduate).
        insider: 1 for the cells of people who work for the campaign or a rated unit.
    """

    count: Floats
    age: Ints
    woman: Ints
    education: Ints
    insider: Ints

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.age)


def model() -> Mapping[str, Any]:
    """The settings of the mock city, `words/model.toml`."""
    return read_words("model")


def age_groups() -> Ints:
    """First and last year of each age group."""
    return np.array(model()["people"]["ages"], dtype=np.int64)


def draw_people(spec: MockSpec, city: City) -> People:
    """The composition of every community: the city's, tilted by its place type and its district."""
    settings = model()["people"]
    ages, schools = len(settings["age_shares"]), len(settings["education"][0])
    grid = np.indices((ages, 2, schools, 2)).reshape(4, -1)
    age, woman, education, insider = grid
    women = np.array(settings["women"])[age]
    base = np.array(settings["age_shares"])[age] * np.where(woman == 1, women, 1 - women)
    base = base * np.array(settings["education"])[age, education]
    base = base * np.where(insider == 1, settings["insider"], 1 - settings["insider"])
    tilt = _tilts(spec, city)
    exponent = tilt[:, :1] * (age - age.mean()) + tilt[:, 1:] * (education - education.mean())
    shares = base * np.exp(exponent)
    shares /= shares.sum(axis=1, keepdims=True)
    return People(shares * city.population[:, None], age, woman, education, insider)


def _tilts(spec: MockSpec, city: City) -> Floats:
    """Tilt of the log shares by one step of age and of education, communities x 2."""
    table = model()["people"]["tilt"]
    places = np.array([[table[place]["age"], table[place]["education"]] for place in city.place])
    own = stream(spec.seed, "people").normal(0, DISTRICT_TILT, (len(city.districts), 2))
    return np.asarray(places + (own[city.district] if spec.differences else 0.0), dtype=np.float64)


def willingness(mode: str, people: People) -> Floats:
    """How likely each cell is to answer in a mode, relative to the others."""
    settings = model()["response"][mode]
    women = np.where(people.woman == 1, settings["women"], 1.0)
    return np.asarray(
        np.array(settings["age"])[people.age] * np.array(settings["education"])[people.education] * women,
        dtype=np.float64,
    )
