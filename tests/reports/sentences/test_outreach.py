"""Sentences on outreach: no widest channel among those whose intervals overlap."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from reports.sentences import outreach
from reports.sentences.notes import channels as notes
from reports.sentences.outreach import AreaPlan, Spending
from reports.sentences.sentence import rows_of

FIRST = AreaPlan(
    "青苇区", ("甲街道", "乙街道", "丙街道"), ("宣传栏",), 40, 40_000.0, 2_404.0, (1_599.0, 3_613.0), 267_000.0, 5_200.0
)
SECOND = AreaPlan("墨湖区", ("丁街道",), ("宣传栏",), 1, 800.0, 90.0, (math.nan, math.nan))
SPENT = Spending(
    239_000.0,
    (2e5, 3e5),
    ("宣传栏",),
    0.5,
    40_800.0,
    41,
    2_494.0,
    (1_650.0, 3_700.0),
    reach_only=False,
    unit="宣传部门",
)


def channels(*rows: tuple[str, float, float, float, bool]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["label", "reach_low", "reach", "reach_high", "seen"])
    return table.assign(item=table["label"])


def test_channels_with_overlapping_intervals_have_no_widest() -> None:
    found = channels(
        ("宣传栏", 0.44, 0.47, 0.49, True), ("微信", 0.43, 0.455, 0.48, True), ("广播", 0.1, 0.12, 0.14, False)
    )
    assert notes.widest(found).text == "接触面较广的是“宣传栏”（47.0%）、“微信”（45.5%），区间重叠，不分先后"
    assert notes.widest(found[1:]).text == "接触面最广的是“微信”（45.5%）"


def test_only_visible_associations_are_counted() -> None:
    found = channels(("宣传栏", 0.44, 0.47, 0.49, True), ("广播", 0.1, 0.12, 0.14, False))
    assert notes.associated(found).text == "1 种渠道与知晓有看得出的关联"
    assert notes.associated(found[1:]).text == "没有渠道与知晓的关联看得出来"


def test_the_headline_is_money_and_expected_gain_of_the_first_area() -> None:
    assert outreach.headline(SPENT, [FIRST, SECOND]).text == "宣传优先安排青苇区：4 万元预计新增知晓 2,400 人"
    assert outreach.headline(SPENT, [SECOND]).text == "宣传安排墨湖区：800 元预计新增知晓 90 人"
    touched = replace(SPENT, reach_only=True)
    assert outreach.headline(touched, [FIRST]).text == "宣传安排青苇区：4 万元预计触达 2,400 人"
    assert outreach.headline(SPENT, []).text == "约 23.9 万人还不知道，宣传活动还排不出来"


def test_the_line_below_sets_the_gain_beside_the_target_and_sums_up() -> None:
    table = pd.DataFrame({"district": ["青苇区"], "item": "A0", "label": "知晓率", "estimate": 0.81, "line": 0.85})
    now = rows_of(table, table, "district", "item")[0]
    assert outreach.lead(SPENT, [FIRST], now).text == (
        "青苇区知晓率 81%，目标 85%；这 2,400 人约合 0.9 个百分点；"
        "到目标要新增约 1.1 万人，各渠道每条街道做 4 次约 5,200 人，光靠这些渠道够不到。"
        "全市居民中约 23.9 万人还不知道，4.1 万元宣传 41 次预计新增知晓 2,500 人。"
    )
    assert "够" not in outreach.lead(SPENT, [replace(FIRST, gain=20_000.0)], now).text
    assert "加钱够得到" in outreach.lead(SPENT, [replace(FIRST, most=20_000.0)], now).text
    assert outreach.lead(SPENT, []).text == "居民中约 23.9 万人还不知道。"
    assert outreach.charged("宣传部门", "12 月 25 日前").text == "由宣传部门 12 月 25 日前办完。"


@pytest.mark.parametrize("reach_only", [False, True])
def test_no_word_of_the_plan_is_causal(reach_only: bool) -> None:
    spent = replace(SPENT, reach_only=reach_only)
    caveat = outreach.unlike(["宣传栏"], ["青苇区"], reach_only=reach_only)
    text = "".join(map(str, (outreach.headline(spent, [FIRST]), outreach.lead(spent, [FIRST]), caveat)))
    assert not [word for word in ("提高", "带来", "使得", "导致", "效果", "可使", "促进") if word in text]
    assert "预计" in text
    assert "示例" in caveat.text
    assert caveat.text.endswith("青苇区亮真实性红灯，复访后再安排")
    met = outreach.unlike([], [], ["望澄区"], reach_only=reach_only).text
    assert met.endswith("；望澄区已达标，排进来是因为这些钱花在别处新增的人更少")


def test_a_row_names_two_streets_and_the_rest_is_summed() -> None:
    assert outreach.streets(FIRST).text == "甲街道、乙街道等 3 个"
    assert (outreach.span(FIRST).text, outreach.span(SECOND).text) == ("1,600 人—3,600 人", "")
    assert outreach.summed([FIRST, SECOND]).text == "其余 2 个"
