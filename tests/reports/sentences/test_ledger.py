"""Sentences on the ledger."""

from datetime import date

import pandas as pd

from reports.sentences import ledger
from reports.sentences.sentence import rows_of
from survey.study.plans.rectification import Entry, Status

WAITING = pd.DataFrame({"district": ["甲区", "乙区"], "item": ["E0", "E0"]})


def entry(status: Status, deadline: date) -> Entry:
    return Entry(1, "甲区", "E0", "W1", 3, 0.7, 0.8, "物业办", deadline, "整治", status)


def test_ledger_reports_overdue_and_failed_entries() -> None:
    entries = (entry(Status.OPEN, date(2026, 1, 1)), entry(Status.STILL_WEAK, date(2027, 1, 1)))
    text = ledger.next_step(entries, rows_of(WAITING, WAITING, "district", "item"), "2026-06-01").text
    assert "2 项确认薄弱还没有立项" in text
    assert "1 项已过期限：甲区" in text
    assert "1 项复测仍未达标" in text


def test_an_empty_ledger_has_a_sentence() -> None:
    assert "台账是空的" in ledger.next_step((), (), "2026-06-01").text
