"""Decide the order of day and month in dates such as 8/9/2026, which no single cell reveals: the whole column does."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

SHORT = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{1,2})"
    r"(?:[t\s]+(?:(上午|下午|早上|晚上|中午|凌晨)\s*)?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*(am|pm|上午|下午))?)?"
)
"""Three short numbers, and optionally a time of day: NFKC, lower case, single blanks."""
CENTURY = 2000
Parts = tuple[int, int, int]
"""Year, month, day."""
ORDERS: Mapping[str, Callable[[int, int, int], Parts]] = {
    "mdy": lambda one, two, three: (three, one, two),
    "dmy": lambda one, two, three: (three, two, one),
    "ymd": lambda one, two, three: (one, two, three),
}
"""Name -> the date that three numbers stand for."""
Inside = Callable[[datetime], bool]


def decided(texts: Collection[str], inside: Inside | None) -> Mapping[str, datetime | None]:
    """Return the times of all short dates of a column by one order; None for all where the order remains unknown.

    An order is possible if it gives a date for every text. Of several, the one with most dates inside the wave is
    right; where that decides nothing, month before day if every time is given with AM or PM, as in American exports.

    Args:
        texts: distinct texts that match `SHORT`.
        inside: whether a time lies in the wave; None for any.
    """
    read = {order: {text: _moment(text, order) for text in texts} for order in ORDERS}
    possible = [order for order, found in read.items() if all(moment is not None for moment in found.values())]
    ranked = sorted(possible, key=lambda order: -_fitting(read[order], inside))
    if not ranked:
        return dict.fromkeys(texts)
    best = ranked[0]
    alone = len(ranked) == 1 or _fitting(read[best], inside) > _fitting(read[ranked[1]], inside)
    if alone or all(read[best] == read[order] for order in ranked[1:]):
        return read[best]
    american = (
        "mdy" in ranked and not _fitting(read[best], inside) and all(text.endswith(("am", "pm")) for text in texts)
    )
    return read["mdy"] if american or (inside is None and "mdy" in ranked) else dict.fromkeys(texts)


def _fitting(found: Mapping[str, datetime | None], inside: Inside | None) -> int:
    return sum(inside is not None and moment is not None and inside(moment) for moment in found.values())


def _moment(text: str, order: str) -> datetime | None:
    found = SHORT.fullmatch(text)
    if found is None or len(found[3] if order != "ymd" else found[1]) not in (2, 4):
        return None  # a year has two or four digits
    year, month, day = ORDERS[order](int(found[1]), int(found[2]), int(found[3]))
    hour = half_day(int(found[5] or 0), found[4] or found[8])
    try:
        start = datetime(year + CENTURY if year < 100 else year, month, day)
        return start + clock(hour, int(found[6] or 0), int(found[7] or 0))
    except ValueError:
        return None


def half_day(hour: int, half: str | None) -> int:
    """Return the hour of the day, 0 to 24; -1 where the half of the day does not allow it (13 点上午)."""
    if half is None or half == "中午":
        return hour + 12 if half and hour < 3 else hour
    if half in ("上午", "早上", "凌晨", "am"):
        return hour % 12 if hour <= 12 else -1
    return hour % 12 + 12 if hour <= 12 else hour


def clock(hour: int, minute: int, second: int) -> timedelta:
    """Return the time since midnight; 24:00:00 is the end of the day.

    Raises:
        ValueError: no time of day.
    """
    if not (0 <= hour < 24 and minute < 60 and second < 60) and (hour, minute, second) != (24, 0, 0):
        raise ValueError(f"{hour}:{minute}:{second}")
    return timedelta(hours=hour, minutes=minute, seconds=second)
