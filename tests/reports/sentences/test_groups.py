"""Sentences on comparisons: tests, limits with a true minus sign, effect or association."""

import pandas as pd

from analysis.decisions.effect import EffectSheet
from analysis.inference.significance import Significance
from reports.sentences import groups
from reports.sentences.sentence import rows_of


def test_the_city_has_the_verdict_of_its_own_answers() -> None:
    table = pd.DataFrame({"item": ["E0"], "label": ["满意率"], "estimate": [0.781], "line": [0.8], "verdict": ["观察"]})
    assert groups.against_target(rows_of(table, table, "item")[0]).text == "全市满意率 78.1%，目标 80%：观察"


def test_a_test_without_a_result_says_why() -> None:
    nothing = Significance("t 检验", float("nan"), (), None, note="没有意义")
    assert groups.test(nothing).text == "t 检验：没有意义"


def test_the_structure_names_what_differs() -> None:
    assert groups.structure(["年龄", "性别"]).text == "样本的年龄、性别结构与人口不符，靠加权校正。"
    assert groups.structure([]).text == "样本结构与人口没有看得出的不同。"


def test_an_effect_is_seen_only_where_its_interval_leaves_zero() -> None:
    sheet = EffectSheet(0.05, 0.01, 0.031, 0.069, 0.028, 30, 200, 0.06, 0.01, "效果")
    assert groups.effect(sheet).text == "效果看得出：知晓率多变化 +5.0 个百分点（3.1 至 6.9）"
    assert groups.arms(sheet).text == (
        "知晓率：开展过的 +6.0 个百分点，其余 +1.0 个百分点；小于 2.8 个百分点的差别这样的样本看不出来。"
    )
    unseen = EffectSheet(0.05, 0.03, -0.009, 0.109, 0.084, 30, 200, 0.06, 0.01, "关联")
    assert groups.effect(unseen).text == "关联看不出：知晓率多变化 +5.0 个百分点（−0.9 至 10.9）"
