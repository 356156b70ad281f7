"""Rows: the answers of a declared survey and the domain under analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.design.cells import Cells
from analysis.design.conditions import BoolArray, Where, matching, recorded, satisfying
from analysis.design.from_frame import cells_from_frame, numbers
from analysis.frontdoor.frames import take, take_groups
from survey.errors import DesignError

if TYPE_CHECKING:
    import narwhals as nw

DOMAIN = "(domain)"
"""Key column of the cells, true inside the domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of answers, one per response.

    Attributes:
        data: the frame, as narwhals reads it.
        weight: column of base weights, None where all are 1.
        inside: (n,) rows of the domain, all when None.
        asked: the conditions behind `inside`.
    """

    data: nw.DataFrame[Any]
    weight: str | None = None
    inside: BoolArray | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows, those outside the domain included."""
        return len(self.data)

    def narrowed(self, where: Where | None) -> Rows:
        """Return the same rows with a smaller domain.

        Raises:
            ArgumentError: an unknown column, or a condition that cannot be evaluated.
            DesignError: no row meets it.
        """
        if where is None or (isinstance(where, Mapping) and not where):
            return self
        inside = self._meeting(where)
        if self.inside is not None:
            inside = inside & self.inside
        if not inside.any():
            raise DesignError("没有一份答卷符合条件", where=str(recorded(where)), cure="核对列的取值，或放宽条件")
        return replace(self, inside=inside, asked=_both(self.asked, recorded(where)))

    def _meeting(self, where: Where) -> BoolArray:
        if not isinstance(where, Mapping):
            return satisfying(self.data, where)
        columns = take(self.data, where)
        inside = np.ones(len(self), dtype=np.bool_)
        for name, wanted in where.items():
            inside &= matching(columns[name], wanted)
        return inside

    @property
    def within(self) -> dict[str, Any]:
        """The domain as a condition on the cells."""
        return {} if self.inside is None else {DOMAIN: True}

    def cells(self, items: Sequence[str] = (), by: Sequence[str] = (), *, together: bool = False) -> Cells:
        """Return every row as a cell, with the domain among its keys.

        Args:
            items: columns of numbers.
            by: grouping columns.
            together: drop a row from all items when it misses one of them.

        Raises:
            ArgumentError: an unknown column.
            DesignError: text among the items.
        """
        frame = take(self.data, (*items, *([self.weight] if self.weight else ())))
        if together:
            known = frame[list(items)].notna().all(axis=1)
            frame = frame.assign(**{name: np.where(known, numbers(frame[name]), np.nan) for name in items})
        for name, column in take_groups(self.data, by).items():
            frame[name] = column
        cells = cells_from_frame(frame, items, by=by, weight=self.weight, collapse=False)
        return cells if self.inside is None else cells.with_keys(**{DOMAIN: self.inside})


def _both(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """Combine two conditions; where both concern one column, as "first & then"."""
    again = {name: f"{first[name]} & {wanted}" for name, wanted in then.items() if name in first}
    return {**first, **then, **again}


def check_shares(cells: Cells) -> None:
    """Refuse answers outside [0, 1], which have a mean but no rate."""
    for item, answers in zip(cells.items, cells.ny, strict=True):
        if answers.min() < 0 or answers.max() > 1:
            raise DesignError(
                "比例只用于取值 0 和 1 的题目",
                where=f"{item.name} 列",
                got=f"{answers.min():g} 至 {answers.max():g}",
                cure="先编码为 0 和 1；数值题请用 design.means 或 design.totals",
            )
