"""Sentences state what the numbers show, with their uncertainty, and nothing else."""

import pandas as pd

from analysis.areas.against_target import judge
from analysis.estimation.estimates import Estimates
from reports.sentences import briefing


def estimates(rows: list[tuple[str, float, float, float, float]], name: str = "label", flag: str = "") -> Estimates:
    """Make estimates from rows of name, low, estimate, high, target."""
    table = pd.DataFrame(rows, columns=[name, "conf_low", "estimate", "conf_high", "target"])
    error = (table["conf_high"] - table["conf_low"]) / 3.92
    n_eff = table["estimate"] * (1 - table["estimate"]) / error**2
    table = table.assign(item=table[name], measure="satisfaction", n=120, n_eff=n_eff, std_error=error, df=20, deff=1.5)
    table = table.assign(n_pooled=n_eff, df_pooled=1e6, flag=flag)
    return Estimates(judge(table.drop(columns="target"), table["target"]))


def test_weakest_reports_that_nothing_is_certain() -> None:
    found = briefing.weakest(estimates([("甲", 0.7, 0.81, 0.9, 0.8)], "district"), "district", "区县")
    assert found.text == "甲没有确认薄弱的项目"


def test_the_largest_certain_shortfall_comes_first_not_the_most_marks() -> None:
    rows = [
        ("甲", 0.50, 0.58, 0.65, 0.8),
        ("乙", 0.65, 0.69, 0.73, 0.8),
        ("乙", 0.60, 0.70, 0.75, 0.8),
        ("丙", 0.76, 0.78, 0.79, 0.8),
        ("丁", 0.8, 0.9, 1.0, 0.7),
    ]
    text = briefing.weakest(estimates(rows, "district"), "district", "区县").text
    assert text == "4 个区县中 3 个有确认薄弱的项目：甲、乙、丙"


def test_weakest_separates_watched_from_weak_areas() -> None:
    rows = [("甲", 0.5, 0.6, 0.7, 0.8), ("乙", 0.65, 0.75, 0.85, 0.8), ("丙", 0.75, 0.81, 0.85, 0.8)]
    text = briefing.weakest(estimates(rows, "district"), "district", "区县").text
    assert text == "3 个区县中 1 个有确认薄弱的项目：甲；乙列入观察，还不能确认"


def test_weakest_of_all_names_the_largest_shortfall() -> None:
    rows = [("甲", 0.5, 0.6, 0.7, 0.8), ("乙", 0.5, 0.55, 0.6, 0.8)]
    text = briefing.weakest(estimates(rows, "district"), "district", "区县", "全市").text
    assert text == "2 个区县都有确认薄弱的项目（与全市比），先看乙"


def test_hidden_areas_are_not_counted_and_where_all_are_hidden_the_title_says_so() -> None:
    rows = [("甲", 0.5, 0.6, 0.7, 0.8), ("乙", 0.5, 0.55, 0.6, 0.8)]
    hidden = estimates(rows, "district", flag="suppressed")
    assert briefing.weakest(hidden, "district", "区县").text == "各区县答卷都过少，全部隐去，不下结论"
    one = pd.concat([estimates(rows[:1], "district").table, hidden.table[1:]], ignore_index=True)
    assert briefing.weakest(Estimates(one), "district", "区县").text.startswith("甲有确认薄弱的项目")


def test_ranking_and_ties_give_no_ordinals_where_the_data_do_not_separate() -> None:
    found = estimates(
        [("甲", 0.60, 0.65, 0.70, 0.8), ("乙", 0.61, 0.66, 0.71, 0.8), ("丙", 0.75, 0.80, 0.85, 0.8)], "district"
    )
    assert briefing.ranking(found, "district", "区县", "满意率").text == (
        "2 个区县满意率确认薄弱：甲、乙（甲 65.0%，低 15.0 个百分点）"
    )
    assert briefing.ties(found, "district", "区县").text == "最低的 2 个区县差别在误差以内，不分先后"


def test_ties_of_all_and_of_none() -> None:
    same = estimates([("甲", 0.6, 0.65, 0.7, 0.8), ("乙", 0.61, 0.66, 0.71, 0.8)], "street")
    assert briefing.ties(same, "street", "街道").text == "所有街道之间的差别都在误差以内，不分先后"
    apart = estimates([("甲", 0.3, 0.35, 0.4, 0.8), ("乙", 0.61, 0.66, 0.71, 0.8)], "street")
    assert briefing.ties(apart, "street", "街道").text == "甲确实低于其他街道"


def test_ranking_without_a_weak_area_or_a_target() -> None:
    fine = estimates([("甲", 0.85, 0.9, 0.95, 0.8)], "street")
    assert briefing.ranking(fine, "street", "街道", "满意率", "东区").text == "东区没有一个街道的满意率确认薄弱"
    free = estimates([("甲", 0.85, 0.9, 0.95, float("nan"))], "street")
    assert briefing.ranking(free, "street", "街道", "满意率").text == "满意率没有设定目标"


def test_ranking_of_suppressed_areas_compares_nothing() -> None:
    rows = estimates([("甲", 0.1, 0.2, 0.3, 0.8)], "district", flag="suppressed")
    assert briefing.ranking(rows, "district", "区县", "满意率").text == (
        "各区县答卷都过少，全部隐去，不下结论，满意率不作比较"
    )


def test_opinions_are_not_compared_with_targets() -> None:
    rows = estimates([("甲", 0.1, 0.2, 0.3, 0.8), ("乙", 0.1, 0.2, 0.3, 0.8)], "district", flag="opt_in")
    assert briefing.ranking(rows, "district", "区县", "满意率").text == "满意率只代表参与者的意见，各区县之间不作比较"
    assert briefing.ties(rows, "district", "区县").text == ""
    assert briefing.weakest(rows, "district", "区县").text == "各区县参与者的意见，只供参考，不作比较"


def test_one_weak_area_is_named_once_and_more_than_are_listed_end_without_a_second_number() -> None:
    rows = [(name, 0.5, 0.55 + step / 100, 0.6, 0.8) for step, name in enumerate("甲乙丙丁")]
    one, four = (
        briefing.ranking(estimates(some, "district"), "district", "区县", "满意率") for some in (rows[:1], rows)
    )
    assert one.text == "甲满意率确认薄弱（55.0%，低 25.0 个百分点）"
    assert four.text == "4 个区县满意率确认薄弱：甲、乙、丙等（甲 55.0%，低 25.0 个百分点）"
