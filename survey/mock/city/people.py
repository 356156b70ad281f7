"""People: who lives in each community, by age group, sex, education and whether they work for the campaign.

Forms of taking part: a person takes part or not, and then in one or more ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import City, Floats, Ints
from survey.mock.city.scales import BLANK_SHARE, cuts
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


def family_settings(measure: str) -> Mapping[str, Any]:
    """Return who tends towards the favourable answer of a measure; those of `other` where the file has none."""
    families: Mapping[str, Mapping[str, Any]] = model()["family"]
    return families.get(measure, families["other"])


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


MORE = 0.35  # of a form's share is also the chance that it comes on top of the first one


@dataclass(frozen=True)
class FormModel:
    """A multiple-choice question of a rate.

    Attributes:
        question: the question.
        family: whose propensity decides whether a person takes part at all.
        cut: of the latent value, above which a person takes part.
        items: columns of the forms, without the one that rules out all others.
        codes: their options.
        first: chance of each form to be the first, given that a person takes part.
        more: chance of each form to come on top.
        blank: share left empty.
    """

    question: Question
    family: str
    cut: float
    items: tuple[str, ...]
    codes: tuple[int, ...]
    first: Floats
    more: Floats
    blank: float

    def share_of(self, items: Sequence[str]) -> float:
        """Chance that one who takes part does at least one of these forms."""
        wanted = np.isin(self.items, list(items))
        none = (1 - self.more[wanted]).prod()
        return float(1 - self.first[~wanted].sum() * none)


def forms_of(questionnaire: Questionnaire) -> Mapping[str, FormModel]:
    """Flag column -> model, for the multiple-choice questions that make a rate."""
    measures = {term[0]: rate.measure for rate in questionnaire.rates for term in rate.terms}
    found: dict[str, FormModel] = {}
    for question in questionnaire.questions:
        names = [item.name for item in question.items]
        measure = next((measures[name] for name in names if name in measures), None)
        if question.type.several and measure:
            model = _form(question, measure)
            found |= dict.fromkeys(names, model)
    return found


def _form(question: Question, measure: str) -> FormModel:
    words = read_words("items")
    shares = words["nominal"].get(question.name, {})
    chosen = [choice for choice in question.choices if not choice.exclusive and not choice.missing]
    weights = np.array([shares.get(str(choice.code), 0.2) for choice in chosen])
    return FormModel(
        question=question,
        family=measure,
        cut=float(cuts(np.array([*words["measure"][measure]["shares"][:1], 0.0]))[0]),
        items=tuple(f"{question.name}.{choice.code}" for choice in chosen),
        codes=tuple(choice.code for choice in chosen),
        first=weights / weights.sum(),
        more=weights * MORE,
        blank=0.0 if question.required else BLANK_SHARE,
    )
