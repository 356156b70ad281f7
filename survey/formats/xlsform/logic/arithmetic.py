"""Translate comparisons of calculated numbers: sums of answers, numbers of chosen options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from survey.formats.xlsform.logic.expressions import Binary, Call, Literal, Ref, XPath, digits
from survey.formats.xlsform.logic.fields import Field, Kind

OPERATORS: Mapping[str, str] = {"+": "+", "-": "-", "*": "*", "div": "/", "mod": "%"}
COMPARISONS: Mapping[str, str] = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Amount:
    """A number in a condition, and the variables without which XPath has none."""

    text: str
    needed: tuple[str, ...] = ()


def compared(sign: str, left: XPath, right: XPath, field_of: Callable[[str], Field]) -> str | None:
    """Return the condition; None if a side is not a number, or no answer is compared.

    An empty answer is no number in XPath, so that all comparisons with it are false but `!=`.

    Args:
        sign: the comparison.
        left: its left side.
        right: its right side.
        field_of: function that returns what a name is, or raises.
    """
    one, other = (_amount(side, field_of) for side in (left, right))
    if one is None or other is None or "{" not in one.text + other.text:
        return None
    condition = f"{one.text} {COMPARISONS[sign]} {other.text}"
    needed = dict.fromkeys((*one.needed, *other.needed))
    if sign == "!=":
        return " or ".join([*(f"({name} empty)" for name in needed), f"({condition})"])
    return " and ".join([*(f"({name} notempty)" for name in needed), f"({condition})"])


def _amount(node: XPath, field_of: Callable[[str], Field]) -> Amount | None:
    match node:
        case Literal(text, True):
            return Amount(digits(text))
        case Ref(name) if field_of(name).kind is Kind.NUMBER:
            variable = f"{{{field_of(name).name}}}"
            return Amount(variable, (variable,))
        case Call("count-selected", (Ref(name),)) if field_of(name).kind is Kind.SEVERAL:
            return Amount(f"count({{{field_of(name).name}}})")
        case Call("number" | "int", (Ref() as inner,)):
            return _amount(inner, field_of)
        case Binary(operator, left, right) if operator in OPERATORS:
            one, other = (_amount(side, field_of) for side in (left, right))
            if one and other:
                return Amount(f"({one.text} {OPERATORS[operator]} {other.text})", one.needed + other.needed)
    return None
