"""Translate a `visibleIf` into a `relevant` of an XLSForm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.errors import QuestionnaireError
from survey.formats.xlsform.logic.expressions import digits
from survey.instrument.conditions.expressions import COMMENT, parse
from survey.instrument.conditions.syntax import Array, Call, Compare, Const, Empty, Logic, Node, Not, Variable
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


@dataclass(frozen=True)
class FormNames:
    """Names in the form, where they are not those of the questionnaire.

    Attributes:
        fields: variable ("A1", "E.E3", "B1-Comment") -> name in the survey sheet.
        choices: question -> code -> name in the choices sheet.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """Return the name of a variable; dots and the comment mark become underscores."""
        return self.fields.get(name) or name.replace(COMMENT, "_other").replace(".", "_")

    def choice(self, question: str, code: Any) -> str:
        """Return the name of a choice: its text name or its code, `other` for 其他, 1 and 0 for true and false."""
        if code in (OTHER, OTHER_VALUE):
            return OTHER_VALUE
        plain = int(code) if isinstance(code, bool) else code
        return self.choices.get(question, {}).get(plain, str(plain))


def to_relevant(condition: str, questionnaire: Questionnaire, names: FormNames | None = None) -> str:
    """Translate a visibleIf into a relevant.

    Raises:
        QuestionnaireError: it calculates, or compares answers in a way that XLSForm does not support for codes.
    """
    try:
        return _Writer(questionnaire, names or FormNames()).write(parse(condition).root)
    except QuestionnaireError as error:
        raise QuestionnaireError(error.what, where=f"“{condition}”", got=error.got, expected=error.expected) from error


class _Writer:
    """Writer of conditions as XPath; the type of a question decides between `=` and `selected()`."""

    def __init__(self, questionnaire: Questionnaire, names: FormNames) -> None:
        self._questions = {question.name: question for question in questionnaire.questions}
        self._names = names

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
        if isinstance(left, Call) and operator in SIGNS:
            return self._counted(left, operator, right)
        name, question = self._name(left), self._question(left)
        if isinstance(right, Variable) and operator in SIGNS:
            return self._two(name, operator, question, right)
        values = right.items if isinstance(right, Array) else (right,)
        constants = [value.value for value in values if isinstance(value, Const)]
        if len(constants) != len(values):
            raise _untranslatable(f"{name} {operator} …")
        if operator in GROUPED:
            return GROUPED[operator]([self._one(name, value, question) for value in constants])
        if len(constants) != 1:
            raise _untranslatable(f"{name} {operator} […]")
        if question is not None and question.type.several and operator in ("equal", "notequal"):
            chosen = f"selected({name}, {self._literal(constants[0], question)})"
            return chosen if operator == "equal" else f"not({chosen})"
        return f"{name} {SIGNS[operator]} {self._literal(constants[0], question)}"

    def _counted(self, call: Call, operator: str, right: Node) -> str:
        """Write a comparison of the number of chosen options."""
        counted = call.arguments[0] if call.name == "count" and len(call.arguments) == 1 else call
        question = self._question(counted)
        limit = right.value if isinstance(right, Const) else None
        if question is None or not question.type.several or type(limit) is not int:
            raise _untranslatable(written(call))
        return f"count-selected({self._name(counted)}) {SIGNS[operator]} {limit}"

    def _two(self, name: str, operator: str, question: Question | None, right: Variable) -> str:
        other = self._question(right)
        if question and other and question.type.numeric and other.type.numeric:
            return f"{name} {SIGNS[operator]} {self._name(right)}"
        raise _untranslatable(f"{name} {operator} {self._name(right)}")

    def _one(self, name: str, value: Any, question: Question | None) -> str:
        if question is not None and question.type.several:
            return f"selected({name}, {self._literal(value, question)})"
        return f"{name} = {self._literal(value, question)}"

    def _question(self, operand: Node) -> Question | None:
        return self._questions.get(operand.name.partition(".")[0]) if isinstance(operand, Variable) else None

    def _name(self, operand: Node) -> str:
        if not isinstance(operand, Variable):
            raise _untranslatable(f"左边不是题号：{written(operand)}")
        return f"${{{self._names.field(operand.name)}}}"

    def _literal(self, value: Any, question: Question | None) -> str:
        """Return a constant: a number for a numeric question, else a string, as XLSForm has for choices."""
        if question is not None and not question.type.listed and isinstance(value, int | float):
            return digits(int(value) if isinstance(value, bool) else value)
        text = self._names.choice(question.name, value) if question and question.type.listed else str(value)
        if ("'" in text and '"' in text) or "${" in text:
            raise _untranslatable(text)
        return f'"{text}"' if "'" in text else f"'{text}'"


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


def _untranslatable(text: str) -> QuestionnaireError:
    return QuestionnaireError("这个显示条件不能转成 XLSForm", got=text, expected="题目与固定选项比较")
