"""Evaluate routing conditions on one response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from survey.instrument.conditions.arithmetic import ARITHMETIC, CONNECTED
from survey.instrument.conditions.expression_grammar import Parser
from survey.instrument.conditions.functions import FUNCTIONS
from survey.instrument.conditions.javascript import is_falsy
from survey.instrument.conditions.surveyjs_values import COMPARISONS, converted, is_empty
from survey.instrument.conditions.syntax import (
    Arithmetic,
    Call,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Variable,
    parts_of,
    walk,
)

BINARY = {**COMPARISONS, **ARITHMETIC}
COMMENT = "-Comment"
"""SurveyJS keeps the "other" text of B1 under "B1-Comment"; the stored column is "B1.other"."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed condition.

    Attributes:
        text: the text as written.
        root: its syntax tree.
    """

    text: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The distinct variables it refers to, as written."""
        return variables(self.root)


def source(name: str) -> str:
    """Return the question of a variable, which may be a matrix cell or an "other" text."""
    return name.removesuffix(COMMENT).partition(".")[0]


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """Parse a condition.

    Raises:
        QuestionnaireError: a syntax error by `expression_grammar`, or an unsupported function; the error names the
            position.
    """
    return Expression(text, Parser(text).parse())


def variables(node: Node) -> tuple[str, ...]:
    """Return the distinct variables of a condition, in order."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Variable)))


def constants(node: Node) -> Iterator[Any]:
    """Yield the constants of a condition."""
    yield from (part.value for part in walk(node) if isinstance(part, Const))


def evaluate_one(expression: Expression, answers: Mapping[str, Any]) -> bool:
    """Return whether the condition holds for one response.

    Args:
        expression: the condition.
        answers: answers as the form keeps them: codes, lists of codes, {row: code} for a matrix, "other" and
            "B1-Comment".
    """
    return holds(expression.root, answers)


def holds(node: Node, answers: Mapping[str, Any]) -> bool:
    """Return whether a condition holds for one response: its value must be true; 1 and "yes" do not suffice."""
    return value_of(node, answers) is True


def value_of(node: Node, answers: Mapping[str, Any]) -> Any:
    """Return the value of a node for one response: a number, text, boolean, list or None."""
    match node:
        case Const(value):
            return value
        case Variable(name):
            return converted(_answer(name, answers))
        case Logic(operator, parts):
            return _decided(operator, parts, answers)
        case _:
            return _calculated(node, [value_of(part, answers) for part in parts_of(node)])


def _calculated(node: Node, values: list[Any]) -> Any:
    """Return the value of an operation on these values."""
    match node:
        case Compare(operator) | Arithmetic(operator):
            return BINARY[operator](*values)
        case Call(name):
            return FUNCTIONS[name].call(values)
        case Not():
            return is_falsy(values[0])
        case Empty(_, negated):
            return is_empty(values[0]) is not negated
        case _:
            return values


def _decided(operator: str, parts: tuple[Node, ...], answers: Mapping[str, Any]) -> Any:
    """Return the value that decides: the first falsy one of "and", the first truthy one of "or", else the last."""
    value = value_of(parts[0], answers)
    for part in parts[1:]:
        if isinstance(value, bool) and value is (operator == "or"):
            break
        value = CONNECTED[operator](value, value_of(part, answers))
    return value


def _answer(name: str, answers: Mapping[str, Any]) -> Any:
    """Return the answer to a variable (a matrix cell for "E.E3"), None if there is none."""
    if name in answers:
        return answers[name]
    question, _, cell = name.partition(".")
    inner = answers.get(question)
    return inner.get(cell) if isinstance(inner, Mapping) else None
