"""Evaluate routing conditions on one answer or on whole columns.

Each comparison on columns is evaluated once per distinct value by the function for single answers and broadcast to the
rows, so that the two evaluations always agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from survey.instrument.conditions.expression_grammar import (
    Array,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Operand,
    Parser,
    Variable,
)
from survey.instrument.conditions.surveyjs_values import COMPARISONS, converted, equal, is_empty
from survey.instrument.question import BLANK, OTHER, OTHER_VALUE

if TYPE_CHECKING:
    # Importing pandas takes half a second, which checking a questionnaire does not need.
    import pandas as pd

Flags = npt.NDArray[np.bool_]
Columns = Mapping[str, Any]
COMMENT = "-Comment"
"""SurveyJS keeps the "other" text of B1 under "B1-Comment"; the stored column is "B1.other"."""
UNNAMED = "\0"
"""Represents all checked options that a condition does not name."""
MEMBERSHIP = frozenset({"contains", "notcontains", "anyof", "allof", "noneof", "equal", "notequal"})


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
        return tuple(dict.fromkeys(variable.name for variable in _variables(self.root)))


def source(name: str) -> str:
    """Return the question of a variable, which may be a matrix cell or an "other" text."""
    return name.removesuffix(COMMENT).partition(".")[0]


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """Parse a condition.

    Raises:
        QuestionnaireError: a syntax error by `expression_grammar`; the error names the position.
    """
    return Expression(text, Parser(text).parse())


def _variables(node: Node | Operand) -> Iterator[Variable]:
    for leaf in _leaves(node):
        yield from (operand for operand in leaf if isinstance(operand, Variable))


def constants(node: Node | Operand) -> Iterator[Any]:
    """Yield the constants of a condition."""
    for leaf in _leaves(node):
        yield from (operand.value for operand in leaf if isinstance(operand, Const))


def _leaves(node: Node | Operand) -> Iterator[tuple[Operand, ...]]:
    match node:
        case Logic(_, parts):
            for part in parts:
                yield from _leaves(part)
        case Not(condition):
            yield from _leaves(condition)
        case Compare(_, left, right):
            yield from (*_leaves(left), *_leaves(right))
        case Empty(operand, _):
            yield from _leaves(operand)
        case Array(items):
            yield items
        case _:
            yield (node,)


def evaluate_one(expression: Expression, answers: Mapping[str, Any]) -> bool:
    """Return whether the condition holds for one response.

    Args:
        expression: the condition.
        answers: answers as the form keeps them: codes, lists of codes, {row: code} for a matrix, "other" and
            "B1-Comment".
    """
    return _holds(expression.root, answers)


def _holds(node: Node, answers: Mapping[str, Any]) -> bool:
    match node:
        case Logic("and", parts):
            return all(_holds(part, answers) for part in parts)
        case Logic(_, parts):
            return any(_holds(part, answers) for part in parts)
        case Not(condition):
            return not _holds(condition, answers)
        case Compare(operator, left, right):
            return COMPARISONS[operator](_value(left, answers), _value(right, answers))
        case Empty(operand, negated):
            return is_empty(_value(operand, answers)) is not negated


def _value(operand: Operand, answers: Mapping[str, Any]) -> Any:
    match operand:
        case Const(value):
            return value
        case Array(items):
            return [_value(item, answers) for item in items]
        case Variable(name):
            return converted(_answer(name, answers))


def _answer(name: str, answers: Mapping[str, Any]) -> Any:
    """Return the answer to a variable (a matrix cell for "E.E3"), None if there is none."""
    if name in answers:
        return answers[name]
    question, _, cell = name.partition(".")
    inner = answers.get(question)
    return inner.get(cell) if isinstance(inner, Mapping) else None


def evaluate(expression: Expression, columns: Columns) -> Flags:
    """Return the rows in which the condition holds.

    Args:
        expression: the condition.
        columns: stored columns by item name, all of one length: numpy, pandas or pyarrow; codes with NULL (NaN,
            None, NA) for not asked and -2 for blank; a checkbox by its flags "B1.1", "B1.2", ...; texts as objects.
            Missing columns count as never answered.

    Returns:
        One bool per row.
    """
    rows = len(next(iter(columns.values()))) if columns else 0
    return _flags(expression.root, columns, rows)


def _flags(node: Node, columns: Columns, rows: int) -> Flags:
    match node:
        case Logic(operator, parts):
            flags = [_flags(part, columns, rows) for part in parts]
            joined: Flags = (np.logical_and if operator == "and" else np.logical_or).reduce(flags)
            return joined
        case Not(condition):
            return ~_flags(condition, columns, rows)
        case _:
            return _leaf(node, columns, rows)


def _leaf(node: Node, columns: Columns, rows: int) -> Flags:
    """Evaluate one comparison on the distinct combinations of its variables."""
    import pandas as pd

    names = list(dict.fromkeys(variable.name for variable in _variables(node)))
    factors = [_factor(name, columns, rows, node) for name in names]
    combined = np.zeros(rows, dtype=np.int64)
    for codes, values in factors:
        combined = combined * len(values) + codes
    inverse, met = pd.factorize(combined)
    truth = [_holds(node, _decoded(int(key), names, factors)) for key in met]
    return np.array(truth, dtype=np.bool_)[inverse]


Factor = tuple[npt.NDArray[np.int64], list[Any]]
"""Index of the answer of each row, and the distinct answers."""


def _decoded(key: int, names: list[str], factors: list[Factor]) -> Mapping[str, Any]:
    answers = {}
    for name, (_, values) in zip(reversed(names), reversed(factors), strict=True):
        key, index = divmod(key, len(values))
        answers[name] = values[index]
    return answers


def _factor(name: str, columns: Columns, rows: int, node: Node) -> Factor:
    column = name.removesuffix(COMMENT) + ".other" if name.endswith(COMMENT) else name
    if column in columns:
        return _distinct(columns[column], OTHER_VALUE in constants(node))
    parts = {key.rpartition(".")[2]: key for key in columns if key.startswith(f"{name}.")}
    flags = {int(suffix): columns[key] for suffix, key in parts.items() if suffix.isdecimal()}
    if flags:
        return _checked(flags, node)
    cells = [_answered(columns[key]) for suffix, key in parts.items() if suffix != "other"]
    answered: Flags = np.logical_or.reduce([np.zeros(rows, dtype=np.bool_), *cells])
    return answered.astype(np.int64), [None, {"": True}]


def _series(column: Any) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(column.to_pandas() if hasattr(column, "to_pandas") else column)


def _answered(column: Any) -> Flags:
    series = _series(column)
    return (series.notna() & (series != BLANK)).to_numpy(dtype=np.bool_, na_value=False)


def _distinct(column: Any, with_other: bool) -> Factor:
    import pandas as pd

    codes, found = pd.factorize(_series(column))
    values = [None if value == BLANK else _plain(value) for value in found]
    if with_other:
        values = [OTHER_VALUE if value == OTHER else value for value in values]
    return np.where(codes < 0, len(values), codes).astype(np.int64), [*values, None]


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checked(flags: Mapping[int, Any], node: Node) -> Factor:
    """Return the checked options as lists; options that the comparison does not distinguish are merged."""
    import pandas as pd

    on = {
        OTHER_VALUE if code == OTHER else code: _series(column).gt(0).to_numpy(dtype=np.bool_, na_value=False)
        for code, column in flags.items()
    }
    bits = {label: flag for label, flag in on.items() if not _by_member(node) or _named(label, node)}
    rest = [flag for label, flag in on.items() if label not in bits]
    if rest:
        bits[UNNAMED] = np.logical_or.reduce(rest)
    key = np.zeros(len(next(iter(on.values()))), dtype=np.int64)
    for flag in bits.values():
        key = pd.factorize(key * 2 + flag)[0]
    first = np.flatnonzero(~pd.Series(key).duplicated().to_numpy())
    values = [[label for label, flag in bits.items() if flag[row]] or None for row in first.tolist()]
    return key, values


def _by_member(node: Node) -> bool:
    """Return whether the comparison depends only on which of its constants are members."""
    match node:
        case Compare(operator, Variable(), right):
            return operator in MEMBERSHIP and not any(True for _ in _variables(right))
        case _:
            return isinstance(node, Empty)


def _named(label: int | str, node: Node) -> bool:
    return any(equal(label, value) for value in constants(node))
