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
    "青苇区",
    ("甲街道", "乙街道", "丙街道"),
    ("宣传栏",),
    40,
    40_000.0,
    2_404.0,
    (1_599.0, 3_613.0),
    267_000.0,
    5_200.0,
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


NOW = pd.DataFrame({"district": ["青苇区"], "item": "A0", "label": "知晓率", "estimate": 0.81, "line": 0.85})


def test_the_headline_sets_the_gain_beside_what_is_missing() -> None:
    now = rows_of(NOW, NOW, "district", "item")[0]
    said = "青苇区知晓率 81%，离目标差 4 个百分点：这次宣传预计"
    assert outreach.headline(SPENT, [FIRST], now).text == f"{said}先补 0.9 个百分点"
    assert outreach.headline(SPENT, [replace(FIRST, gain=20_000.0)], now).text == f"{said}补 7.5 个百分点"
    met = NOW.assign(estimate=0.9)
    assert outreach.headline(SPENT, [FIRST], rows_of(met, met, "district", "item")[0]).text.startswith("宣传安排青苇区")


def test_a_plan_that_does_not_suffice_has_a_second_step_with_who_decides() -> None:
    now = rows_of(NOW, NOW, "district", "item")[0]
    text = "全市共 4.1 万元，青苇区的各渠道都做满预计也只补 1.9 个百分点，够不到目标：下一轮复测后由市创建办再定。"
    assert outreach.second_step(SPENT, FIRST, now, "市创建办").text == text
    enough = outreach.second_step(SPENT, replace(FIRST, most=20_000.0), now, "市创建办", examples=True).text
    assert enough.startswith("全市共 4.1 万元（单价为示例），青苇区的各渠道都做满预计可补 7.5 个百分点，够到目标：")
    assert not outreach.second_step(SPENT, replace(FIRST, gain=20_000.0), now, "市创建办")
    assert not outreach.second_step(SPENT, FIRST, None, "市创建办")
    assert (
        outreach.whole(SPENT, [FIRST]).text
        == "全市居民中约 23.9 万人还不知道，4.1 万元宣传 41 次预计新增知晓 2,500 人。"
    )
    assert outreach.whole(SPENT, []).text == "居民中约 23.9 万人还不知道。"
    assert outreach.charged("宣传部门", "12 月 25 日前").text == "由宣传部门负责，12 月 25 日前完成。"
    led = outreach.charged("宣传部门", "12 月 25 日前", "青苇区指挥部").text
    assert led == "由青苇区指挥部牵头，宣传部门负责，12 月 25 日前完成。"
    assert notes.further(FIRST, now, "市创建办").text == "这次够不到目标，下一轮复测后由市创建办再定。"


def test_a_channel_that_the_audience_uses_more_is_named_with_the_reason() -> None:
    table = pd.DataFrame({"item": ["c1", "c2"], "estimate": [0.51, 0.34]})
    tv, group = rows_of(table, table, "item")
    shares = {"电视": tv, "微信群": group}
    assert notes.use(shares, ("微信群",), "60岁及以上").text == (
        "渠道按每元预计新增知晓选；60岁及以上接触最多的是电视（51%），每元新增较少"
    )
    assert not notes.use(shares, ("电视",), "60岁及以上")
    assert not notes.use({}, ("电视",), "")


@pytest.mark.parametrize("reach_only", [False, True])
def test_no_word_of_the_plan_is_causal(reach_only: bool) -> None:
    spent = replace(SPENT, reach_only=reach_only)
    caveat = outreach.unlike(["宣传栏"], ["青苇区"], reach_only=reach_only)
    text = "".join(map(str, (outreach.headline(spent, [FIRST]), outreach.whole(spent, [FIRST]), caveat)))
    assert not [word for word in ("提高", "带来", "使得", "导致", "效果", "可使", "促进") if word in text]
    assert "预计" in text
    assert "示例" in caveat.text
    assert caveat.text.endswith("青苇区亮真实性红灯，复访后再安排")
    met = outreach.unlike([], [], ["望澄区"], reach_only=reach_only).text
    assert met.endswith("；望澄区已达标也排了：这些钱加到其他区县，预计新增更少")


def test_a_row_names_two_streets_and_the_rest_is_summed() -> None:
    assert outreach.streets(FIRST).text == "甲街道、乙街道等 3 个"
    assert (outreach.span(FIRST).text, outreach.span(SECOND).text) == ("1,600 人—3,600 人", "")
    assert outreach.summed([FIRST, SECOND]).text == "其余 2 个"
