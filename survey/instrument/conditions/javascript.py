"""Values as JavaScript sees them: truth, numbers, texts, order.

The form evaluates conditions in a browser, and survey-core relies on the implicit conversions of the language
(ECMAScript 2025, chapter 7). Values are None (null and undefined), bool, int, float, str, list and dict.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

Value = Any

BLANKS = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
"""What String.prototype.trim removes."""
DECIMAL = r"[+-]?(?:Infinity|[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
NUMBER = re.compile(DECIMAL)
RADIX = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
EXACT = 2.0**53
FIXED_BELOW, FIXED_FROM = 1e21, 1e-6
"""Numbers from 1e-6 to 1e21 are written without an exponent."""


def trim(text: str) -> str:
    """Return text.trim(), which also removes full-width blanks."""
    return text.strip(BLANKS)


def is_number(value: Value) -> bool:
    """Return typeof value === "number"."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_falsy(value: Value) -> bool:
    """Return !value: null, false, 0, NaN and ""; an empty list is truthy."""
    if isinstance(value, list | dict):
        return False
    return not value or (isinstance(value, float) and math.isnan(value))


def to_number(value: Value) -> float:
    """Return Number(value), NaN if it is not a number."""
    if value is None:
        return 0.0
    if isinstance(value, list):
        return to_number(to_text(value))
    if isinstance(value, dict):
        return math.nan
    if isinstance(value, str):
        return _number_of(trim(value))
    return float(value)


def _number_of(text: str) -> float:
    if RADIX.fullmatch(text):
        return float(int(text, 0))
    if NUMBER.fullmatch(text):
        return float(text)
    return math.nan if text else 0.0


def leading_number(value: Value) -> float:
    """Return parseFloat(value): the number with which the text begins, NaN if there is none."""
    found = NUMBER.match(trim(to_text(value)) if value is not None else "null")
    return float(found[0]) if found else math.nan


def to_text(value: Value) -> str:
    """Return String(value), but "" for null, as in a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(to_text(entry) for entry in value)
    if isinstance(value, dict):
        return "[object Object]"
    return value if isinstance(value, str) else _text_of(float(value))


def _text_of(number: float) -> str:
    """Return the shortest digits that give the number again, as Number.prototype.toString does."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("Infinity" if number > 0 else "-Infinity")
    if number == 0:
        return "0"
    shortest = Decimal(repr(number)).normalize()
    if FIXED_FROM <= abs(number) < FIXED_BELOW:
        return f"{shortest:f}"
    mantissa, _, power = f"{shortest:e}".partition("e")
    return f"{mantissa}e{int(power):+d}"


def to_fixed(number: float, digits: int) -> float:
    """Return parseFloat(number.toFixed(digits))."""
    if not math.isfinite(number) or abs(number) >= FIXED_BELOW:
        return float(number)
    return float(f"{number:.{digits}f}")


def primitive(value: Value) -> Value:
    """Return lists and objects as the texts that operators use."""
    return to_text(value) if isinstance(value, list | dict) else value


def above(left: Value, right: Value) -> bool:
    """Return left > right: texts by UTF-16 code units, all else as numbers."""
    left, right = primitive(left), primitive(right)
    if isinstance(left, str) and isinstance(right, str):
        return left.encode("utf-16-be", "surrogatepass") > right.encode("utf-16-be", "surrogatepass")
    return to_number(left) > to_number(right)


def plain_number(number: float) -> int | float:
    """Return whole numbers as int, like the constants of a condition, as long as they are exact."""
    return int(number) if abs(number) < EXACT and number.is_integer() else number
