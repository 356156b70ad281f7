"""Days, as declared dates: one rule for pages and one for documents, deadlines never on a weekend.

Sentences and axes of pages write 12 月 25 日 and 2026 年 6 月, with blanks as around every number of a page; documents
write 12月25日, as official documents do; method strips, tables and files write 2026-12-25.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from reports.sentences.sentence import Declared, Sentence, say
from survey.study.study import Study

SATURDAY = 5


def full(day: date) -> Declared:
    """Return a day with its year: 2026年11月28日."""
    return Declared("年".join((str(day.year), _short(day))), "date")


def near(day: date, year: int) -> Declared:
    """Return a day; its year is left out where the document is of the same year."""
    return Declared(_short(day), "date") if day.year == year else full(day)


def span(start: date, end: date, year: int) -> Declared:
    """Return days of fieldwork, both included: 9月7日至20日."""
    last = near(end, start.year).text
    if start.year == end.year and start.month == end.month:
        last = f"{end.day}日"
    return Declared("至".join((near(start, year).text, last)), "date")


def month(day: date, year: int) -> Declared:
    """Return the month of a day: 6月, or 2025年6月 where it lies in another year."""
    text = f"{day.month}月"
    return Declared(text if day.year == year else "年".join((str(day.year), text)), "date")


def on_page(day: date, year: int = 0) -> Declared:
    """Return a day as pages write it, 12 月 25 日; with its year where that is not `year`, always without one."""
    written = f"{day.month} 月 {day.day} 日"
    return Declared(written if day.year == year else f"{day.year} 年 {written}", "date")


def months_on_page(study: Study) -> Mapping[str, str]:
    """Return wave -> the month in which it began, as pages write it: 2026 年 6 月."""
    return {wave.name: f"{wave.start.year} 年 {wave.start.month} 月" for wave in study.waves}


def by_on_page(day: date, year: int) -> Sentence:
    """Return a deadline as pages write it: 12 月 25 日前."""
    return say("{day}前", day=on_page(day, year))


def deadline(start: date, days: int) -> date:
    """Return the day some days after a start; the Friday before where it lies on a weekend."""
    return workday(start + timedelta(days=days))


def workday(day: date) -> date:
    """Return the day itself; the Friday before where it lies on a weekend."""
    return day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0))


def before(day: date, year: int) -> Sentence:
    """Return a deadline in words: 12月25日前."""
    return say("{day}前", day=near(day, year))


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"
