"""Scales: response models of the closed items of a questionnaire, from `words/items.toml` or general rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from survey.instrument.measure import SATISFACTION
from survey.instrument.question import Item, Question
from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.mock.city.areas import Floats
from survey.mock.words import read_words

SHARES_LEAST = 1e-4
BLANK_SHARE = 0.006  # share of blank answers to optional questions


@dataclass(frozen=True)
class Scale:
    """Response model of an item with ordered answers: cuts divide a latent logistic variable into codes.

    Attributes:
        item: name of the stored column.
        question: name of its question.
        family: family of its propensity, "" for none.
        codes: codes from the most to the least favourable.
        cuts: descending cut points; the answer is code k if the latent value is above cut k but not above cut k-1.
        slope: coefficient of the propensity.
        loading: correlation of its noise with the noise that a person shares among all items of the family.
        unsure: code and share of 不清楚, or None.
        refused: code and share of 拒答, or None.
        blank: share of blank answers.
        place: place type -> additional effect in logits.
        gate: parent item and the codes that route to this item, or None.
    """

    item: str
    question: str
    family: str
    codes: tuple[int, ...]
    cuts: Floats
    slope: float = 1.0
    loading: float = 0.0
    unsure: tuple[int, float] | None = None
    refused: tuple[int, float] | None = None
    blank: float = 0.0
    place: Mapping[str, float] | None = None
    gate: tuple[str, tuple[int, ...]] | None = None

    def places(self, places: tuple[str, ...]) -> Floats:
        """Return the additional effect in each community."""
        own = self.place or {}
        return np.array([own.get(place, 0.0) for place in places])

    @property
    def threshold(self) -> float:
        """Probit threshold of 不清楚; -inf without that answer."""
        return float(ndtri(self.unsure[1])) if self.unsure else -np.inf

    @property
    def substantive(self) -> float:
        """Share of answers that are neither blank nor refused."""
        return (1 - self.blank) * (1 - (self.refused[1] if self.refused else 0.0))


def scales_of(questionnaire: Questionnaire) -> Mapping[str, Scale]:
    """Return item -> scale for the items on which rates are based and those in the word list."""
    measures = {term[0]: rate.measure for rate in questionnaire.rates for term in rate.terms}
    words = read_words("items")
    found: dict[str, Scale] = {}
    for question in questionnaire.questions:
        for item in scale_items(question):
            measure = measures.get(item.name, "")
            named = words["item"].get(item.name)
            if named is not None or measure or question.role == "behaviour":
                general = words["measure"].get(measure, {})
                found[item.name] = _scale(question, item, measure, {**general, **(named or {})})
    return found


def scale_items(question: Question) -> Iterator[Item]:
    """Yield the items of a question that can have a scale, which excludes those of single options."""
    if not question.type.several and question.role not in ROLES:
        yield from question.items


def _scale(question: Question, item: Item, measure: str, settings: Mapping[str, Any]) -> Scale:
    codes = tuple(settings.get("codes", ())) or substantive_codes(question)
    shares = _fitted(settings.get("shares", ()), len(codes))
    gate = settings.get("gate")
    return Scale(
        item=item.name,
        question=question.name,
        family=settings.get("family", measure or (SATISFACTION if question.role == "behaviour" else "")),
        codes=codes,
        cuts=cuts(shares),
        slope=settings.get("slope", 1.0 if measure else 0.5),
        loading=settings.get("loading", 0.0),
        unsure=_missing(question, "dontknow", settings.get("unsure", 0.04)),
        refused=_missing(question, "refused", settings.get("refused", 0.004)),
        blank=0.0 if question.required else BLANK_SHARE,
        place=settings.get("place"),
        gate=(gate["item"], tuple(gate["codes"])) if gate else None,
    )


def substantive_codes(question: Question) -> tuple[int, ...]:
    """Return the substantive codes in order; for a number, the whole range, best first."""
    if question.type.numeric:
        return tuple(range(int(question.maximum or 10), int(question.minimum or 0) - 1, -1))
    return tuple(choice.code for choice in question.choices if not choice.missing and not choice.screen_out)


def cuts(shares: Floats) -> Floats:
    """Return the cut points in logits that yield the shares at propensity 0."""
    cumulated = np.cumsum(shares)[:-1]
    return np.asarray(-np.log(cumulated / (1 - cumulated)), dtype=np.float64)


def _fitted(shares: tuple[float, ...] | list[float], size: int) -> Floats:
    """Return `size` shares: those given if their number is right, else each half of the one before."""
    values = np.array(shares if len(shares) == size else 0.5 ** np.arange(1, size + 1), dtype=np.float64)
    values = np.maximum(values, SHARES_LEAST)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _missing(question: Question, reason: str, share: float) -> tuple[int, float] | None:
    code = next((choice.code for choice in question.choices if choice.missing == reason), None)
    return None if code is None or share <= 0 else (code, share)
