"""Comparisons with the loose typing of SurveyJS.

A routing condition must evaluate here as it does in the form on a phone. These functions therefore reproduce
survey-core 2.5.38 case by case, quirks included; the tests compare the two on a grid of values and on random ones.
Values are None, bool, int, float, str, list and dict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from survey.instrument.conditions.javascript import (
    Value,
    above,
    is_falsy,
    leading_number,
    plain_number,
    to_number,
    to_text,
    trim,
)

LONGEST_NUMBER = 15
"""Digits up to which a text is a number; longer ones are names, such as identity numbers."""
HEXADECIMAL, LONGEST_HEXADECIMAL = re.compile("0x[0-9a-fA-F]+"), 32
OPERATORS = "*^/%"
"""A text with one of them is an expression to survey-core, and no number."""


def is_empty(value: Value) -> bool:
    """Return whether a value is None, "", NaN, [], {} or an object of empty values; 0 and False are not empty."""
    if isinstance(value, dict):
        return all(is_empty(entry) for entry in value.values())
    return value is None or value in ("", []) or (isinstance(value, float) and math.isnan(value))


def numeric(value: Value) -> float:
    """Return the number that survey-core reads in a value, NaN if it reads none: "1,5" is 1.5, true is none."""
    if isinstance(value, str):
        value = trim(value)
        if not value or _is_long(value) or _has_operator(value):
            return math.nan
        if value.startswith("0x"):
            digits = HEXADECIMAL.match(value)
            return float(int(digits[0], 16)) if digits and len(value) <= LONGEST_HEXADECIMAL else math.nan
        if value.count(",") == 1:
            value = value.replace(",", ".")
    number = leading_number(value)
    return number if math.isfinite(to_number(value)) else math.nan


def _is_long(text: str) -> bool:
    return len(text) > LONGEST_NUMBER and text.isascii() and text.isdecimal()


def _has_operator(text: str) -> bool:
    return max(text.rfind("-"), text.rfind("+")) <= 0 and any(sign in text for sign in OPERATORS)


def converted(value: Value) -> Value:
    """Convert an answer as conditions do: "12" is a number, "true" is true, "012" remains text."""
    if not isinstance(value, str) or not value:
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if len(value) > 1 and value[0] in "'\"" and value[-1] in "'\"":
        return value[1:-1]
    number = numeric(value)
    return value if math.isnan(number) or _keeps_zeros(value) else plain_number(number)


def _keeps_zeros(text: str) -> bool:
    return text[0] == "0" and len(text) > 1 and text[1] not in ".,x"


UNDEFINED = "undefined"
"""A text that survey-core takes for a missing answer."""


def equal(left: Value, right: Value) -> bool:
    """Compare by `=`: "2" equals 2; the order of lists and the case of texts are ignored."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str) and one == UNDEFINED:
            return other in (None, "", [], UNDEFINED)
    return same(left, right)


def same(left: Value, right: Value) -> bool:
    """Compare two values or two entries of lists."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right or trim(left).lower() == trim(right).lower()
    if left is None or right is None:
        return left in (None, "") and right in (None, "")
    if is_empty(left) is not is_empty(right):
        return False
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool) and isinstance(other, str):
            return to_text(one) == other.lower()
    return _same_objects(left, right)


def _same_objects(left: Value, right: Value) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        pairs = zip(sorted(left, key=_sort_text), sorted(right, key=_sort_text), strict=True)
        return all(same(one, other) for one, other in pairs)
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        return _same_entries(_entries(left), _entries(right))
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return False
    return to_number(left) == to_number(right)


def _sort_text(value: Value) -> bytes:
    """Return the text by which Array.prototype.sort compares."""
    return ("null" if value is None else to_text(value)).encode("utf-16-be", "surrogatepass")


def _entries(value: Value) -> Mapping[str, Value]:
    return {str(place): entry for place, entry in enumerate(value)} if isinstance(value, list) else value


def _same_entries(left: Mapping[str, Value], right: Mapping[str, Value]) -> bool:
    return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)


def greater(left: Value, right: Value) -> bool:
    """Compare by `>`: texts lexically, all else as numbers; comparisons with a missing value are false."""
    return left is not None and right is not None and above(left, right)


def contains(left: Value, right: Value) -> bool:
    """Evaluate `contains`: membership in a list (of all, if several), else a substring."""
    return _contains(left, right, wanted=True)


def notcontains(left: Value, right: Value) -> bool:
    """Evaluate `notcontains`, which is true for a missing answer."""
    if is_falsy(left) and not is_empty(right):
        return True
    return _contains(left, right, wanted=False)


def _contains(left: Value, right: Value, *, wanted: bool) -> bool:
    if left == [] and isinstance(left, list):
        return not wanted
    if is_falsy(left) and not (left is False or left == 0):
        return False
    if not isinstance(left, list):
        if is_falsy(right):
            return False
        found = to_text(right).lower() in to_text(left).lower()
        return found is wanted
    for entry in right if isinstance(right, list) else [right]:
        if not any(equal(member, entry) for member in left):
            return not wanted
    return wanted


def anyof(left: Value, right: Value) -> bool:
    """Evaluate `anyof`: at least one element of the right side."""
    if is_empty(left):
        return is_empty(right)
    if is_empty(right):
        return True
    if not isinstance(left, list):
        return contains(right, left)
    if not isinstance(right, list):
        return contains(left, right)
    return any(contains(left, entry) for entry in right)


def allof(left: Value, right: Value) -> bool:
    """Evaluate `allof`: all elements of the right side."""
    if is_falsy(left) and not is_empty(right):
        return False
    if not isinstance(right, list):
        return contains(left, right)
    return all(contains(left, entry) for entry in right)


COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "equal": equal,
    "notequal": lambda left, right: not equal(left, right),
    "greater": greater,
    "less": lambda left, right: greater(right, left),
    "greaterorequal": lambda left, right: equal(left, right) or greater(left, right),
    "lessorequal": lambda left, right: equal(left, right) or greater(right, left),
    "contains": contains,
    "notcontains": notcontains,
    "anyof": anyof,
    "allof": allof,
    "noneof": lambda left, right: not anyof(left, right),
}
"""Comparison -> function of two values."""
