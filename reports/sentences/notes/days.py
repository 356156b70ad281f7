"""Days in documents, as declared dates: 9月7日至20日, deadlines never on a weekend."""

from __future__ import annotations

from datetime import date, timedelta

from reports.sentences.sentence import Declared, Sentence, say

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


def deadline(start: date, days: int) -> date:
    """Return the day some days after a start; the Friday before where it lies on a weekend."""
    end = start + timedelta(days=days)
    return end - timedelta(days=max(end.weekday() - SATURDAY + 1, 0))


def before(day: date, year: int) -> Sentence:
    """Return a deadline in words: 12月25日前."""
    return say("{day}前", day=near(day, year))


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"
