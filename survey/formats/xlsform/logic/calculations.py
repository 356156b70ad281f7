"""Replace calculated fields and `if()` in a condition, so that it looks only at answers.

${adult} = 1   with adult = if(${age} >= 18, 1, 0)   becomes   ${age} >= 18
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.expressions import Binary, Call, Literal, Ref, XPath, parse_xpath

FLIPPED: Mapping[str, str] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
TRUE, FALSE = Call("true", ()), Call("false", ())
LARGEST = 400
"""Largest number of parts of a condition after the replacement."""
ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def calculation(text: str, known: Mapping[str, XPath]) -> XPath | None:
    """Return a calculation in terms of answers; None for one that is malformed or too long.

    Args:
        text: an XPath expression.
        known: earlier calculated fields -> their calculations.
    """
    try:
        made = _value(parse_xpath(text), known)
    except QuestionnaireError:
        return None
    return made if _size(made) <= LARGEST else None


def inlined(node: XPath, known: Mapping[str, XPath]) -> XPath:
    """Return a condition without the calculated fields in `known`, and without `if()`, where they are compared.

    A calculated field alone is no condition: as a text, it is true unless it is empty.
    """
    match node:
        case Call("not" | "boolean" as name, arguments):
            return _called(name, tuple(inlined(one, known) for one in arguments))
        case Call("if", (condition, *values)):
            return Call("if", (inlined(condition, known), *(_value(one, known) for one in values)))
        case Call(name, arguments):
            return Call(name, tuple(_value(one, known) for one in arguments))
        case Binary("and" | "or" as word, left, right):
            return _joined(word, inlined(left, known), inlined(right, known))
        case Binary(sign, left, right) if sign in ORDERS:
            return _compared(sign, _value(left, known), _value(right, known))
        case Binary(sign, left, right):
            return Binary(sign, _value(left, known), _value(right, known))
    return node


def _value(node: XPath, known: Mapping[str, XPath]) -> XPath:
    """Return an operand without the calculated fields in `known`."""
    return known.get(node.name, node) if isinstance(node, Ref) else inlined(node, known)


def _called(name: str, arguments: tuple[XPath, ...]) -> XPath:
    if name == "not" and arguments in ((TRUE,), (FALSE,)):
        return FALSE if arguments == (TRUE,) else TRUE
    return Call(name, arguments)


def _joined(word: str, left: XPath, right: XPath) -> XPath:
    """Join two conditions; one that is always true or always false decides or drops out."""
    decisive, idle = (FALSE, TRUE) if word == "and" else (TRUE, FALSE)
    if decisive in (left, right):
        return decisive
    if idle in (left, right):
        return right if left == idle else left
    return Binary(word, left, right)


def _compared(sign: str, left: XPath, right: XPath) -> XPath:
    match left, right:
        case Literal(), Literal():
            return TRUE if _holds(sign, left, right) else FALSE
        case Literal(), _:
            return _compared(FLIPPED[sign], right, left)
        case Call("if", (condition, yes, no)), Literal():
            chosen = _joined("and", condition, _compared(sign, yes, right))
            other = _joined("and", _called("not", (condition,)), _compared(sign, no, right))
            return _joined("or", chosen, other)
        case ((Binary() | Call("selected" | "not", _)), Literal("true" | "false" as text, False)) if _is_test(left):
            # a calculated condition is stored as one of these words
            wanted = (text == "true") == (sign == "=")
            return left if wanted else _called("not", (left,))
    return Binary(sign, left, right)


def _is_test(node: XPath) -> bool:
    return isinstance(node, Call) or (isinstance(node, Binary) and node.operator in {*ORDERS, "and", "or"})


def _holds(sign: str, left: Literal, right: Literal) -> bool:
    """Compare two constants as XPath does: as numbers if one of them is a number or the order counts."""
    if not (left.number or right.number) and sign in ("=", "!="):
        return (left.text == right.text) == (sign == "=")
    try:
        return ORDERS[sign](float(left.text), float(right.text))
    except ValueError:
        return sign == "!="


def _size(node: XPath) -> int:
    match node:
        case Call(_, arguments):
            return 1 + sum(map(_size, arguments))
        case Binary(_, left, right):
            return 1 + _size(left) + _size(right)
    return 1
