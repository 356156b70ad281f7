"""Sentences on the ledger: one thing to do in the headline, who acts and what else in the line below."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from reports.sentences import ledger
from reports.sentences.ledger import Due
from reports.sentences.sentence import rows_of, say
from survey.study.plans.rectification import Entry, Status

TODAY = date(2026, 6, 1)
WAITING = pd.DataFrame({"district": ["甲区", "乙区"], "item": ["E0", "E0"], "label": "满意率"})
ROWS = rows_of(WAITING, WAITING, "district", "item")


def due(status: Status, deadline: date, area: str = "甲区") -> Due:
    entry = Entry(1, area, "E0", "W1", 3, 0.7, 0.8, "物业办", deadline, "整治", status)
    return Due(entry, "满意率", "2026 年 3 月", entry.days_late(TODAY), max((deadline - TODAY).days, 0))


LATE = due(Status.OPEN, date(2026, 5, 20))
LATER = due(Status.DOING, date(2026, 5, 31), "乙区")
SOON = due(Status.DOING, date(2026, 6, 11))
FAILED = due(Status.STILL_WEAK, date(2027, 1, 1), "丙区")
DONE = due(Status.DONE, date(2026, 1, 1))
CLOSED = due(Status.CLOSED, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("dues", "waiting", "headline"),
    [
        ([LATE], ROWS, "请督办甲区满意率：超期 12 天"),
        ([LATE, LATER], (), "请督办甲区满意率等 2 项：最久超期 12 天"),
        ([SOON], ROWS, "甲区满意率等 2 项还没有立项，先定责任单位和期限"),
        ([SOON, FAILED], (), "丙区满意率复测仍未达标，要换措施"),
        ([SOON, DONE], (), "2 项在办，都没有超期：最近一项还有 10 天"),
        ([DONE], (), "1 项已报完成，等复测"),
        ([CLOSED], (), "1 项都已销号"),
        ([], (), "台账是空的，本轮也没有确认薄弱的项目"),
    ],
)
def test_the_headline_names_the_one_thing_to_do(dues: list[Due], waiting: tuple[object, ...], headline: str) -> None:
    assert ledger.headline(dues, waiting).text == headline  # type: ignore[arg-type]


def test_the_line_below_names_who_acts_and_what_else_is_open() -> None:
    text = ledger.lead([LATE, FAILED], ROWS).text
    assert text.startswith("由物业办落实措施；1 项复测仍未达标")
    assert "2 项确认薄弱还没有立项" in text
    late = replace(LATE, entry=replace(LATE.entry, status=Status.STILL_WEAK))
    led = ledger.lead([replace(late, lead="甲区指挥部")], (), date(2026, 6, 20)).text
    assert led.startswith("由甲区指挥部牵头，物业办换措施，6 月 20 日前完成")
    changed = ledger.lead([late], (), date(2026, 6, 20), ("停车", "广告")).text
    assert changed.startswith("由物业办换措施，先改停车、广告，6 月 20 日前完成")
    assert "先改" not in ledger.lead([LATE], (), None, ("停车",)).text
    text = ledger.lead([late], (), date(2026, 6, 20)).text
    assert text.startswith("由物业办换措施，6 月 20 日前完成（复测仍未达标）；销号")
    assert "没有要立项的" in ledger.lead([], ()).text
    assert ledger.headline([], (), say("样本过少")).text == "台账是空的；样本过少"


def test_a_row_says_how_far_the_deadline_is_and_what_comes_next() -> None:
    assert [ledger.distance(one).text for one in (LATE, SOON, DONE, CLOSED)] == ["超期 12 天", "还有 10 天", "", ""]
    assert ledger.step(LATE, testable=False).text == "督办落实措施"
    assert ledger.step(DONE, testable=True).text == "请分析员复测，达标才销号"
    ahead = due(Status.DONE, date(2026, 6, 11))
    assert ledger.step(ahead, testable=True).text == "6 月 11 日前请分析员复测，达标才销号"
    assert ledger.step(LATE, testable=False, renew=date(2027, 1, 8)).text.endswith("，2027 年 1 月 8 日前完成")
    assert ledger.step(DONE, testable=False).text == "等下一轮复测"
    assert (ledger.found(LATE).text, ledger.aim(LATE).text) == ("70%", "目标 80%")
    assert (ledger.since(LATE).text, ledger.deadline(LATE).text) == ("2026 年 3 月起", "2026 年 5 月 20 日")
