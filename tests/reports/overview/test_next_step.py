"""The next step: one rule for every verdict, reason and state of the ledger."""

from dataclasses import replace
from datetime import date
from itertools import product

import pandas as pd
import pytest

from analysis.areas.verdict import SILENT, Reason, Verdict
from reports.overview import headline
from reports.overview.next_step import NextSteps, by_verdict, deciding, unlisted
from reports.overview.problems import Problem
from reports.sentences.briefing import distance
from reports.sentences.sentence import Row, rows_of
from survey.instrument.measure import AWARENESS, MEASURES, SATISFACTION
from survey.study.plans.rectification import Entry, Status

TODAY = date(2026, 11, 1)
ENTRY = Entry(1, "甲区", "E0", "W1", 1, 0.7, 0.8, "城管", date(2026, 12, 5), "整治", Status.DOING)
NAN = float("nan")
STATES = [(str(one), "") for one in Verdict] + [("", str(one)) for one in Reason if one is not Reason.FEW]


def row(verdict: str, reason: str = "", measure: str = SATISFACTION, **cells: float) -> Row:
    shares = {"estimate": 0.7, "line": 0.8, "more": 1860.0, **cells}
    table = pd.DataFrame({"district": ["甲区"], "item": "E0", "label": "满意率", "measure": measure, **shares})
    table = table.assign(verdict=verdict, reason=reason)
    return rows_of(table, table, "district", "item")[0]


def at(*entries: Entry, wave: str = "W2") -> NextSteps:
    return NextSteps(entries, TODAY, wave, ("W1", "W2"))


def test_a_weak_group_of_people_has_a_campaign_or_is_mended() -> None:
    steps = NextSteps((), TODAY, renew=date(2026, 12, 25), check=date(2026, 12, 11))
    assert steps.of_people(row("确认薄弱", measure=AWARENESS)).text == "12 月 25 日前完成宣传"
    assert steps.of_people(row("确认薄弱")).text == "12 月 25 日前完成整改"
    assert NextSteps((), TODAY).of_people(row("确认薄弱")).text == "完成整改"


@pytest.mark.parametrize(("state", "status"), list(product(STATES, Status)))
def test_an_open_entry_decides_whatever_the_verdict(state: tuple[str, str], status: Status) -> None:
    seen, entry = row(*state), replace(ENTRY, status=status)
    step = at(entry).of("甲区", "E0", seen).text
    if status is Status.CLOSED:
        assert step == by_verdict(seen).text == at().of("甲区", "E0", seen).text
        return
    assert step == at(entry).state(entry, seen).text
    tested = "等下一轮复测" if state[1] in SILENT else "12 月 5 日前请分析员复测，达标才销号"
    assert step == (f"已报完成，{tested}" if status is Status.DONE else f"{status}，12 月 5 日到期")
    assert at(entry).of("乙区", "E0", seen).text == by_verdict(seen).text


def test_a_deadline_that_has_passed_is_named_with_its_day() -> None:
    late = replace(ENTRY, deadline=date(2026, 10, 2))
    assert at(late).of("甲区", "E0", row("观察")).text == "超期 30 天（10 月 2 日到期），督办加快整改"
    renewed = replace(at(late), renew=date(2026, 12, 25)).of("甲区", "E0", row("观察")).text
    assert renewed == "超期 30 天（10 月 2 日到期），督办加快整改，12 月 25 日前完成"
    assert replace(at(late), renew=date(2026, 12, 25)).until("甲区", "E0").text == "12 月 25 日前完成"
    assert at(ENTRY).until("甲区", "E0").text == "12 月 5 日前完成"
    assert not at(late).until("甲区", "E0")
    assert not at(replace(ENTRY, status=Status.DONE)).until("甲区", "E0")
    last_year = replace(ENTRY, deadline=date(2025, 12, 2))
    assert "（2025 年 12 月 2 日到期）" in at(last_year).of("甲区", "E0", row("达标")).text


def test_a_wave_tests_an_entry_once_and_only_a_later_one() -> None:
    done = replace(ENTRY, status=Status.DONE)
    for entry, wave in ((done, "W1"), (replace(done, remeasured="W2"), "W2"), (done, "")):
        assert at(entry, wave=wave).of("甲区", "E0", row("观察")).text == "已报完成，等下一轮复测"


def test_without_an_entry_the_verdict_decides() -> None:
    said = {state: by_verdict(row(*state)).text for state in STATES}
    assert said["确认薄弱", ""] == "还没立项"
    assert said["观察", ""] == "核查原因，下一轮再看"
    assert said["", "待复访"] == "独立复访后再判断"
    assert {said["尚难判断", ""], said["达标", ""], said["", "没有答卷"]} == {"下一轮再看"}
    assert by_verdict(row("观察", measure=AWARENESS)).text == "完成宣传，下一轮再看"
    dated = replace(at(), renew=date(2026, 12, 25), check=date(2026, 12, 11))
    assert dated.of("甲区", "A0", row("观察", measure=AWARENESS)).text == "12 月 25 日前完成宣传"
    assert dated.of("甲区", "E0", row("观察")).text == "12 月 11 日前核查原因"
    assert dated.of("甲区", "E0", row("尚难判断")).text == "下一轮再看"
    assert len({by_verdict(row("观察", measure=one)).text for one in MEASURES}) == 2


def test_interviews_that_would_decide_are_no_step() -> None:
    assert deciding(row("观察")).text == "加访约 1,860 份可以判断"
    assert deciding(row("观察", more=NAN)).text == "差距太小，加访也难分清"


def test_entries_that_a_page_does_not_list_are_named() -> None:
    seen = row("尚难判断")
    steps = at(
        ENTRY, replace(ENTRY, number=2, area="乙区"), replace(ENTRY, number=3, area="丙区", status=Status.CLOSED)
    )
    rows = {("甲区", "E0"): seen, ("丁区", "E0"): seen}
    assert unlisted(steps, rows, ()) == (seen,)
    assert unlisted(steps, rows, [("甲区", "E0")]) == ()
    said = headline.entered([], unlisted(steps, rows, ()), steps).text
    assert said == "台账在办 2 项，上表没有，另有甲区满意率（尚难判断，整改中，12 月 5 日到期）"
    assert headline.entered([Problem(seen)], (), at(ENTRY)).text == "台账在办 1 项，上表有 1 项"
    assert not headline.entered([], (), at())


def test_the_distance_to_the_line_is_no_verdict() -> None:
    assert distance(row("观察")).text == "差 10 个百分点"
    assert distance(row("尚难判断", estimate=0.814)).text == "高 1 个百分点"
    assert distance(row("尚难判断")).text == "差 10 个百分点，在误差以内"
    assert distance(row("观察", estimate=0.814)).text == "高 1 个百分点，答卷少，合并估计多半没到"
    assert distance(row("达标", estimate=0.8)).text == "高 不到 1 个百分点"
    assert not distance(row("", "没有目标", line=NAN))
