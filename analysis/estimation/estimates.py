"""Estimates: the one shape in which results pass to charts, tables, files and prose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.conditions import Where, matching, satisfying
from survey.errors import ArgumentError, DesignError

FIRST = ("item", "measure")
LAST = ("n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff", "flag")


@dataclass(frozen=True, slots=True)
class Estimates:
    """One row per estimate: item, measure, by-columns, then the columns of `LAST`.

    Shares lie in [0, 1]; only displays are in percent. A row with a missing estimate always has a flag; a difference,
    a total and a ratio have no `n_eff` and no `deff`. Further columns may follow `flag`.

    Attributes:
        table: the rows, in a stable order.
        meta: how the estimates were made: level, interval, weighting label, by, where, unit ("share" unless given as
            "number"), version, mode, dates ...
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
        """Return the number of estimates."""
        return len(self.table)

    def __repr__(self) -> str:
        """Return the heading and eight columns, shares in percent."""
        from analysis.estimation import display

        return display.text(self.table, self.by, self.meta)

    def _repr_html_(self) -> str:
        """Return the same for a notebook."""
        from analysis.estimation import display

        return display.html(self.table, self.by, self.meta)

    @property
    def by(self) -> tuple[str, ...]:
        """The by-columns, in order."""
        names = list(self.table.columns)
        return tuple(names[len(FIRST) : names.index(LAST[0])])

    def filter(self, where: Where | None = None, **columns: Any) -> Estimates:
        """Keep only some of the estimates; for another population ask again with `where=`.

        Args:
            where: a condition on columns of the table (`analysis.design.conditions`).
            columns: the same as a mapping: `estimates.filter(district=["D1", "D2"], n=slice(30, None))`.

        Raises:
            ArgumentError: an unknown column or a condition that cannot be evaluated.
        """
        mapped = {**(where if isinstance(where, Mapping) else {}), **columns}
        lost = [name for name in mapped if name not in self.table]
        if lost:
            known = "、".join(map(str, self.table.columns))
            raise ArgumentError("结果表没有这一列", got="、".join(lost), expected=known)
        keep = np.ones(len(self), dtype=np.bool_)
        if where is not None and not isinstance(where, Mapping):
            keep &= satisfying(self.table, where)
        for name, wanted in mapped.items():
            keep &= matching(self.table[name], wanted)
        return replace(self, table=self.table[keep].reset_index(drop=True))

    def plot(self) -> Any:
        """Return a Plotly figure of the estimates with their intervals, which the caller may change."""
        from analysis.estimation import display

        return display.figure(self.table, self.by, self.meta)

    def to_pandas(self) -> pd.DataFrame:
        """Return a copy of the table that the caller may change."""
        return self.table.copy()

    def to_polars(self) -> Any:
        """Return the table as a polars DataFrame.

        Raises:
            ArgumentError: polars is not installed.
        """
        try:
            import polars as pl
        except ImportError as error:
            raise ArgumentError("没有安装 polars", cure="安装 polars，或改用 to_pandas()、to_arrow()") from error
        return pl.DataFrame(pl.from_arrow(self.to_arrow()))

    def to_arrow(self) -> Any:
        """Return the table as a pyarrow Table."""
        import pyarrow as pa

        return pa.Table.from_pandas(self.table, preserve_index=False)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Pass the table to any reader of Arrow data: `polars.DataFrame(estimates)`, DuckDB, narwhals."""
        return self.to_arrow().__arrow_c_stream__(requested_schema)
