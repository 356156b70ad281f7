"""Cells: the exact sums from which every estimate and every variance is made.

A cell is a group of responses that agree in their sampling unit and in every key column. Its sums are sufficient for
a rate, for its linearised variance, for its covariance with any other rate, domain or wave, and for weights
calibrated to margins over key columns. Weights made at ingestion are whole numbers (fixed point), so the sums are
bit-identical on every run, thread count and engine.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.lazy_sums import Sums, of_cells
from survey.errors import ArgumentError, DesignError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FPC = ("fpc1", "fpc2")
SAMPLING_KEYS = ("stratum", "psu", "ssu", *FPC)


@runtime_checkable
class Named(Protocol):
    """What cells require of an item: a name, as `survey.instrument.rate.Rate` and `NumericItem` have."""

    @property
    def name(self) -> str:
        """The name by which callers ask for the item."""
        ...


@dataclass(frozen=True, slots=True)
class NumericItem:
    """A numeric column supplied by the caller; a binary one is a rate without a questionnaire."""

    name: str
    label: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums by cell: C cells, I items; sums of items are [I, C], arrays or `LazySums`.

    Attributes:
        keys: one row per cell: sampling keys (stratum, psu, ssu, fpc1, fpc2 where known) and domain columns.
        items: what the rows of the item arrays are.
        n: responses.
        w: sum of base weights, int64 fixed point when `scale` > 1, else float64.
        ww: sum of squared base weights, in units of weight squared.
        n_i: responses in the item's base.
        wo: sum of their weights.
        wy: sum of weight times answer.
        ny: sum of answers (for a rate: the count of ones).
        wyy: sum of weight times answer squared (for a rate the same as `wy`).
        scale: fixed-point scale of `w`, `wo`, `wy`, `wyy`.
    """

    keys: pd.DataFrame
    items: tuple[Named, ...]
    n: IntArray
    w: npt.NDArray[Any]
    ww: FloatArray
    n_i: Sums
    wo: Sums
    wy: Sums
    ny: Sums
    wyy: Sums
    scale: int = 1
    cache: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.keys)

    @property
    def weight(self) -> FloatArray:
        """Sum of base weights by cell, in units of weight."""
        return self.scaled(self.w)

    def scaled(self, sums: npt.NDArray[Any]) -> FloatArray:
        """Convert fixed-point sums to weights."""
        return np.asarray(sums, dtype=np.float64) / self.scale

    def index(self, name: str) -> int:
        """Return the row of an item; an unknown name raises DesignError with the known names."""
        for at, item in enumerate(self.items):
            if item.name == name:
                return at
        known = "、".join(item.name for item in self.items)
        raise DesignError("没有这个题目或指标", got=name, expected=known)

    def column(self, name: str) -> pd.Series[Any]:
        """Return a key column; an unknown name raises DesignError with the known names."""
        if name not in self.keys.columns:
            raise DesignError("数据中没有这个分组列", got=name, expected="、".join(map(str, self.keys.columns)))
        return self.keys[name]

    def codes(self, name: str) -> tuple[IntArray, pd.Index[Any]]:
        """Return a column as codes into its sorted labels (-1 missing); computed once."""
        kept: tuple[IntArray, pd.Index[Any]] | None = self.cache.get(("codes", name))
        if kept is None:
            column = self.column(name)
            if isinstance(column.dtype, pd.CategoricalDtype):
                codes, labels = column.cat.codes.to_numpy(), column.cat.categories
            else:
                codes, labels = pd.factorize(column, sort=True)
            kept = self.cache[("codes", name)] = (codes.astype(np.int64), pd.Index(labels))
        return kept

    def select(self, keep: npt.NDArray[np.bool_]) -> Cells:
        """Keep only these cells: for another population (a wave, a mode), never for a domain."""
        parts = {name: getattr(self, name)[keep] for name in ("n", "w", "ww")}
        parts |= {name: of_cells(getattr(self, name), keep) for name in ("n_i", "wo", "wy", "ny")}
        parts["wyy"] = parts["wy"] if self.wyy is self.wy else of_cells(self.wyy, keep)
        return replace(self, keys=self.keys[keep].reset_index(drop=True), cache={}, **parts)

    def with_keys(self, **columns: Any) -> Cells:
        """Return the same sums with added or replaced key columns, one value per cell."""
        return replace(self, keys=self.keys.assign(**columns), cache={})

    def attach(self, frame: pd.DataFrame, on: str = "psu") -> Cells:
        """Join the sampling frame (psu, district, street, stratum, ...) to the cells.

        Raises:
            DesignError: a cell's sampling point is not in the frame, or the frame lists a point twice.
        """
        if frame[on].duplicated().any():
            raise DesignError("抽样框中有重复的编码", where=on, got=str(frame.loc[frame[on].duplicated(), on].iloc[0]))
        points = pd.Index(frame[on]).get_indexer(pd.Index(self.column(on)))
        lost = (points < 0) & self.keys[on].notna().to_numpy()
        if lost.any():
            raise DesignError(
                "答卷中的抽样点不在抽样框里",
                got=str(self.keys.loc[lost, on].iloc[0]),
                cure="核对 frame.csv 或答卷的社区代码",
            )
        joined = {str(name): take_labels(frame[name], points) for name in frame.columns if name != on}
        return self.with_keys(**joined)


def require_declared(given: Any, kind: type) -> None:
    """Refuse a bare data frame where a declared design is needed, and name the call that declares one.

    Raises:
        ArgumentError: the argument is not of this kind.
    """
    if isinstance(given, kind):
        return
    raise ArgumentError(
        "这里需要已经声明抽样设计的数据，不能直接用表格",
        got=type(given).__name__,
        expected=f"{kind.__name__}，或改用 survey_design",
        cure="先声明设计：from analysis import survey_design；"
        'design = survey_design(frame, strata="层", psu="抽样点", weight="权数")；'
        '再用 design.rates("题目", by="分组")，均值和总数用 design.means、design.totals',
    )


def take_labels(column: pd.Series[Any], at: npt.NDArray[np.intp]) -> Any:
    """Return the values of a column at these positions, missing where the position is -1.

    Text comes back categorical, its categories in order of first appearance (that of the frame's codes).
    """
    if pd.api.types.is_numeric_dtype(column):
        taken = column.to_numpy()[np.maximum(at, 0)]
        return taken if (at >= 0).all() else pd.array(np.where(at >= 0, taken, np.nan))
    codes, labels = pd.factorize(column)
    picked = np.where(at >= 0, codes[np.maximum(at, 0)], -1)
    return pd.Categorical.from_codes(picked.astype(np.int32), categories=pd.Index(labels))
