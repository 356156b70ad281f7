"""People: the population of each community by age group, sex, education and insider status.

It also models the forms of participation: a person participates or not, and if so in one or more ways.
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

DISTRICT_TILT = 0.04  # SD of a district's tilt in age and education


@dataclass(frozen=True)
class People:
    """The population in cells of age group x sex x education x insider, insider fastest.

    Attributes:
        count: expected residents, communities x cells.
        age: age group of each cell.
        woman: 1 for cells of women, else 0.
        education: education group of each cell, from 0 (primary) to 5 (postgraduate).
        insider: 1 for cells of people who work for the campaign or a rated unit, else 0.
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
    """Return the settings of the mock city, `words/model.toml`."""
    return read_words("model")


def family_settings(measure: str) -> Mapping[str, Any]:
    """Return the settings of the propensity of a measure; those of `other` if the file has none."""
    families: Mapping[str, Mapping[str, Any]] = model()["family"]
    return families.get(measure, families["other"])


def age_groups() -> Ints:
    """Return the first and last year of each age group, groups x 2."""
    return np.array(model()["people"]["ages"], dtype=np.int64)


def draw_people(spec: MockSpec, city: City) -> People:
    """Draw the composition of each community: that of the city, tilted by place type and district."""
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
    """Return the change of the log shares per step of age and of education, communities x 2."""
    table = model()["people"]["tilt"]
    places = np.array([[table[place]["age"], table[place]["education"]] for place in city.place])
    own = stream(spec.seed, "people").normal(0, DISTRICT_TILT, (len(city.districts), 2))
    return np.asarray(places + (own[city.district] if spec.differences else 0.0), dtype=np.float64)


def willingness(mode: str, people: People) -> Floats:
    """Return the relative response propensity of each cell in a mode."""
    settings = model()["response"][mode]
    women = np.where(people.woman == 1, settings["women"], 1.0)
    return np.asarray(
        np.array(settings["age"])[people.age] * np.array(settings["education"])[people.education] * women,
        dtype=np.float64,
    )


MORE = 0.35  # times the share of a form: probability of the form in addition to the first one


@dataclass(frozen=True)
class FormModel:
    """Model of a multiple-choice question on which a rate is based.

    Attributes:
        question: the question.
        family: family whose propensity decides whether a person participates at all.
        cut: latent value above which a person participates.
        items: columns of the forms, except the exclusive one.
        codes: their option codes.
        first: probability that each form is the first, given participation.
        more: probability of each form in addition to the first.
        blank: share of blank answers.
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
        """Return the probability of at least one of these forms, given participation."""
        wanted = np.isin(self.items, list(items))
        none = (1 - self.more[wanted]).prod()
        return float(1 - self.first[~wanted].sum() * none)


def forms_of(questionnaire: Questionnaire) -> Mapping[str, FormModel]:
    """Return flag column -> model for the multiple-choice questions on which rates are based."""
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
