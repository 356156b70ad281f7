"""Syntax trees of routing conditions, as frozen nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Const:
    """A number, text, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Variable:
    """The answer to a question: "A1", a matrix cell "E.E3", or the other text "B1-Comment"."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """A list of values in brackets."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A calculation; `operator` is a key of `survey.instrument.conditions.arithmetic.ARITHMETIC`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values; `name` is a key of `survey.instrument.conditions.functions.FUNCTIONS`."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values; `operator` is a key of `survey.instrument.conditions.surveyjs_values.COMPARISONS`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Empty:
    """A test for a missing answer (or, `negated`, for an answer)."""

    operand: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a condition."""

    condition: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by "and" or by "or"."""

    operator: str
    parts: tuple[Node, ...]


Node = Const | Variable | Array | Arithmetic | Call | Compare | Empty | Not | Logic


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node."""
    match node:
        case Const() | Variable():
            return ()
        case Array(inner) | Logic(_, inner) | Call(_, inner):
            return inner
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Empty(inner) | Not(inner):
            return (inner,)


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes below it, from left to right."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


def is_boolean(node: Node) -> bool:
    """Return whether the value of a node is always true or false."""
    match node:
        case Compare() | Empty() | Not():
            return True
        case Logic(_, parts):
            return all(is_boolean(part) for part in parts)
        case Const(value):
            return isinstance(value, bool)
        case _:
            return False
