"""Comparisons with the loose typing of SurveyJS.

A routing condition must evaluate here as it does in the form on a phone. These functions therefore reproduce
survey-core 2.5.38 case by case, quirks included; the tests compare the two on random values.
Values are None, bool, int, float, str, list and dict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

Value = Any
Number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def is_empty(value: Value) -> bool:
    """Return whether a value is None, "", [], {} or an object of empty values; 0 and False are not empty."""
    if isinstance(value, dict):
        return all(is_empty(entry) for entry in value.values())
    return value is None or value in ("", []) or (isinstance(value, float) and math.isnan(value))


def is_falsy(value: Value) -> bool:
    """Return JavaScript's `!value`; an empty list is truthy."""
    return value is None or (not isinstance(value, list | dict) and not value)


def to_number(value: Value) -> float:
    """Return JavaScript's Number(value), NaN if it is not a number."""
    if value is None:
        return 0.0
    if isinstance(value, list):
        return to_number(to_text(value))
    if isinstance(value, dict):
        return math.nan
    if isinstance(value, str):
        text = value.strip()
        return float(text) if Number.fullmatch(text) else (math.nan if text else 0.0)
    return float(value)


def to_text(value: Value) -> str:
    """Return JavaScript's value.toString()."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(to_text(entry) for entry in value)
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def converted(value: Value) -> Value:
    """Convert an answer as conditions do: "12" is a number, "true" is true, "012" remains text."""
    if not isinstance(value, str) or not value:
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if len(value) > 1 and value[0] in "'\"" and value[-1] in "'\"":
        return value[1:-1]
    number = _number(value)
    if number is None or _keeps_zeros(value):
        return value
    return number


def _number(text: str) -> int | float | None:
    plain = text.strip()
    if len(plain) > 15 and plain.isascii() and plain.isdecimal():
        return None
    if plain.count(",") == 1:
        plain = plain.replace(",", ".")
    if not Number.fullmatch(plain):
        return None
    number = float(plain)
    return int(number) if number.is_integer() else number


def _keeps_zeros(text: str) -> bool:
    if text[0] != "0" or len(text) == 1:
        return False
    return text[1] not in ".,"


def equal(left: Value, right: Value) -> bool:
    """Compare by `=`: "2" equals 2; the order of lists and the case of texts are ignored."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right or left.strip().lower() == right.strip().lower()
    if left is None or right is None:
        return (left in (None, "")) and (right in (None, ""))
    if _is_number(left) and _is_number(right) and to_number(left) == to_number(right):
        return True
    if is_empty(left) is not is_empty(right):
        return False
    for one, other in ((left, right), (right, left)):
        if isinstance(one, bool) and isinstance(other, str):
            return to_text(one) == other.lower()
    return _equal_objects(left, right)


def _is_number(value: Value) -> bool:
    """Return whether a value is a number or a numeric text; booleans and "" are not."""
    return not isinstance(value, list | dict | bool) and value != "" and not math.isnan(to_number(value))


def _equal_objects(left: Value, right: Value) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        if len(left) != len(right):
            return False
        pairs = zip(sorted(left, key=to_text), sorted(right, key=to_text), strict=True)
        return all(equal(one, other) for one, other in pairs)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return left in ([], {}) and right in ([], {})
    return to_number(left) == to_number(right)


def greater(left: Value, right: Value) -> bool:
    """Compare by `>`: texts lexically, all else as numbers; comparisons with a missing value are false."""
    if left is None or right is None:
        return False
    left, right = (to_text(value) if isinstance(value, list | dict) else value for value in (left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.encode("utf-16-be") > right.encode("utf-16-be")
    return to_number(left) > to_number(right)


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
    if left is None or left == "":
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
