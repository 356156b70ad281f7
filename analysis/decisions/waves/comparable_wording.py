"""Comparable wording: what was asked, as text; two waves may be compared where these texts are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate

NOT_ASKED = "没有这一项"
SEVERAL = " / "  # between the wordings of a wave that was asked in two ways
Parts = Mapping[str, str]
"""Part of a question (题目, 选项, 问谁, 计入, 分母) -> its wording."""


def wording(questionnaire: Questionnaire, rate: Rate) -> Parts:
    """Return what respondents saw of a rate, whom it was asked of, and what is counted of it.

    A row of a matrix question has its own wording: a change in another row does not concern it.
    """
    names = dict.fromkeys(questionnaire.item(column).question for column in rate.columns)
    asked = [questionnaire.question(name) for name in names]
    columns = [questionnaire.item(column) for column in rate.columns]
    labels = {choice.code: choice.label for question in asked for choice in question.choices}
    own = {row.label for question in asked for row in question.rows}
    rows = [item.label for item in columns if item.label in own]
    options = all(item.option is not None for item in columns)
    counted = (
        [item.label for item in columns]
        if options
        else [labels.get(code, str(code)) for code in dict.fromkeys(code for _, codes in rate.terms for code in codes)]
    )
    missing = "、".join(labels.get(code, str(code)) for code in rate.missing)
    base = "全部被问到的人" if rate.base == "all" else f"有明确回答的人（不计{missing or '空着的'}）"
    return {
        "题目": "；".join([*(question.title for question in asked), *rows]),
        "选项": "　".join(f"{choice.code} {choice.label}" for question in asked for choice in question.choices),
        "问谁": "；".join(dict.fromkeys(question.visible_if or "所有受访者" for question in asked)),
        "计入": "、".join(counted),
        "分母": base,
    }


def of_wave(asked: Sequence[Questionnaire], rate: Rate) -> Parts:
    """Return the wording of a rate in a wave; where the wave was asked in several ways, all of them."""
    found: dict[str, list[str]] = {}
    for questionnaire in asked:
        there = {one.name: one for one in questionnaire.rates}
        parts = wording(questionnaire, there[rate.name]) if rate.name in there else {"题目": NOT_ASKED}
        for name, text in parts.items():
            found.setdefault(name, []).append(text)
    return {name: SEVERAL.join(sorted(set(texts))) for name, texts in found.items()}


def side_by_side(before: Mapping[str, Parts], after: Mapping[str, Parts]) -> pd.DataFrame:
    """Return every part of every rate that differs: item, part, before, after. Empty where nothing does."""
    rows = [
        (item, part, before[item].get(part, ""), after.get(item, {}).get(part, ""))
        for item in before
        for part in dict.fromkeys((*before[item], *after.get(item, {})))
        if before[item].get(part, "") != after.get(item, {}).get(part, "")
    ]
    return pd.DataFrame(rows, columns=["item", "part", "before", "after"])
