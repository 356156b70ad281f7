"""Notes of the numbers of 简报: one card a matter."""

from dataclasses import replace
from datetime import date

import pandas as pd

from reports.sentences.ledger import Due, pressing
from reports.sentences.notes import glance
from reports.sentences.sentence import Declared, rows_of, say
from survey.study.plans.rectification import Entry, Status

TABLE = pd.DataFrame(
    {"district": ["甲区", "乙区"], "item": "E0", "label": "满意率", "estimate": [0.7, 0.72], "line": 0.8}
)
ROWS = rows_of(TABLE, TABLE, "district", "item")
OWN = Due(
    Entry(1, "甲区", "E0", "W1", 3, 0.7, 0.8, "物业办", date(2026, 8, 9), "整治", Status.STILL_WEAK),
    "满意率",
    "",
    112,
    0,
)


def test_a_weakness_and_its_entry_are_one_matter() -> None:
    assert glance.confirmed(ROWS[:1], pressing(OWN)).text == "甲区满意率 70%：已超期 112 天，复测仍未达标"
    assert glance.confirmed(ROWS, pressing(replace(OWN, late=0))).text == "甲区满意率 70%等 2 项：复测仍未达标"
    assert glance.confirmed(ROWS[:1]).text == "甲区满意率 70%"
    assert glance.confirmed(()).text == "区县四率"


def test_a_weak_group_of_people_is_said_with_who_acts_and_by_when() -> None:
    step = say("{day}完成宣传", day=Declared("12 月 25 日前", "date"))
    said = "人群：甲区满意率 70%，确认薄弱；宣传部门 12 月 25 日前完成宣传"
    assert glance.person(("district", ROWS[0]), ["宣传部门"], step).text == said
    assert glance.person(("district", ROWS[0]), [], step).text.endswith("确认薄弱；12 月 25 日前完成宣传")


def test_groups_are_named_with_their_rates() -> None:
    found = [("district", row) for row in ROWS]
    assert glance.groups(found).text == "甲区满意率 70%、乙区满意率 72%"
    assert glance.groups(found[:1]).text == "甲区满意率 70%"
