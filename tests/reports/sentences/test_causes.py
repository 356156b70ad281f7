"""Sentences on one district: composition or different answers, whom it concerns, what first."""

import pandas as pd

from analysis.areas.importance import Quadrant
from reports.sentences import causes
from reports.sentences.sentence import rows_of, say


def parts(gap: tuple[float, float, float], rest: tuple[float, float, float]) -> pd.DataFrame:
    """Make a decomposition from low, estimate, high of the gap and of the rest."""
    return pd.DataFrame([("gap", *gap), ("rest", *rest)], columns=["part", "conf_low", "estimate", "conf_high"])


def test_a_gap_is_compared_with_the_same_kind_of_residents() -> None:
    whole = (-0.14, -0.107, -0.07)
    text = causes.gap("甲区", "满意率", parts(whole, (-0.12, -0.09, -0.05))).text
    assert text == "甲区满意率比全市低 10.7 个百分点；与全市同类居民相比，仍低 9.0 个百分点"
    text = causes.gap("甲区", "满意率", parts(whole, (0.01, 0.02, 0.03))).text
    assert text.endswith("反而高 2.0 个百分点")
    assert causes.gap("甲区", "满意率", parts(whole, (-0.1, 0.0, 0.1))).text.endswith("多少来自居民结构还分不清")
    assert "看不出来" in causes.gap("甲区", "满意率", parts((-0.1, 0.0, 0.1), (-0.1, 0.0, 0.1))).text


def groups(*limits: tuple[float, float]) -> pd.DataFrame:
    rows = [("18—29岁", f"{at}号小区", sum(pair) / 2, *pair) for at, pair in enumerate(limits)]
    return pd.DataFrame(rows, columns=["age", "place", "persons", "conf_low", "conf_high"])


def test_groups_with_overlapping_intervals_are_not_ranked() -> None:
    """The largest group of 3,000 to 24,000 residents is not called the largest among others of the same width."""
    wide = (3_000.0, 24_000.0)
    assert causes.people(groups(wide, wide), "不知晓").text == "不知晓的人数：各组区间重叠，不分先后"
    four = causes.people(groups(wide, wide, wide, wide, (100.0, 200.0)), "不知晓").text
    assert four == "不知晓的人数：较多的 4 组区间重叠，不分先后"
    two = causes.people(groups(wide, wide, (100.0, 200.0)), "不知晓").text
    assert two == "不知晓的人较多的是18—29岁（0号小区）、18—29岁（1号小区），区间重叠，不分先后"
    alone = causes.people(groups((9_000.0, 24_000.0), (100.0, 200.0)), "不知晓").text
    assert alone == "不知晓的人较多的是18—29岁（0号小区）"


def test_the_groups_to_look_for_first_are_those_that_stand_out() -> None:
    wide = (3_000.0, 24_000.0)
    assert causes.first_groups(groups((9_000.0, 24_000.0), (100.0, 200.0))).text == "18—29岁（0号小区）"
    assert causes.first_groups(groups(wide, wide, (100.0, 200.0))).text.endswith("（1号小区）（不分先后）")
    assert not causes.first_groups(groups(wide, wide))
    assert not causes.first_groups(groups(wide, wide, wide, wide, (100.0, 200.0)))


def test_the_lowest_items_come_first_whatever_residents_ask_for() -> None:
    rows = [("E1", "停车", "城管局", "城市管理", str(Quadrant.FIRST), 0.3), ("E2", "路灯", "", "", "", 0.1)]
    table = pd.DataFrame(rows, columns=["item", "label", "unit", "group", "quadrant", "wanted"])
    assert causes.first("甲区", table).text == "甲区居民最想先改：停车（城市管理·城管局）"
    assert causes.first_figure(table).text == "居民最想先改的（不一定最差）：停车"
    assert "还不足以断定" in causes.first("甲区", table[1:]).text
    assert not causes.first("甲区", table[:0])
    assert causes.begin(("路灯", "广告")).text == "：先改路灯等 2 项"
    assert not causes.begin(())
    who, step = say("由城管办"), say("还没立项")
    rate = pd.DataFrame(
        {"district": ["甲区"], "item": "E0", "label": "满意率", "estimate": 0.7, "line": 0.8, "verdict": "确认薄弱"}
    )
    row = rows_of(rate, rate, "district", "item")[0]
    now = "满意率 70%，目标 80%，差 10 个百分点"
    assert causes.todo(row, who, step).text == f"{now}；由城管办，还没立项。"
    rate["line"] = float("nan")
    bare = rows_of(rate, rate, "district", "item")[0]
    assert causes.todo(bare, who, step).text == "满意率 70%；由城管办，还没立项。"
    assert causes.lowest(2, "满意率").text == "先改这 2 项：满意率最低"


def test_owners_routes_not_knowing_to_outreach() -> None:
    table = pd.DataFrame(
        {"label": ["停车", "家长学校"], "problem": ["unhappy", "unknown"], "unhappy": [0.3, 0.1], "unknown": [0.1, 0.3]}
    )
    assert causes.owners(table, "全市").text == (
        "全市：不满意的人明显多于不了解的人：停车，应转责任单位；不了解的人明显多于不满意的人：家长学校，应先做宣传"
    )
    assert causes.owners(table[:0], "全市").text == "全市：各项目的不满意与不了解都分不出高低"
