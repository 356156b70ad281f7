"""Periods of [retention]: what may be written, and when each of them ends."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import StudyError
from survey.study.retention import OF_A_WAVE, YEAR, Kind, Retention, period_end, spoken_period
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study

DAYS = st.integers(1, 36_500)
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def study_with(root: Path, table: str) -> Study:
    init_study(root)
    settings = root / "study.toml"
    text = settings.read_text(encoding="utf-8").partition("\n[retention]")
    rest = text[2].partition("\n\n")[2]
    settings.write_text(f"{text[0]}\n[retention]\n{table}\n\n{rest}", encoding="utf-8")
    return load_study(root)


def test_the_template_says_what_holds_where_nothing_is_written(tmp_path: Path) -> None:
    assert load_study(init_study(tmp_path / "town")).retention == Retention()
    assert Retention() == Retention(90, 730, 730, 730, 730, "")


def test_a_table_of_its_own_is_read(tmp_path: Path) -> None:
    found = study_with(tmp_path / "town", 'contacts = 30\nraw = 180\ntexts = 365\nanswers = 1095\nhold = "审计"')
    assert found.retention == Retention(30, 180, 365, 1095, 730, "审计")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("contacts = 29", "30 到 90"),
        ("contacts = 91", "30 到 90"),
        ("logs = 179", "180 到"),
        ("answers = 40000", "36,500"),
        ("answers = 730.0", "天数"),
        ("answers = true", "天数"),
        ("answer = 730", "是否想写 answers"),
        ("raw = 800", "raw 不大于 texts"),
        ("texts = 800", "texts 不大于 answers"),
        ("answers = 365", "不大于 answers"),
        ("contacts = 90\nraw = 60", "contacts 不大于 raw"),
        ("hold = 1", "一段文字"),
    ],
)
def test_periods_that_cannot_be_kept_are_refused_with_their_line(tmp_path: Path, table: str, words: str) -> None:
    with pytest.raises(StudyError, match=words) as told:
        study_with(tmp_path / "town", table)
    assert "第" in str(told.value)
    assert "[retention]" in str(told.value)


@given(DATES, DAYS)
def test_a_period_ends_after_it_begins_and_later_for_more_days(start: date, days: int) -> None:
    end = period_end(start, days)
    assert end > start
    assert abs((end - start).days - days) <= days // YEAR // 4 + 1
    assert period_end(start, days + 366) > end
    assert period_end(start + timedelta(days=1), days) >= end


@given(DATES, st.integers(1, 99))
def test_years_are_calendar_years(start: date, years: int) -> None:
    end = period_end(start, YEAR * years)
    assert end.year == start.year + years
    assert (end.month, end.day) == (start.month, start.day) or (start.month, start.day, end.day) == (2, 29, 28)
    assert end <= start.replace(day=1).replace(year=start.year + years) + timedelta(days=start.day)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2027, 3, 14), 730, date(2029, 3, 14)),
        (date(2028, 2, 29), 365, date(2029, 2, 28)),
        (date(2028, 2, 29), 1460, date(2032, 2, 29)),
        (date(2027, 3, 14), 90, date(2027, 6, 12)),
        (date(9999, 12, 1), 90, date.max),
        (date(9999, 12, 1), 365, date.max),
    ],
)
def test_ends_that_were_worked_out_by_hand(start: date, days: int, end: date) -> None:
    assert period_end(start, days) == end


@given(DATES, *[st.integers(30, 3000)] * 3)
def test_what_contains_others_ends_last(start: date, raw: int, texts: int, answers: int) -> None:
    raw, texts, answers = sorted((raw, texts, answers))
    table = Retention(30, raw, texts, answers)
    ends = [table.last_day(kind, start) for kind in OF_A_WAVE]
    assert ends == sorted(ends)
    assert ends[0] == period_end(start, 30)


def test_the_shorter_of_two_promises_counts() -> None:
    found = Retention(hold="x").shortened({"answers": 365, "texts": 9000, "contacts": 30})
    assert found == Retention(30, 730, 730, 365, 730, "x")
    assert found.days(Kind.ANSWERS) == 365


@pytest.mark.parametrize(
    ("days", "words"), [(730, "两年"), (3650, "十年"), (4015, "11 年"), (90, "90 天"), (366, "366 天")]
)
def test_periods_are_spoken(days: int, words: str) -> None:
    assert spoken_period(days) == words
