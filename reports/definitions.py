"""Definitions of the rates of a study: which exist, what each counts, its base, and its target."""

from __future__ import annotations

import pandas as pd

from survey.errors import ArgumentError, StudyError
from survey.instrument.measure import MEASURES, measure_label
from survey.instrument.questionnaire import Questionnaire, Rate
from survey.study.study import Study


def headlines(study: Study) -> tuple[Rate, ...]:
    """Return the headline rate of each measure that is asked, in the usual order.

    Raises:
        StudyError: the questionnaire asks none.
    """
    rates = study.questionnaire.headlines()
    if not rates:
        raise StudyError("问卷里没有四率的总体题", where="questionnaire.json", cure="给总体题加上 measureOverall")
    return rates


def headline_of(study: Study, measure: str) -> Rate:
    """Return the headline rate of one measure.

    Raises:
        ArgumentError: the questionnaire does not ask it.
    """
    found = study.questionnaire.headline(measure)
    if found is None:
        raise ArgumentError("问卷里没有这个指标的总体题", got=measure_label(measure), cure="用 --item 指定题号")
    return found


def item_rates(study: Study, measure: str = "") -> tuple[Rate, ...]:
    """Return the items of a measure (of all when ""), without headline rates and alternative lenient counts."""
    return study.questionnaire.single_rates({measure} if measure else MEASURES)


def whole_gates(study: Study) -> dict[str, float]:
    """Return thresholds for the whole study (no measure, no item), such as a gate of 85 points: name -> share."""
    return {one.name: one.value / 100 for one in study.thresholds if not one.measure and not one.item}


def meaning(questionnaire: Questionnaire, rate: Rate) -> str:
    """Return what a rate counts, in the words of the questionnaire."""
    column, codes = rate.terms[0]
    labels = {choice.code: choice.label for choice in questionnaire.item(column).choices}
    chosen = "或".join(f"“{labels[code]}”" for code in codes if code in labels)
    counted = f"答{chosen}" if chosen else "至少参加过一项"
    base = "占全部被问到的人" if rate.base == "all" else "占有明确回答的人（不了解、拒答不计）"
    return f"{measure_label(rate.measure)}：{counted}的人，{base}"


def definitions(study: Study, rates: tuple[Rate, ...]) -> pd.DataFrame:
    """Return what each rate counts, and its target with source and date (rule R-18)."""
    goals = {
        (row["measure"], row["item"]): f"{row['target']:g}%（{row['source']}，{row['date']}）"
        for row in study.targets.to_dict("records")
        if not row["district"]
    }
    return pd.DataFrame(
        {
            "指标": [measure_label(rate.measure) for rate in rates],
            "怎样计算": [meaning(study.questionnaire, rate) for rate in rates],
            "目标和出处": [
                goals.get((rate.measure, rate.name)) or goals.get((rate.measure, ""), "没有设定") for rate in rates
            ],
        }
    ).set_index("指标")
