"""Population: convert the margins a statistician writes into the tables that weighting needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pandas as pd

from survey.errors import CalibrationError

Margins: TypeAlias = Mapping[str, Mapping[Any, float] | pd.Series] | Sequence[pd.DataFrame] | pd.DataFrame


def margin_tables(given: Margins) -> list[pd.DataFrame]:
    """Return margins as tables: the columns of each category, and `population`.

    Args:
        given: column -> {category: population}; or tables that have a column `population`, for margins of several
            columns together.

    Raises:
        CalibrationError: nothing of this shape.
    """
    if isinstance(given, pd.DataFrame):
        return [given]
    if isinstance(given, Mapping):
        return [_table(str(name), sizes) for name, sizes in given.items()]
    if isinstance(given, Sequence) and all(isinstance(table, pd.DataFrame) for table in given):
        return list(given)
    raise _unreadable(type(given).__name__)


def _table(name: str, sizes: Any) -> pd.DataFrame:
    if not isinstance(sizes, Mapping | pd.Series):
        raise _unreadable(f"{name}: {type(sizes).__name__}")
    counts = dict(sizes.items())
    return pd.DataFrame({name: list(counts), "population": [float(count) for count in counts.values()]})


def _unreadable(got: str) -> CalibrationError:
    return CalibrationError(
        "看不懂这份人口边际",
        got=got,
        expected='{"性别": {"男": 540000, "女": 560000}, "年龄": {...}}，或带 population 列的 DataFrame 列表',
    )
