"""Translate a `constraint` of an XLSForm into the limits of a question."""

from __future__ import annotations

import math
from dataclasses import dataclass

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.calculations import FLIPPED
from survey.formats.xlsform.logic.conditions import NUMBER
from survey.formats.xlsform.logic.expressions import Binary, Call, Dot, Literal, XPath, operands, parse_xpath, written
from survey.formats.xlsform.logic.fields import Kind

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True)
class Limits:
    """What a constraint means.

    Attributes:
        properties: `min`, `max`, `maxLength`, `maxSelectedChoices` of the element.
        exclusive: names of choices that exclude all others.
    """

    properties: dict[str, float | int]
    exclusive: tuple[str, ...] = ()


NO_LIMITS = Limits({})


def to_limits(text: str, kind: Kind) -> Limits:
    """Translate a constraint.

    Args:
        text: an XPath expression in which `.` is the answer.
        kind: of the question.

    Raises:
        QuestionnaireError: a syntax error, or a part that no limit expresses, which the error names.
    """
    properties: dict[str, float | int] = {}
    exclusive: list[str] = []
    for part in operands("and", _normal(parse_xpath(text))):
        if kind is Kind.SEVERAL and (names := _alone(part)):
            exclusive += names
            continue
        name, value = _limit(part, kind)
        held = properties.get(name, value)
        properties[name] = max(held, value) if name == "min" else min(held, value)
    return Limits(properties, tuple(exclusive))


def _normal(node: XPath, negated: bool = False) -> XPath:
    """Return the expression with every `not` at a leaf."""
    match node:
        case Call("not", (inner,)):
            return _normal(inner, not negated)
        case Binary("and" | "or" as word, left, right):
            joined = {"and": "or", "or": "and"}[word] if negated else word
            return Binary(joined, _normal(left, negated), _normal(right, negated))
        case Binary(sign, Literal() as left, right) if sign in FLIPPED and not isinstance(right, Literal):
            return _normal(Binary(FLIPPED[sign], right, left), negated)
        case Binary(sign, left, right) if sign in OPPOSITE:
            return Binary(OPPOSITE[sign] if negated else sign, left, right)
    return Call("not", (node,)) if negated else node


def _limit(part: XPath, kind: Kind) -> tuple[str, float | int]:
    match part:
        case Binary(sign, Dot(), Literal(text)) if kind is Kind.NUMBER and NUMBER.fullmatch(text):
            return _bound(sign, float(text), part)
        case Binary("<" | "<=" as sign, Call("string-length", (Dot(),)), Literal(text)) if kind is Kind.TEXT:
            return "maxLength", _most(sign, text, part)
        case Binary("<" | "<=" as sign, Call("count-selected", (Dot(),)), Literal(text)) if kind is Kind.SEVERAL:
            return "maxSelectedChoices", _most(sign, text, part)
    raise _refused(part)


def _bound(sign: str, value: float, part: XPath) -> tuple[str, int]:
    """Return the bound of a whole number."""
    if sign == ">=":
        return "min", math.ceil(value)
    if sign == ">":
        return "min", math.floor(value) + 1
    if sign == "<=":
        return "max", math.floor(value)
    if sign == "<":
        return "max", math.ceil(value) - 1
    raise _refused(part)


def _most(sign: str, text: str, part: XPath) -> int:
    if not NUMBER.fullmatch(text):
        raise _refused(part)
    _, value = _bound(sign, float(text), part)
    if value < 1:
        raise _refused(part)
    return value


def _alone(part: XPath) -> list[str]:
    """Return the choices of `not(selected(., 'x')) or count-selected(.) <= 1`; [] for any other condition."""
    names: list[str] = []
    counted = 0
    for option in operands("or", part):
        match option:
            case Binary(sign, Call("count-selected", (Dot(),)), Literal(text, True)):
                counted += (sign, float(text)) in (("<=", 1.0), ("<", 2.0), ("=", 1.0))
                continue
        denied = [_denied(one) for one in operands("and", option)]
        if names or not all(denied):
            return []
        names = denied
    return names if counted == 1 else []


def _denied(node: XPath) -> str:
    match node:
        case Call("not", (Call("selected", (Dot(), Literal(text))),)):
            return text
    return ""


def _refused(part: XPath) -> QuestionnaireError:
    return QuestionnaireError(
        f"constraint 里的“{written(part)}”没有对应",
        expected="数字的 . >= 、. <= ；文字的 string-length(.) <= ；多选的 count-selected(.) <= 和互斥选项",
        cure="改写成上下限，或删去后用访问员说明代替",
    )
