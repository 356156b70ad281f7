"""Conditions: which rows, cells or estimates a question is about.

    {"sex": 2}                            equal
    {"district": ["D1", "D2"]}            one of several
    {"age": range(18, 60)}                18 <= age < 60, as in Python
    {"age": slice(60, None)}              60 and over; both ends are included, as in pandas `.loc`
    {"sex": 2, "age": slice(60, None)}    all of them together
    nw.col("age") >= 60                   a narwhals expression over any columns

A missing value meets no condition. narwhals is imported only when an expression is evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.errors import ArgumentError

if TYPE_CHECKING:
    import narwhals as nw

BoolArray = npt.NDArray[np.bool_]
Where: TypeAlias = "Mapping[str, Any] | nw.Expr"
SEVERAL = (Sequence, set, frozenset, np.ndarray, pd.Index, pd.Series)


def matching(values: pd.Series[Any] | pd.Index[Any], wanted: Any) -> BoolArray:
    """Return which values meet one condition; missing values never do.

    Args:
        values: a column.
        wanted: a value, a list of values, a `range` or a `slice`.

    Raises:
        ArgumentError: a range over values without an order, or a slice with a step.
    """
    known = np.asarray(values.notna(), dtype=np.bool_)
    if isinstance(wanted, range) and wanted.step == 1:
        return known & _between(values, wanted.start, wanted.stop, closed=False)
    if isinstance(wanted, slice):
        if wanted.step is not None:
            raise ArgumentError("slice 条件不能带步长", got=str(wanted), expected="slice(下限, 上限)，两端都算在内")
        return known & _between(values, wanted.start, wanted.stop, closed=True)
    several = isinstance(wanted, SEVERAL) and not isinstance(wanted, str)
    listed = [_moment(values, one) for one in (wanted if several else [wanted])]
    return known & np.asarray(values.isin(listed), dtype=np.bool_)


def _moment(values: pd.Series[Any] | pd.Index[Any], wanted: Any) -> Any:
    """Return a date, or its text, as the timestamp that a column of dates holds; anything else unchanged."""
    dated = pd.api.types.is_datetime64_any_dtype(values.dtype) and isinstance(wanted, str | date)
    return pd.Timestamp(wanted) if dated else wanted


def _between(values: pd.Series[Any] | pd.Index[Any], low: Any, high: Any, *, closed: bool) -> BoolArray:
    inside = np.ones(len(values), dtype=np.bool_)
    try:
        if low is not None:
            inside &= np.asarray(values >= _moment(values, low), dtype=np.bool_)
        if high is not None:
            end = _moment(values, high)
            inside &= np.asarray(values <= end if closed else values < end, dtype=np.bool_)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            "这一列的取值与所给的范围不能比较大小",
            where=str(values.name or ""),
            got=f"{values.dtype} 列与 {low!r} 至 {high!r}",
            cure="数值列才能用 range；文字列请列出取值，例如 ['甲区', '乙区']",
        ) from error
    return inside


def satisfying(frame: Any, expression: Any) -> BoolArray:
    """Return which rows of a frame narwhals accepts meet a narwhals expression; a missing result does not.

    Raises:
        ArgumentError: not an expression, an unknown column, or a result that is not one boolean per row.
    """
    import narwhals as nw

    if not isinstance(expression, nw.Expr):
        raise ArgumentError(
            "筛选条件的写法不认识",
            got=type(expression).__name__,
            expected='{"列": 值、列表、range 或 slice}，或 narwhals 表达式',
            cure='import narwhals as nw，再写 where=nw.col("age") >= 60',
        )
    table = nw.from_native(frame, eager_only=True, pass_through=False)
    try:
        found = table.select(expression)
    except (nw.exceptions.NarwhalsError, TypeError, ValueError, NotImplementedError) as error:
        raise ArgumentError(
            "筛选表达式无法计算",
            where=str(expression),
            got=str(error).strip().splitlines()[0],
            expected=f"只用这些列：{'、'.join(table.columns)}",
        ) from error
    kinds = list(found.schema.values())
    if len(found) != len(table) or kinds != [nw.Boolean]:
        got = f"{len(found)} 行，{'、'.join(map(str, kinds))}"
        raise ArgumentError("筛选表达式应当给每一行一个“是”或“否”", where=str(expression), got=got)
    return np.asarray(found[found.columns[0]].fill_null(False).to_numpy(), dtype=np.bool_)


def recorded(where: Where | None) -> dict[str, Any]:
    """Return a condition as the estimates record it: column -> wanted, an expression under "expression"."""
    if where is None or isinstance(where, Mapping):
        return dict(where or {})
    return {"expression": str(where)}
