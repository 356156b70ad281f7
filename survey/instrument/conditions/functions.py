"""Functions in routing conditions, as survey-core 2.5.38 evaluates them, and those that are refused."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey.instrument.conditions.arithmetic import added, power, rounded_sum
from survey.instrument.conditions.javascript import (
    FIXED_BELOW,
    Value,
    above,
    is_falsy,
    plain_number,
    to_number,
    to_text,
)
from survey.instrument.conditions.surveyjs_values import numeric

EPSILON = 2.0**-52
MONTHS = 12
MANY = 50
"""Most arguments of a function."""
MOST_DIGITS = 1000
ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        call: function of the arguments.
        least: smallest number of arguments.
        most: largest number of arguments.
        dates: how many of the first arguments are dates, which must be written year-month-day.
        units: values of the last of `most` arguments, if only some are supported.
    """

    call: Callable[[Sequence[Value]], Value]
    least: int
    most: int
    dates: int = 0
    units: tuple[str, ...] = ()


def _flat(values: Sequence[Value]) -> Iterator[Value]:
    """Yield all entries, also of lists, without missing ones; texts that read like numbers as numbers."""
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        elif value is not None:
            number = numeric(value)
            yield value if math.isnan(number) else plain_number(number)


def _sum(values: Sequence[Value]) -> Value:
    total: Value = 0
    for value in _flat(values):
        total = rounded_sum(total, value, added(total, value))
    return total


def _extreme(values: Sequence[Value], beats: Callable[[Value, Value], bool]) -> Value:
    found = None
    for value in _flat(values):
        if found is None or beats(found, value):
            found = value
    return found


def _min(values: Sequence[Value]) -> Value:
    return _extreme(values, above)


def _max(values: Sequence[Value]) -> Value:
    return _extreme(values, lambda found, value: above(value, found))


def _count(values: Sequence[Value]) -> int:
    return sum(1 for _ in _flat(values))


def _avg(values: Sequence[Value]) -> Value:
    count = _count(values)
    return plain_number(to_number(_sum(values)) / count) if count else 0


def _number_and_digits(values: Sequence[Value]) -> tuple[float, float]:
    """Return the first two values of `round` and `trunc`, NaN for what is no number; 0 digits if none are given."""
    number, digits = (*_flat(values), None, None)[:2]
    if is_falsy(digits):
        return numeric(number), 0.0
    return numeric(number) if not math.isnan(numeric(digits)) else math.nan, numeric(digits)


def _round(values: Sequence[Value]) -> Value:
    number, digits = _number_and_digits(values)
    scale = to_number(power(10, digits))
    scaled = number * scale * (1 + EPSILON) + 0.5
    return plain_number(math.floor(scaled) / scale) if math.isfinite(scaled) else math.nan


def _trunc(values: Sequence[Value]) -> Value:
    number, digits = _number_and_digits(values)
    kept = int(min(digits, MOST_DIGITS)) if digits > 0 and digits.is_integer() and digits < FIXED_BELOW else 0
    after = rf"(?:.[0-9]{{0,{kept}}})?" if kept else ""
    found = re.match(rf"-?[0-9]+{after}", to_text(number))
    return plain_number(to_number(found[0])) if found else math.nan


def _iif(values: Sequence[Value]) -> Value:
    condition, yes, no = (*values, None)[:3]
    return no if is_falsy(condition) else yes


def _substring(values: Sequence[Value]) -> Value:
    text, start, end = (*values, None)[:3]
    if not isinstance(text, str) or not text or math.isnan(numeric(start)):
        return ""
    units = text.encode("utf-16-le", "surrogatepass")
    length = len(units) // 2
    first = min(max(int(to_number(start)), 0), length)
    last = length if math.isnan(numeric(end)) else min(max(int(to_number(end)), 0), length)
    low, high = sorted((first, last))
    return units[2 * low : 2 * high].decode("utf-16-le", "surrogatepass")


def _day(value: Value) -> date | None:
    """Return the date of a text year-month-day, None for any other value."""
    if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _diff_days(values: Sequence[Value]) -> Value:
    if is_falsy(values[0]) or is_falsy(values[1]):
        return 0
    first, second = _day(values[0]), _day(values[1])
    return abs((second - first).days) if first and second else math.nan


def _date_diff(values: Sequence[Value]) -> Value:
    unit = values[2] if len(values) > 2 and not is_falsy(values[2]) else "days"
    if is_falsy(values[0]) or is_falsy(values[1]):
        return None
    if unit == "days":
        return _diff_days(values)
    first, second = _day(values[0]), _day(values[1])
    if not first or not second:
        return math.nan
    months = (second.year - first.year) * MONTHS + second.month - first.month - (second.day < first.day)
    return months if unit == "months" else math.trunc(months / MONTHS)


def _year(values: Sequence[Value]) -> Value:
    if is_falsy(values[0]):
        return None
    day = _day(values[0])
    return day.year if day else math.nan


FUNCTIONS: Mapping[str, Function] = {
    "iif": Function(_iif, 2, 3),
    "sum": Function(_sum, 1, MANY),
    "avg": Function(_avg, 1, MANY),
    "min": Function(_min, 1, MANY),
    "max": Function(_max, 1, MANY),
    "count": Function(_count, 1, MANY),
    "round": Function(_round, 1, 2),
    "trunc": Function(_trunc, 1, 2),
    "substring": Function(_substring, 2, 3),
    "diffDays": Function(_diff_days, 2, 2, dates=2),
    "dateDiff": Function(_date_diff, 2, 3, dates=2, units=("days", "months", "years")),
    "getYear": Function(_year, 1, 1, dates=1),
}
"""Name of a function -> the function."""

CLOCK = "它看的是今天的日期，同一份答卷以后重算会得到别的结果；请直接问年龄或日期，再与固定值比较"
ROWS = "它数动态面板和动态矩阵的行，这里没有这两种题"
STATE = "它看的是手机问卷当时的状态，导入的答卷没有这种状态；请改写成看题目的答案"
REFUSED: Mapping[str, str] = {
    **dict.fromkeys(("age", "today", "currentDate", "currentYear", "year", "month", "day", "weekday"), CLOCK),
    **dict.fromkeys(("getDate", "dateAdd"), "请直接比较两个日期，或用 dateDiff、diffDays 求相差的天数"),
    **dict.fromkeys(("sumInArray", "countInArray", "avgInArray", "minInArray", "maxInArray"), ROWS),
    **dict.fromkeys(("isContainerReady", "isDisplayMode", "propertyValue"), STATE),
    **dict.fromkeys(("not", "negate"), "手机问卷不认识这种否定；请改写成 !(…)"),
    "displayValue": "请比较选项的代码，例如 {A1} = 1",
    "getComment": "请写 {A1-Comment}",
}
"""Function of survey-core that is refused -> reason and alternative, in Chinese."""


def refusal(name: str) -> str:
    """Return why a function is refused, and what to write instead."""
    if found := REFUSED.get(name) or REFUSED.get(name.lower()):
        return found
    names = {known.lower(): known for known in FUNCTIONS}
    near = difflib.get_close_matches(name.lower(), names, 1)
    return f"是否想写 {names[near[0]]}？" if near else "自己编写的函数只在原来的网页里有；请改写成比较"
