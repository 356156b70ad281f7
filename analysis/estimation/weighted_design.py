"""WeightedDesign: cells with their design and weights, checked to belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.design.cells import Cells, FloatArray, require_declared
from analysis.design.design import Design
from analysis.design.lazy_sums import Places, Sums, at_cells
from analysis.weights.weights import Weights
from survey.errors import DesignError


@dataclass(frozen=True, slots=True)
class WeightedDesign:
    """What every estimate is computed from: the sums, their design and their weights.

    Raises:
        ArgumentError: a data frame in place of cells.
        DesignError: a design or weights made from other cells, or a negative or missing factor.
    """

    cells: Cells
    design: Design
    weights: Weights

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        require_declared(self.cells, Cells)
        size, factor = len(self.cells), self.weights.factor
        for name, other in (("设计", len(self.design.psu)), ("权数", len(factor))):
            if other != size:
                raise DesignError(
                    f"{name}不是由这份数据得出的",
                    got=f"{other} 个单元格",
                    expected=f"{size} 个",
                    cure="用同一份 cells 重建",
                )
        if self.cells.cache.get("checked factor") is factor:  # a sample makes this design for every estimate
            return
        bad = ~(np.isfinite(factor) & (factor >= 0))
        if bad.any():
            raise DesignError(
                "权数系数必须是不小于 0 的数",
                where=f"第 {int(np.flatnonzero(bad)[0]) + 1} 个单元格",
                got=str(factor[bad][0]),
                cure="检查加权步骤；线性校准出现负权数时请加上下限 bounds",
            )
        self.cells.cache["checked factor"] = factor

    def final_of(self, sums: Sums, at: int, cells: Places) -> FloatArray:
        """Return the sums of final weights of one item at some cells, from base-weight sums [I, C]."""
        return self.cells.scaled(at_cells(sums, at, cells)) * self.weights.factor[cells]

    def final(self, sums: Any) -> FloatArray:
        """Convert base-weight sums [.., C] to sums of final weights."""
        return self.cells.scaled(sums) * self.weights.factor
