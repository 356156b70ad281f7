"""Forms of taking part: a person takes part or not, and then in one or more ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.instrument.question import Kind, Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import Floats
from survey.mock.city.scales import BLANK_SHARE, cuts
from survey.mock.words import read_words

MORE = 0.35  # of a form's share is also the chance that it comes on top of the first one


@dataclass(frozen=True)
class FormModel:
    """A multiple-choice question of a rate.

    Attributes:
        question: the question.
        family: whose propensity decides whether a person takes part at all.
        cut: of the latent value, above which a person takes part.
        items: flag columns of the forms, without the one that rules out all others.
        first: chance of each form to be the first, given that a person takes part.
        more: chance of each form to come on top.
        blank: share left empty.
    """

    question: Question
    family: str
    cut: float
    items: tuple[str, ...]
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
        if question.kind is Kind.MULTIPLE and measure:
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
        first=weights / weights.sum(),
        more=weights * MORE,
        blank=0.0 if question.required else BLANK_SHARE,
    )
