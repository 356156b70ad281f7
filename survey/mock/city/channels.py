"""Channels: by which ways people were reached, and what that does to what they know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from survey.instrument.question import Kind, Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import Floats
from survey.mock.city.people import People
from survey.mock.words import read_words

OTHER_REACH: Mapping[str, float] = {"reach": 0.15, "age": 0.0, "education": 0.0, "units": 0}


@dataclass(frozen=True)
class Channels:
    """The channels of the first multiple-choice question with role "channel".

    Attributes:
        question: that question, None when there is none.
        codes: its codes, without the one that rules out all others.
        labels: their wording.
        reach: probability that a person of a cell was reached, channels x cells.
        units: effect of each channel in units.
        effect: logit of one unit on what people know.
        cap: units above this add nothing.
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
        """Probability of 0, 1, ... cap units for each cell: cells x (cap + 1), exact."""
        cells = self.reach.shape[1]
        chances = np.zeros((cells, self.cap + 1))
        chances[:, 0] = 1.0
        for reach, units in zip(self.reach, self.units.astype(int), strict=True):
            moved = np.zeros_like(chances)
            for have in range(self.cap + 1):
                moved[:, min(have + units, self.cap)] += chances[:, have]
            chances = chances * (1 - reach)[:, None] + moved * reach[:, None]
        return chances


def channels_of(questionnaire: Questionnaire, people: People) -> Channels:
    """The channels of a questionnaire, with who is reached by them."""
    question = next((q for q in questionnaire.with_role("channel") if q.kind is Kind.MULTIPLE), None)
    settings = read_words("items")["channel"]
    choices = question.choices if question else ()
    chosen = [choice for choice in choices if not choice.exclusive and not choice.missing]
    entries = [settings.get(str(choice.code), OTHER_REACH) for choice in chosen]
    reach = [_reach(entry, people) for entry in entries]
    return Channels(
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
