"""Panels on one weak district: why it lies below, where the people are, whose duty, and what matters most.

One picture for two pages: in which groups the people are who lack something, and how many.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analysis.areas.decomposition import decompose, persons_lacking
from analysis.areas.importance import Quadrant, matrix
from analysis.numerals import names, points, points_interval
from analysis.prose import advice
from survey.errors import DesignError
from survey.instrument.measure import MEASURES, measure_label
from survey.instrument.questionnaire import Rate
from views.cached import decisions
from views.charts.dots import Axis, dots
from views.charts.frame import Caption
from views.charts.quadrants import quadrants
from views.panels import page
from views.panels.captions import caption
from views.shell.markup import plain
from views.visitor.selection import Selection
from views.visitor.session import Loaded

HALF = 580


def lacking_people(groups: pd.DataFrame, words: Caption, key: str) -> None:
    """Draw them.

    Args:
        groups: from `analysis.areas.decomposition.persons_lacking`, one row or more, the largest group first.
        words: its title is what the people lack, as in 不知晓; the place of most of them is added.
        key: of the picture on its page.
    """
    rows = pd.DataFrame(
        {
            "label": [f"{row['age']} · {row['place']}" for row in groups.to_dict("records")],
            "value": groups["persons"],
            "low": groups["conf_low"],
            "high": groups["conf_high"],
            "kind": "bad",
            "text": [
                f"{advice.people(row['persons'])}（{advice.people(row['conf_low'])}—{advice.people(row['conf_high'])}）"
                for row in groups.to_dict("records")
            ],
        }
    )
    text = f"{words.title}的人最多在：{rows['label'].iloc[0].replace(' · ', '、')}"
    whole = Caption(text, words.subtitle, words.source, words.mock)
    page.figure(dots(rows, whole, Axis(",.0f", None, "", 0.0), {}, page_width=HALF), key, text)


HALF, WHOLE = 580, 1180


def causes(loaded: Loaded, selection: Selection, rate: Rate, district: str) -> None:
    """The gap taken apart, the people behind it, and importance against satisfaction."""
    sample = decisions.sample_of(loaded, selection.mode)
    where = decisions.domain(selection)
    source = caption(loaded, selection, sample.rates(item=rate.name, where={**where, "district": district}), "", "")
    st.subheader(f"{plain(district)}为什么不同，人在哪里")
    left, right = st.columns(2, gap="medium")
    with left:
        _gap(sample, rate, district, (where, source))
    with right:
        _people(sample, rate, district, (where, source))
    table = matrix(sample, loaded.study.questionnaire, {**where, "district": district})
    if table.empty:
        return
    first = table[table["quadrant"] == Quadrant.FIRST]
    listed = names(
        [
            f"{row['label']}（{'·'.join(filter(None, (row['group'], row['unit'])))}）"
            for row in first.to_dict("records")
        ],
        3,
    )
    text = f"{district}优先改进：{listed}" if listed else f"{district}：答卷还不足以断定哪一项最该优先"
    words = Caption(text, "横轴满意率，纵轴“最需要改进”的提及率；实心为两个方向都看得出", source.source, source.mock)
    page.figure(quadrants(table, words, page_width=WHOLE), "quadrants", text)


def _gap(sample: Any, rate: Rate, district: str, common: tuple[Any, Caption]) -> None:
    where, source = common
    try:
        found = decompose(sample, rate.name, district, where)
    except DesignError:
        page.empty(f"只有{district}有答卷，没有别的区县可比，说不出它为什么不同。")
        return
    part = found.set_index("part")
    text = advice.gap(district, measure_label(rate.measure), part)
    rows = pd.DataFrame(
        {
            "label": found["label"],
            "value": 100 * found["estimate"],
            "low": 100 * found["conf_low"],
            "high": 100 * found["conf_high"],
            "kind": ["bad" if high < 0 else "good" if low > 0 else "plain" for low, high in _ends(found)],
            "text": [
                f"{points(row['estimate'], signed=True).replace(' 个百分点', '')}"
                f"（{points_interval(row['conf_low'], row['conf_high'])}）"
                for row in found.to_dict("records")
            ],
        }
    )
    what = f"{measure_label(rate.measure)}与全市之差，拆成居民结构（年龄、文化、场所）和其余部分，百分点"
    words = Caption(text, what, source.source, source.mock)
    key = {"bad": "拉低，看得出", "good": "抬高，看得出", "plain": "看不出"}
    page.figure(dots(rows, words, Axis("+.0f", 0.0, "全市"), key, page_width=HALF), "gap", text)


def _ends(found: pd.DataFrame) -> list[tuple[float, float]]:
    return list(zip(found["conf_low"].tolist(), found["conf_high"].tolist(), strict=True))


def _people(sample: Any, rate: Rate, district: str, common: tuple[Any, Caption]) -> None:
    where, source = common
    groups = persons_lacking(sample, rate.name, ("age", "place"), {**where, "district": district}).head(8)
    if groups.empty:
        page.empty("各组答卷都太少，不能估计人数。")
        return
    lacking = MEASURES[rate.measure].lacking
    words = Caption(lacking, f"{district}估计{lacking}的居民人数；答卷少的组区间大", source.source, source.mock)
    lacking_people(groups, words, "people")
