"""Importance against satisfaction: what people most want improved, and what they are least satisfied with.

`matrix` places the items in quadrants. `opposite_rates` separates two problems that need different remedies: not
knowing an item and being unhappy with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.sample import Sample
from survey.instrument.measure import appraisals
from survey.instrument.question import Item, Question
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate

MEASURE = "importance"


class Quadrant(StrEnum):
    """The quadrant of an item, where both intervals decide it."""

    FIRST = "优先改进"
    KEEP = "保持优势"
    LATER = "可以稍后"
    EASE = "维持现状"
    UNSURE = "尚难归类"


def importance_rates(questionnaire: Questionnaire) -> tuple[Rate, ...]:
    """Return one rate per option of "what most needs improving": the share of those asked who chose it."""
    found: list[Rate] = []
    for question in questionnaire.with_role("importance"):
        if question.type.several:
            found += [
                Rate(name=item.name, label=item.label, measure=MEASURE, terms=((item.name, item.chosen),), base="all")
                for item in question.items
                if _substantive(question, item)
            ]
    return tuple(found)


def _substantive(question: Question, item: Item) -> bool:
    choice = None if item.option is None else question.choice(item.option)
    return choice is not None and not choice.exclusive and choice.missing is None


def matrix(sample: Sample, questionnaire: Questionnaire, where: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate the items that are asked both ways, matched by their wording.

    Args:
        sample: holds the satisfaction items and `importance_rates`.
        questionnaire: the questionnaire.
        where: the domain, the wave included.

    Returns:
        item, label, unit, group, satisfied, satisfied_low, satisfied_high, wanted, wanted_low, wanted_high, n and
        quadrant: clearly above or below the median of all items on both axes, else 尚难归类. Empty where no item is
        asked both ways or too few people answered.
    """
    wanted = {rate.label: rate for rate in importance_rates(questionnaire)}
    pairs = [
        (rate, wanted[rate.label])
        for rate in questionnaire.rates
        if rate.measure in appraisals() and rate.variant == "strict" and rate.label in wanted
    ]
    if not pairs:
        return pd.DataFrame()
    found = sample.rates(item=[one.name for pair in pairs for one in pair], where=where).table.set_index("item")
    rows = []
    for rate, other in pairs:
        liked, want = found.loc[rate.name].to_dict(), found.loc[other.name].to_dict()
        rows.append(
            {"item": rate.name, "label": rate.label, "unit": rate.unit, "group": rate.group}
            | _limits("satisfied", liked)
            | _limits("wanted", want)
            | {"n": min(int(liked["n"]), int(want["n"]))}
        )
    table = pd.DataFrame(rows)
    table = table[table["n"] >= sample.suppression].reset_index(drop=True)
    return table.assign(quadrant=_quadrants(table)) if len(table) else pd.DataFrame()


def _limits(name: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row["estimate"], f"{name}_low": row["conf_low"], f"{name}_high": row["conf_high"]}


def _quadrants(table: pd.DataFrame) -> list[str]:
    middle, high = table["satisfied"].median(), table["wanted"].median()
    low_sat, high_sat = table["satisfied_high"] < middle, table["satisfied_low"] > middle
    asked, spared = table["wanted_low"] > high, table["wanted_high"] < high
    cases = [low_sat & asked, high_sat & asked, low_sat & spared, high_sat & spared]
    names = [Quadrant.FIRST, Quadrant.KEEP, Quadrant.LATER, Quadrant.EASE]
    return [str(name) for name in np.select(cases, [str(name) for name in names], default=str(Quadrant.UNSURE))]


UNKNOWN, UNHAPPY = ".unknown", ".unhappy"


def opposite_rates(questionnaire: Questionnaire) -> tuple[Rate, ...]:
    """Return two more rates for each appraised item, `.unknown` and `.unhappy`, both out of everyone asked.

    Unknown is the share that chose a don't-know option; unhappy is the share on the unfavourable side: the
    substantive options that are not favourable, without the middle of a scale of odd length.
    """
    found: list[Rate] = []
    for rate in questionnaire.single_rates(appraisals()):
        if len(rate.terms) == 1:
            found += _pair(questionnaire, rate)
    return tuple(found)


def _pair(questionnaire: Questionnaire, rate: Rate) -> list[Rate]:
    (column, favourable), *_ = rate.terms
    choices = questionnaire.item(column).choices
    scale = [choice.code for choice in choices if choice.missing is None]
    middle = {scale[len(scale) // 2]} if len(scale) % 2 else set()
    unhappy = tuple(code for code in scale if code not in favourable and code not in middle)
    unknown = tuple(choice.code for choice in choices if choice.missing == "dontknow")
    if not unhappy or not unknown:
        return []
    return [
        replace(rate, name=rate.name + suffix, terms=((column, codes),), base="all", missing=(), overall=False)
        for suffix, codes in ((UNKNOWN, unknown), (UNHAPPY, unhappy))
    ]
