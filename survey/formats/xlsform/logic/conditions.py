"""Translate a `relevant` of an XLSForm into a `visibleIf`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.arithmetic import compared
from survey.formats.xlsform.logic.calculations import FALSE, FLIPPED, TRUE, inlined
from survey.formats.xlsform.logic.expressions import (
    Binary,
    Call,
    Literal,
    Ref,
    XPath,
    digits,
    operands,
    parse_xpath,
    written,
)
from survey.formats.xlsform.logic.fields import Code, Field, Kind
from survey.instrument.finding import nearest

SIGNS: Mapping[str, str] = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
COUNTS = frozenset({"count-selected", "string-length"})
CASTS = frozenset({"number", "int", "string", "date"})
SOME: Mapping[tuple[str, float], str] = {
    **dict.fromkeys(((">", 0.0), (">=", 1.0), ("!=", 0.0)), "notempty"),
    **dict.fromkeys((("=", 0.0), ("<", 1.0), ("<=", 0.0)), "empty"),
}
"""Comparison of a count -> test for an answer."""
NUMBER = re.compile(r"-?(\d{1,15}(\.\d*)?|\.\d+)")
"""A number that a condition can hold exactly."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def to_visible_if(text: str, fields: Mapping[str, Field]) -> str:
    """Translate a condition.

    Args:
        text: an XPath expression.
        fields: name -> what it is in the questionnaire.

    Raises:
        QuestionnaireError: a syntax error, or a part without a counterpart, which the error names.
    """
    known = {name: field.calculation for name, field in fields.items() if field.calculation}
    node = inlined(parse_xpath(text), known)
    if node in (TRUE, FALSE):
        raise QuestionnaireError(
            f"条件永远{'' if node == TRUE else '不'}成立", got=text, cure="检查算式，或删去这个条件"
        )
    try:
        return _Translation(fields).condition(node)
    except QuestionnaireError as error:
        if node == parse_xpath(text):
            raise
        what = f"{error.what}（计算字段已按算式展开）"
        raise QuestionnaireError(what, got=text, expected=error.expected, cure=error.cure) from error


def literal(value: Code | str) -> str:
    """Return a constant as conditions write it: a plain number, or a quoted text."""
    text = str(value)
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text):
        return text
    escaped = text.replace("'", "\\'")
    return f"'{escaped}'"


class _Translation:
    """Translation of one condition."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields

    def condition(self, node: XPath) -> str:
        match node:
            case Binary("or" | "and" as word, _, _):
                return f" {word} ".join(f"({self.condition(part)})" for part in operands(word, node))
            case Binary(sign, left, right) if sign in SIGNS:
                return self._comparison(sign, left, right)
            case Call("not", (inner,)):
                return f"!({self.condition(inner)})"
            case Call("boolean", (inner,)):
                return self.condition(inner)
            case Call("selected", (Ref(name), Literal(text))):
                return self._selected(self._field(name), text, node)
        raise _refused(node)

    def _field(self, name: str) -> Field:
        found = self._fields.get(name)
        if found is None:
            raise QuestionnaireError(
                "表达式里的题目不存在", got=f"${{{name}}}", cure=_suggestion(name, self._fields) or "检查题号"
            )
        if found.kind is Kind.ABSENT:
            raise QuestionnaireError(
                f"条件看的是{found.absent}，这里没有它的答案",
                got=f"${{{name}}}",
                cure="改写成只看前面题目的条件，或删去它",
            )
        return found

    def _selected(self, asked: Field, text: str, node: XPath) -> str:
        if asked.kind is Kind.ONE:
            return f"{{{asked.name}}} = {self._code(asked, text)}"
        if asked.kind is Kind.SEVERAL:
            return f"{{{asked.name}}} contains {self._code(asked, text)}"
        raise _refused(node)

    def _comparison(self, sign: str, left: XPath, right: XPath) -> str:
        if isinstance(left, Literal) and not isinstance(right, Literal):
            return self._comparison(FLIPPED[sign], right, left)
        match _uncast(left), _uncast(right):
            case Ref(one), Literal(text):
                return self._constant(self._field(one), sign, text, Binary(sign, left, right))
            case Ref(one), Ref(other):
                return self._two(self._field(one), sign, self._field(other), Binary(sign, left, right))
            case Call(name, (Ref(one),)), Literal(text) if name in COUNTS and NUMBER.fullmatch(text):
                tested = SOME.get((sign, float(text)))
                if tested and self._field(one).kind in (Kind.SEVERAL, Kind.TEXT):
                    return f"{{{self._field(one).name}}} {tested}"
        amounts = compared(sign, left, right, self._field)
        if amounts is None:
            raise _refused(left if isinstance(left, Call) else Binary(sign, left, right))
        return amounts

    def _constant(self, asked: Field, sign: str, text: str, node: XPath) -> str:
        name = f"{{{asked.name}}}"
        if not text and sign in ("=", "!="):
            return f"{name} {'empty' if sign == '=' else 'notempty'}"
        if asked.kind is Kind.ONE:
            return self._choice(asked, sign, text, node)
        if asked.kind is Kind.SEVERAL and sign in ("=", "!="):
            return f"{name} {SIGNS[sign]} [{self._code(asked, text)}]"
        number, day = NUMBER.fullmatch(text), DAY.fullmatch(text)
        if asked.kind is Kind.NUMBER and number:
            return f"{name} {SIGNS[sign]} {digits(text)}"
        if (asked.kind is Kind.DATE and day) or (asked.kind is Kind.TEXT and sign in ("=", "!=")):
            return f"{name} {SIGNS[sign]} {literal(text)}"
        raise _refused(node)

    def _choice(self, asked: Field, sign: str, text: str, node: XPath) -> str:
        """Compare a single choice; the order of names is that of their numbers, as in XPath."""
        if sign not in ORDERS:
            return f"{{{asked.name}}} {SIGNS[sign]} {self._code(asked, text)}"
        if not NUMBER.fullmatch(text):
            raise _refused(node)
        if asked.plain:
            return f"{{{asked.name}}} {sign} {digits(text)}"
        numbers = {name: float(name) for name in asked.codes if NUMBER.fullmatch(name)}
        met = [literal(asked.codes[name]) for name, value in numbers.items() if ORDERS[sign](value, float(text))]
        if not met:
            raise QuestionnaireError("没有一个选项满足这个条件", got=written(node), cure="检查比较的数")
        return f"{{{asked.name}}} anyof [{', '.join(met)}]"

    def _two(self, one: Field, sign: str, other: Field, node: XPath) -> str:
        same = one.kind is other.kind is Kind.ONE and one.codes == other.codes and sign in ("=", "!=")
        if same or one.kind is other.kind is Kind.NUMBER:
            return f"{{{one.name}}} {SIGNS[sign]} {{{other.name}}}"
        raise _refused(node)

    def _code(self, asked: Field, text: str) -> str:
        name = text if text in asked.codes or not NUMBER.fullmatch(text) else digits(text)
        if name not in asked.codes:
            raise QuestionnaireError(
                "条件里的选项不在这道题的选项表里",
                got=f"{asked.name}：{text}",
                expected="、".join(list(asked.codes)[:12]),
                cure="写 choices 里的 name",
            )
        return literal(asked.codes[name])


def _uncast(node: XPath) -> XPath:
    """Return the argument of `number(…)` and the like, which comparisons with a constant do not need."""
    match node:
        case Call(name, (inner,)) if name in CASTS:
            return inner
    return node


def _suggestion(name: str, fields: Mapping[str, Field]) -> str:
    near = nearest(name, list(fields), 0.6)
    return f"是否想写 ${{{near}}}？" if near else ""


def _refused(node: XPath) -> QuestionnaireError:
    return QuestionnaireError(
        f"条件里的“{written(node)}”没有对应",
        expected="题目与固定值比较、selected()、not()、and、or 和括号",
        cure="改写这个条件，或删去后在问卷里手写 visibleIf",
    )
