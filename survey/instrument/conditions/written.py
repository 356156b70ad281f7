"""Write syntax trees as conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey.instrument.conditions.syntax import (
    Arithmetic,
    Array,
    Call,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Variable,
    parts_of,
)

SIGNS: Mapping[str, str] = {
    "equal": "=",
    "notequal": "<>",
    "less": "<",
    "lessorequal": "<=",
    "greater": ">",
    "greaterorequal": ">=",
    "plus": "+",
    "minus": "-",
    "mul": "*",
    "div": "/",
    "mod": "%",
    "power": "^",
}
"""Operator -> its sign; all others are written by name."""


def written(node: Node) -> str:
    """Return a condition that parses to an equal tree; operations below another one are in brackets."""
    match node:
        case Const(value):
            return _constant(value)
        case Variable(name):
            return f"{{{name}}}"
        case Array(items):
            return f"[{', '.join(map(written, items))}]"
        case Call(name, arguments):
            return f"{name}({', '.join(map(written, arguments))})"
        case _:
            return _operation(node, [_inner(part) for part in parts_of(node)])


def _operation(node: Node, parts: list[str]) -> str:
    match node:
        case Empty(_, negated):
            return f"{parts[0]} {'notempty' if negated else 'empty'}"
        case Not():
            return f"!{parts[0]}"
        case Logic(operator) | Compare(operator) | Arithmetic(operator):
            return f" {SIGNS.get(operator, operator)} ".join(parts)
        case _:
            raise AssertionError(node)


def _inner(node: Node) -> str:
    text = written(node)
    return f"({text})" if isinstance(node, Arithmetic | Compare | Empty | Logic | Not) else text


def _constant(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        quoted = value.replace("'", "\\'").replace('"', '\\"')
        return f"'{quoted}'"
    return repr(value)
