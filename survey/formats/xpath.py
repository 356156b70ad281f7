"""Translate conditions between SurveyJS (`visibleIf`) and XLSForm (`relevant`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from survey.errors import QuestionnaireError
from survey.instrument.conditions.expressions import COMMENT, parse
from survey.instrument.conditions.syntax import Array, Compare, Const, Empty, Logic, Node, Not, Variable
from survey.instrument.conditions.written import written
from survey.instrument.question import OTHER, OTHER_VALUE, Question
from survey.instrument.questionnaire import Questionnaire

SIGNS: Mapping[str, str] = {
    "equal": "=",
    "notequal": "!=",
    "less": "<",
    "lessorequal": "<=",
    "greater": ">",
    "greaterorequal": ">=",
}
NAMED: Mapping[str, str] = {sign: sign if sign != "!=" else "<>" for sign in SIGNS.values()}


def field_name(name: str) -> str:
    """Return the XLSForm name of a column or variable: dots and the comment mark become underscores."""
    return name.replace(COMMENT, "_other").replace(".", "_")


def choice_name(code: Any) -> str:
    """Return the XLSForm name of a choice: its code, or `other` for 其他."""
    return OTHER_VALUE if code in (OTHER, OTHER_VALUE) else str(code)


def to_relevant(condition: str, questionnaire: Questionnaire) -> str:
    """Translate a visibleIf into a relevant.

    Raises:
        QuestionnaireError: it compares two answers, which XLSForm does not support for codes.
    """
    return _Writer(questionnaire).write(parse(condition).root)


class _Writer:
    """Writer of conditions as XPath; the type of a question decides between `=` and `selected()`."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questions = {question.name: question for question in questionnaire.questions}

    def write(self, node: Node) -> str:
        match node:
            case Logic(operator, parts):
                return f" {operator} ".join(f"({self.write(part)})" for part in parts)
            case Not(condition):
                return f"not({self.write(condition)})"
            case Empty(operand, negated):
                return f"{self._name(operand)} {'!=' if negated else '='} ''"
            case Compare(operator, left, right):
                return self._compare(operator, left, right)
            case _:
                raise _untranslatable(written(node))

    def _compare(self, operator: str, left: Node, right: Node) -> str:
        name = self._name(left)
        values = right.items if isinstance(right, Array) else (right,)
        constants = [value.value for value in values if isinstance(value, Const)]
        if len(constants) != len(values):
            raise _untranslatable(f"{name} {operator} …")
        question = self._question(left)
        if operator in GROUPED:
            return GROUPED[operator]([self._one(name, value, question) for value in constants])
        if question is not None and question.type.several and operator in ("equal", "notequal"):
            chosen = f"selected({name}, '{choice_name(constants[0])}')"
            return chosen if operator == "equal" else f"not({chosen})"
        return f"{name} {SIGNS[operator]} {_literal(constants[0], question)}"

    def _one(self, name: str, value: Any, question: Question | None) -> str:
        if question is not None and question.type.several:
            return f"selected({name}, '{choice_name(value)}')"
        return f"{name} = {_literal(value, question)}"

    def _question(self, operand: Node) -> Question | None:
        return self._questions.get(operand.name.partition(".")[0]) if isinstance(operand, Variable) else None

    def _name(self, operand: Node) -> str:
        if not isinstance(operand, Variable):
            raise _untranslatable("左边不是题号")
        return f"${{{field_name(operand.name)}}}"


def _literal(value: Any, question: Question | None) -> str:
    """Return a constant in XPath: a number for a numeric question, else a string, as XLSForm has for choices."""
    if question is not None and not question.type.listed and isinstance(value, int | float):
        return f"{value:g}"
    return f"'{choice_name(value)}'"


def _any(parts: list[str]) -> str:
    return " or ".join(parts)


def _all(parts: list[str]) -> str:
    return " and ".join(parts)


def _none(parts: list[str]) -> str:
    return f"not({_any(parts)})"


GROUPED: Mapping[str, Callable[[list[str]], str]] = {
    "anyof": _any,
    "allof": _all,
    "contains": _all,
    "noneof": _none,
    "notcontains": _none,
}
TOKEN = re.compile(
    r"\s*(?:\$\{(?P<name>[^{}]+)\}|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|!=|=|<|>|\(|\)|,)|(?P<word>[A-Za-z][\w-]*))"
)


def from_relevant(text: str, names: Mapping[str, str] | None = None) -> str:
    """Translate a relevant into a visibleIf.

    Args:
        text: comparisons with constants, `selected()`, `not()`, `and`, `or`, parentheses.
        names: XLSForm name -> SurveyJS name, where they differ.

    Raises:
        QuestionnaireError: it uses anything else; the error names the position.
    """
    reader = _Reader(text, names or {})
    return reader.condition(whole=True)


class _Reader:
    """Recursive-descent parser that translates a relevant to a visibleIf in one pass."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self.text, self.names, self.place = text, names, 0

    def condition(self, *, whole: bool = False) -> str:
        """Translate parts joined by or."""
        made = self._joined("or", lambda: self._joined("and", self._test))
        if whole and self.text[self.place :].strip():
            raise self._wrong()
        return made

    def _joined(self, word: str, part: Callable[[], str]) -> str:
        parts = [part()]
        while self._word(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else f" {word} ".join(f"({one})" for one in parts)

    def _test(self) -> str:
        if self._word("not"):
            return f"!({self._inside()})"
        if self._word("selected"):
            return self._selected()
        if self._sign("("):
            return self._closed(self.condition())
        return self._comparison()

    def _inside(self) -> str:
        if not self._sign("("):
            raise self._wrong()
        return self._closed(self.condition())

    def _closed(self, inner: str) -> str:
        if not self._sign(")"):
            raise self._wrong()
        return inner

    def _selected(self) -> str:
        if not self._sign("("):
            raise self._wrong()
        name = self._take("name")
        if not self._sign(","):
            raise self._wrong()
        value = self._value(self._take("text"))
        return self._closed(f"{self._ours(name)} contains {value}")

    def _comparison(self) -> str:
        name = self._take("name")
        sign = self._take("sign")
        if sign not in NAMED:
            raise self._wrong()
        found = TOKEN.match(self.text, self.place)
        kind = found.lastgroup if found else ""
        if kind not in ("text", "number"):
            raise self._wrong()
        value = self._take(str(kind))
        if value in ("''", '""'):
            return f"{self._ours(name)} {'empty' if sign == '=' else 'notempty'}"
        return f"{self._ours(name)} {NAMED[sign]} {self._value(value)}"

    def _ours(self, name: str) -> str:
        return f"{{{self.names.get(name, name)}}}"

    def _value(self, text: str) -> str:
        bare = text[1:-1] if text[:1] in "'\"" else text
        return bare if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", bare) else f"'{bare}'"

    def _take(self, kind: str) -> str:
        found = TOKEN.match(self.text, self.place)
        if not found or found.lastgroup != kind:
            raise self._wrong()
        self.place = found.end()
        return found[kind]

    def _word(self, word: str) -> bool:
        return self._accept("word", word)

    def _sign(self, sign: str) -> bool:
        return self._accept("sign", sign)

    def _accept(self, kind: str, text: str) -> bool:
        found = TOKEN.match(self.text, self.place)
        if not found or found.lastgroup != kind or found[kind] != text:
            return False
        self.place = found.end()
        return True

    def _wrong(self) -> QuestionnaireError:
        return QuestionnaireError(
            "XLSForm 的 relevant 不能转换",
            where=f"“{self.text}”第 {self.place + 1} 个字符",
            expected="题目与固定值比较、selected()、not()、and、or 和括号",
            cure="改写这个条件，或导入后在问卷里手写 visibleIf",
        )


def _untranslatable(text: str) -> QuestionnaireError:
    return QuestionnaireError("这个显示条件不能转成 XLSForm", got=text, expected="题目与固定选项比较")
