"""Evaluate routing conditions on whole columns.

Each comparison is evaluated once per distinct combination of answers by the function for single answers and broadcast
to the rows, so that the two evaluations always agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from survey.instrument.conditions.expressions import COMMENT, Expression, constants, holds, variables
from survey.instrument.conditions.surveyjs_values import equal
from survey.instrument.conditions.syntax import (
    Array,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Variable,
    is_boolean,
    walk,
)
from survey.instrument.question import BLANK, OTHER, OTHER_VALUE

if TYPE_CHECKING:
    # Importing pandas takes half a second, which checking a questionnaire does not need.
    import pandas as pd

Flags = npt.NDArray[np.bool_]
Columns = Mapping[str, Any]
Meanings = Mapping[str, Mapping[int, Any]]
UNNAMED = "\0"
"""Represents all checked options that a condition does not name."""
MEMBERSHIP = frozenset({"contains", "notcontains", "anyof", "allof", "noneof", "equal", "notequal"})


def evaluate(expression: Expression, columns: Columns, meanings: Meanings = MappingProxyType({})) -> Flags:
    """Return the rows in which the condition holds.

    Args:
        expression: the condition.
        columns: stored columns by item name, all of one length: numpy, pandas or pyarrow; codes with NULL (NaN,
            None, NA) for not asked and -2 for blank; a checkbox by its flags "B1.1", "B1.2", ...; texts as objects.
            Missing columns count as never answered.
        meanings: question -> stored code -> value in the form, where they differ; see `Question.meanings`.

    Returns:
        One bool per row.
    """
    rows = len(next(iter(columns.values()))) if columns else 0
    return _flags(expression.root, _Stored(columns, meanings, rows))


@dataclass(frozen=True, slots=True)
class _Stored:
    """Stored columns, the values their codes stand for, and the number of rows."""

    columns: Columns
    meanings: Meanings
    rows: int


def _flags(node: Node, stored: _Stored) -> Flags:
    match node:
        case Logic(operator, parts) if is_boolean(node):
            flags = [_flags(part, stored) for part in parts]
            joined: Flags = (np.logical_and if operator == "and" else np.logical_or).reduce(flags)
            return joined
        case Not(condition) if is_boolean(condition):
            return ~_flags(condition, stored)
        case _:
            return _leaf(node, stored)


Places = npt.NDArray[np.int64]
Factor = tuple[Places, list[Any]]
"""Index of the answer of each row, and the distinct answers."""


def _leaf(node: Node, stored: _Stored) -> Flags:
    """Evaluate one comparison on the distinct combinations of its variables."""
    factors = {name: _factor(name, stored, node) for name in variables(node)}
    if len(factors) == 1:
        ((name, (codes, values)),) = factors.items()
        return np.array([holds(node, {name: value}) for value in values], dtype=np.bool_)[codes]
    key, rows = _combined([codes for codes, _ in factors.values()], stored.rows)
    met = [{name: values[codes[row]] for name, (codes, values) in factors.items()} for row in rows.tolist()]
    return np.array([holds(node, answers) for answers in met], dtype=np.bool_)[key]


def _combined(factors: Sequence[Places], rows: int) -> tuple[Places, Places]:
    """Return the number of the combination of each row, and the first row of each combination."""
    import pandas as pd

    key = np.zeros(rows, dtype=np.int64)
    for codes in factors:
        key = pd.factorize(key * (codes.max(initial=0) + 1) + codes)[0]
    return key, np.flatnonzero(~pd.Series(key).duplicated().to_numpy())


def _factor(name: str, stored: _Stored, node: Node) -> Factor:
    columns = stored.columns
    column = name.removesuffix(COMMENT) + ".other" if name.endswith(COMMENT) else name
    if column in columns:
        return _distinct(columns[column], stored.meanings.get(name, {}))
    parts = {key.rpartition(".")[2]: key for key in columns if key.startswith(f"{name}.")}
    flags = {int(suffix): columns[key] for suffix, key in parts.items() if suffix.isdecimal()}
    if flags:
        return _checked(flags, node)
    cells = [_answered(columns[key]) for suffix, key in parts.items() if suffix != "other"]
    answered: Flags = np.logical_or.reduce([np.zeros(stored.rows, dtype=np.bool_), *cells])
    return answered.astype(np.int64), [None, {"": True}]


def _series(column: Any) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(column.to_pandas() if hasattr(column, "to_pandas") else column)


def _answered(column: Any) -> Flags:
    series = _series(column)
    return (series.notna() & (series != BLANK)).to_numpy(dtype=np.bool_, na_value=False)


def _distinct(column: Any, meaning: Mapping[int, Any]) -> Factor:
    import pandas as pd

    codes, found = pd.factorize(_series(column))
    plain = [_plain(value) for value in found]
    values = [None if value == BLANK else meaning.get(value, value) for value in plain]
    return np.where(codes < 0, len(values), codes).astype(np.int64), [*values, None]


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _checked(flags: Mapping[int, Any], node: Node) -> Factor:
    """Return the checked options as lists; options that the comparison does not distinguish are merged."""
    on = {
        OTHER_VALUE if code == OTHER else code: _series(column).gt(0).to_numpy(dtype=np.bool_, na_value=False)
        for code, column in flags.items()
    }
    bits = {label: flag for label, flag in on.items() if not _by_member(node) or _named(label, node)}
    rest = [flag for label, flag in on.items() if label not in bits]
    if rest:
        bits[UNNAMED] = np.logical_or.reduce(rest)
    key, first = _combined([flag.astype(np.int64) for flag in bits.values()], len(next(iter(on.values()))))
    values = [[label for label, flag in bits.items() if flag[row]] or None for row in first.tolist()]
    return key, values


def _by_member(node: Node) -> bool:
    """Return whether the comparison depends only on which of its constants are members."""
    match node:
        case Compare(operator, Variable(), Const() | Array() as right):
            return operator in MEMBERSHIP and all(isinstance(part, Const | Array) for part in walk(right))
        case _:
            return isinstance(node, Empty)


def _named(label: int | str, node: Node) -> bool:
    return any(equal(label, value) for value in constants(node))
