"""What 薄弱区域 says: the headline of every state of the data, and phrases that fit what is known."""

from datetime import date

import pandas as pd
import pytest

from analysis.estimation.estimates import Estimates
from reports.overview import weak_words as words
from reports.overview.concentration import Concentration
from reports.overview.next_step import NextSteps
from reports.overview.problems import Problem
from reports.overview.weaknesses import Weakness, Weaknesses
from reports.sentences.sentence import Row, rows_of

STEPS = NextSteps((), date(2026, 11, 28))


def found(*verdicts: tuple[str, str], n: int = 300) -> Estimates:
    """Districts 甲, 乙, ... with these verdicts and reasons for their satisfaction."""
    table = pd.DataFrame(verdicts, columns=["verdict", "reason"])
    table["district"] = list("甲乙丙丁戊")[: len(table)]
    shares = {"estimate": 0.704, "conf_low": 0.63, "conf_high": 0.764, "line": 0.8, "gap": -0.096, "prob_below": 0.95}
    design = {"measure": "satisfaction", "n_eff": 200.0, "std_error": 0.03, "df": 20, "deff": 1.5, "flag": ""}
    return Estimates(table.assign(item="E0", label="满意率", n=n, more=1860.0, **shares, **design), {})


def rows(judged: Estimates) -> tuple[Row, ...]:
    return rows_of(judged, judged.table, "district", "item")


def weak(judged: Estimates, number: int) -> Weaknesses:
    sure = tuple(Weakness(Problem(one, units=("城管",)), Concentration()) for one in rows(judged)[:number])
    return Weaknesses(sure[:3], tuple(("丁", "满意率") for _ in sure[3:]))


@pytest.mark.parametrize(
    ("judged", "number", "said"),
    [
        (found(("确认薄弱", "")), 1, "确认薄弱 1 项：甲满意率 70%，离目标差 10 个百分点"),
        (found(*[("确认薄弱", "")] * 4), 4, "确认薄弱 4 项，优先解决甲满意率 70%，离目标差 10 个百分点"),
        (found(("观察", ""), ("达标", "")), 0, "没有确认薄弱的项目，1 项要观察"),
        (found(("达标", "")), 0, "各区县都没有确认薄弱的项目"),
        (found(("", "样本过少，不显示"), ("", "没有答卷")), 0, "还不能判断：每区县至少再访 30 份"),
        (found(("尚难判断", "样本不足"), ("", "待复访"), n=21), 0, "还不能判断：每区县至少再访 9 份"),
        (found(("", "待复访")), 0, "各区县都亮真实性红灯或答卷过少，独立复访前不下结论"),
        (found(("", "参与者意见，不作判断")), 0, "参与者的意见，只供参考，不与目标比较"),
        (Estimates(found(("", "没有目标")).table.assign(line=float("nan")), {}), 0, "没有设定目标，不判断哪个区县薄弱"),
        (Estimates(found(("达标", "")).table.head(0), {}), 0, "答卷都没有写明地点，不能分区县看"),
    ],
)
def test_the_headline_says_what_is_known_or_what_is_missing(judged: Estimates, number: int, said: str) -> None:
    assert words.headline(judged, weak(judged, number)).text == said


def test_a_suppressed_number_of_answers_does_not_enter_the_headline() -> None:
    few = found(("", "样本过少，不显示"), ("尚难判断", "样本不足"))
    for n in (3, 9):
        table = few.table.assign(n=[n, 25])
        assert "至少再访 30 份" in words.headline(Estimates(table, {}), Weaknesses()).text


def test_the_lead_names_who_acts_and_the_rest() -> None:
    judged = found(("确认薄弱", ""), ("观察", ""))
    every = weak(judged, 1)
    watched = tuple(Problem(one) for one in rows(judged)[1:])
    rest = Weaknesses(every.confirmed, (), watched, (("丙", "满意率"),), (("丁", "知晓率"),) * 2)
    assert words.lead(judged, rest, STEPS).text == "由城管负责。另有 2 项观察、2 项尚难判断。"
    assert words.lead(judged, Weaknesses(watched=watched, unclear=rest.unclear), STEPS).text == "另有 2 项尚难判断。"
    assert words.lead(judged, Weaknesses(), STEPS).text == ""
    assert "社区编码" in words.lead(Estimates(judged.table.head(0), {}), Weaknesses(), STEPS).text


def test_a_card_states_shortfall_and_certainty_so_that_a_reader_can_check_them() -> None:
    one = Problem(rows(found(("确认薄弱", "")))[0])
    assert words.gap(one).text == "离目标差 10 个百分点"
    assert words.certainty(one).text == "区间 63%—76% · 把握约 95%"
    assert words.items_title(one).text == ""
    watched = Problem(rows(found(("观察", "")))[0])
    assert words.decided_by(watched, STEPS).text == "甲满意率：加访约 1,860 份可以判断"
    table = pd.DataFrame({"item": ["E1"], "label": ["停车"], "estimate": [0.456], "line": [0.8]})
    items = Problem(one.row, worst=rows_of(table, table, "item"))
    assert words.items_title(items).text == "最差的项目（满意率，竖线为目标 80%）"
    assert words.share(items.worst[0]).text == "46%"
    far = found(("观察", "")).table.assign(more=float("nan"))
    assert words.decided_by(Problem(rows(Estimates(far, {}))[0]), STEPS).text == "甲满意率：差距太小，加访也难分清"


def test_folds_list_districts_by_rate_and_are_empty_for_none() -> None:
    places = (("甲", "满意率"), ("乙", "知晓率"), ("丙", "满意率"))
    assert [str(one) for one in words.by_rate(places)] == ["满意率：甲、丙", "知晓率：乙"]
    assert words.unclear(places).text == "尚难判断 3 项，下一轮再看"
    assert words.unclear(places, places[:1]).text == "其余尚难判断 2 项，下一轮再看"
    assert not words.unclear(places, places)
    assert not words.unclear(())
    assert not words.more((), words.Verdict.WATCH)
    assert words.further(["甲"] * 28).text == "其余 28 个区县"
