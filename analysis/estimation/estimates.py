"""Estimates: the one shape in which results travel, to charts, tables, files and prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from survey.errors import DesignError

FIRST = ("item", "measure")
LAST = ("n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff", "flag")


@dataclass(frozen=True, slots=True)
class Estimates:
    """One row an estimate: item, measure, by-columns, then the columns of `LAST`.

    Shares lie in [0, 1]. A missing estimate always has a flag in its row; a difference has no `n_eff` and no `deff`.
    Further columns may follow `flag`.

    Attributes:
        table: the rows, in a stable order.
        meta: how they were made: level, interval, weighting label, by, where, version, mode, dates ...
    """

    table: pd.DataFrame
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a table without the common columns."""
        names = set(self.table.columns)
        lost = [name for name in (*FIRST, *LAST) if name not in names]
        if lost:
            raise DesignError("结果表缺少列", got="、".join(lost))

    def __len__(self) -> int:
        """Number of estimates."""
        return len(self.table)

    @property
    def by(self) -> tuple[str, ...]:
        """The by-columns, in order."""
        names = list(self.table.columns)
        return tuple(names[len(FIRST) : names.index(LAST[0])])

    def to_pandas(self) -> pd.DataFrame:
        """A copy of the table, free to change."""
        return self.table.copy()

    def to_arrow(self) -> Any:
        """The table as a pyarrow Table."""
        import pyarrow as pa

        return pa.Table.from_pandas(self.table, preserve_index=False)
