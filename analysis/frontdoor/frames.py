"""Frames: read any data frame through narwhals, and return its columns as pandas where an estimate needs them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from survey.errors import ArgumentError, DesignError

if TYPE_CHECKING:
    import narwhals as nw

KNOWN = "pandas、polars、pyarrow 或 DuckDB 的表"


def read_frame(given: Any) -> nw.DataFrame[Any]:
    """Return a frame unchanged, without a copy; collect a lazy one.

    Raises:
        ArgumentError: not a frame, or two columns of one name.
        DesignError: a frame without rows.
    """
    import narwhals as nw

    if isinstance(given, pd.DataFrame):
        given = given.copy(deep=False)  # copy on write: later changes by the caller do not reach this frame
    try:
        table = _native(given)
    except nw.exceptions.DuplicateError as error:
        twice = " ".join(str(error).split("\n")[1:])
        raise ArgumentError("表里有重名的列", got=twice, cure="先改名，每个列名只能出现一次") from error
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            "survey_design 需要一张每行一份答卷的表",
            got=type(given).__name__,
            expected=KNOWN,
            cure="文件请先读入，例如 pandas.read_csv(...)",
        ) from error
    strange = [name for name in table.columns if not isinstance(name, str)]
    if strange:
        cure = "先改成文字：frame.columns = [str(name) for name in frame.columns]"
        raise ArgumentError("列名应当是文字", got=repr(strange[0]), cure=cure)
    frame: nw.DataFrame[Any] = table.collect() if isinstance(table, nw.LazyFrame) else table
    if not len(frame):
        raise DesignError("表里没有一行答卷", expected="每行一份答卷", cure="检查读入或筛选的步骤")
    return frame


def _native(given: Any) -> nw.DataFrame[Any] | nw.LazyFrame[Any]:
    """Return what narwhals supports, else read what exports Arrow data."""
    import narwhals as nw

    try:
        table: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(given, pass_through=False)
        return table
    except TypeError:
        if not hasattr(given, "__arrow_c_stream__"):
            raise
        stream: nw.DataFrame[Any] = nw.from_arrow(given, backend="pyarrow")
        return stream


def take(frame: nw.DataFrame[Any], names: Iterable[str]) -> pd.DataFrame:
    """Return columns as a pandas frame with rows 0, 1, 2, ...

    Raises:
        ArgumentError: an unknown column.
    """
    wanted = list(dict.fromkeys(names))
    lost = [str(name) for name in wanted if name not in frame.columns]
    if lost:
        known = "、".join(map(str, frame.columns))
        raise ArgumentError("数据中没有这一列", got="、".join(lost), expected=known)
    columns = {name: frame.get_column(name).to_pandas().reset_index(drop=True) for name in wanted}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))


def take_groups(frame: nw.DataFrame[Any], names: Iterable[str]) -> pd.DataFrame:
    """Return grouping columns; ArgumentError where the values of one are lists or records."""
    taken = take(frame, names)
    for name, column in taken.items():
        first = column.first_valid_index()
        if first is not None and not isinstance(column[first], Hashable):
            raise ArgumentError("这一列不能用来分组", where=str(name), got=type(column[first]).__name__)
    return taken
