"""Arithmetic of SurveyJS: decimals are rounded to the digits of the operands, missing answers count as 0.

These functions reproduce survey-core 2.5.38; the tests compare the two on a grid of values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from survey.instrument.conditions.javascript import (
    Value,
    is_falsy,
    is_number,
    plain_number,
    primitive,
    to_fixed,
    to_number,
    to_text,
)
from survey.instrument.conditions.surveyjs_values import is_empty, numeric


def decimals(value: Value) -> int:
    """Return the number of digits after the point, 0 for whole numbers and what is no number."""
    if math.isnan(numeric(value)) or (is_number(value) and float(value).is_integer()):
        return 0
    _, _, after = to_text(value).partition(".")
    return len(after.partition(".")[0])


def added(left: Value, right: Value) -> Value:
    """Return left + right of JavaScript: a concatenation if one of them is a text or a list."""
    left, right = primitive(left), primitive(right)
    if isinstance(left, str) or isinstance(right, str):
        return to_text(left) + to_text(right)
    return plain_number(to_number(left) + to_number(right))


def rounded_sum(left: Value, right: Value, total: Value) -> Value:
    """Round a sum or a difference to the digits of the operands."""
    digits = max(decimals(left), decimals(right))
    if not digits or isinstance(total, str):
        return total
    return plain_number(to_fixed(total, digits))


def plus(left: Value, right: Value) -> Value:
    """Add numbers, join texts, and join lists."""
    lists = isinstance(left, list), isinstance(right, list)
    if math.isnan(numeric(left)) or math.isnan(numeric(right)):
        return added(left, right) if not any(lists) else _joined(left, right)
    if isinstance(left, str) or isinstance(right, str):
        return added(left, right)
    return rounded_sum(left, right, added(left, right))


def _joined(left: Value, right: Value) -> Value:
    """Add to a list: another list, a text, or a number to the sum of its numbers."""
    if isinstance(left, list) and isinstance(right, list):
        return [*left, *right]
    entries, other = (left, right) if isinstance(left, list) else (right, left)
    if isinstance(other, str):
        text = ", ".join(map(to_text, entries))
        return text + other if entries is left else other + text
    if not is_number(other):
        return added(left, right)
    total: Value = 0
    for entry in (*filter(is_number, entries), other):
        total = rounded_sum(total, entry, added(total, entry))
    return total


def minus(left: Value, right: Value) -> Value:
    """Subtract as numbers."""
    return rounded_sum(left, right, plain_number(to_number(left) - to_number(right)))


def mul(left: Value, right: Value) -> Value:
    """Multiply as numbers."""
    product = to_number(left) * to_number(right)
    digits = decimals(left) + decimals(right)
    return plain_number(to_fixed(product, digits) if digits else product)


def div(left: Value, right: Value) -> Value:
    """Divide as numbers; None for a divisor of 0."""
    if is_falsy(right):
        return None
    over, under = to_number(left), to_number(right)
    if under == 0:
        return math.nan if over == 0 or math.isnan(over) else math.copysign(math.inf, over)
    return plain_number(over / under)


def mod(left: Value, right: Value) -> Value:
    """Return the remainder with the sign of the dividend; None for a divisor of 0."""
    if is_falsy(right):
        return None
    over, under = to_number(left), to_number(right)
    return plain_number(math.fmod(over, under)) if math.isfinite(over) and under else math.nan


def power(left: Value, right: Value) -> Value:
    """Raise to a power; NaN for a root of a negative number."""
    base, exponent = to_number(left), to_number(right)
    if math.isnan(exponent) or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    if base == 0 and exponent < 0:
        return math.inf
    try:
        raised = base**exponent
    except OverflowError:
        negative = base < 0 and exponent % 2 == 1
        return -math.inf if negative else math.inf
    return math.nan if isinstance(raised, complex) else plain_number(raised)


def _filled(value: Value, other: Value) -> Value:
    """Return what a missing answer counts as beside another value."""
    if not is_empty(value) or (isinstance(value, str) and not is_number(other)):
        return value
    if isinstance(other, str) and not is_number(other):
        return ""
    return [] if isinstance(other, list) else 0


def _calculated(operation: Callable[[Value, Value], Value]) -> Callable[[Value, Value], Value]:
    def calculate(left: Value, right: Value) -> Value:
        left = _filled(left, right)
        return operation(left, _filled(right, left))

    return calculate


ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "plus": _calculated(plus),
    "minus": _calculated(minus),
    "mul": _calculated(mul),
    "div": _calculated(div),
    "mod": _calculated(mod),
    "power": _calculated(power),
}
"""Arithmetic operator -> function of two values."""
CONNECTED: Mapping[str, Callable[[Value, Value], Value]] = {
    "and": _calculated(lambda left, right: left if is_falsy(left) else right),
    "or": _calculated(lambda left, right: right if is_falsy(left) else left),
}
"""Connective -> function that returns the value that decides."""
