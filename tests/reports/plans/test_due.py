"""The ledger by due date: overdue first, closed last, counted by state."""

from dataclasses import replace
from datetime import date

import pytest

from reports.plans.due import Counts, by_due, counted
from survey.study.plans.rectification import Entry, Status
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

TODAY = date(2026, 11, 1)
ONE = Entry(1, "甲区", "E0", "W1", 3, 0.7, 0.8, "物业办", date(2026, 12, 1), "整治")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("study") / "city"
    return load_study(imported_city(root, districts=1, streets_per_district=1, waves=1, online=False, texts=False))


def test_overdue_first_then_by_deadline_closed_last(study: Study) -> None:
    entries = (
        replace(ONE, number=1),
        replace(ONE, number=2, status=Status.CLOSED, deadline=date(2026, 1, 1)),
        replace(ONE, number=3, status=Status.STILL_WEAK, deadline=date(2026, 10, 30)),
        replace(ONE, number=4, status=Status.DONE, deadline=date(2026, 8, 1)),
        replace(ONE, number=5, deadline=date(2026, 9, 2), item="gone", wave="W9"),
    )
    found = by_due(study, entries, TODAY)
    assert [one.entry.number for one in found] == [5, 3, 4, 1, 2]
    assert [one.late for one in found] == [60, 2, 0, 0, 0]  # who has reported waits for the wave
    assert [one.left for one in found] == [0, 0, 0, 30, 0]
    assert (found[0].label, found[0].since) == ("gone", "W9")
    assert (found[1].label, found[1].since) == ("满意率", "2026 年 9 月")
    assert counted(found) == Counts(open=4, late=2, waiting=1, closed=1)
    assert counted(()) == Counts(0, 0, 0, 0)
