"""LazySums: sums by item and cell [I, C] that are made item by item, when an estimate asks for one.

A study has about a hundred rates, a page shows a dozen: the others are neither read nor held. Like an array, it is
indexed by items; `of_cells` keeps some cells, and `at_cells` takes one item at some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np
import numpy.typing as npt

Places: TypeAlias = "slice | npt.NDArray[np.int64]"
"""Which cells: all of them, as a slice, or their positions."""


class LazySums:
    """Sums by item and cell; each row is made by a function and not kept."""

    def __init__(
        self,
        row: Callable[[int], npt.NDArray[Any]],
        items: int,
        cells: int,
        only: Callable[[npt.NDArray[np.bool_]], LazySums] | None = None,
        some: Callable[[int, npt.NDArray[np.int64]], npt.NDArray[Any]] | None = None,
        made_of: Callable[[int], Hashable] | None = None,
    ) -> None:
        """Take the function that makes the sums [C] of an item.

        Args:
            row: the position of an item -> its sums.
            items: number of items.
            cells: number of cells.
            only: some cells -> their sums, where they can be made without the others.
            some: the position of an item and those of some cells -> its sums there, where this takes less than a row.
            made_of: the position of an item -> what its sums are made of, where this takes less than to make them.
        """
        self._row, self._only, self._some, self._made_of = row, only, some, made_of
        self.shape = (items, cells)

    def __len__(self) -> int:
        """Return the number of items."""
        return self.shape[0]

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        """Yield the sums of every item."""
        return (self._row(at) for at in range(len(self)))

    @overload
    def __getitem__(self, at: int | np.integer[Any]) -> npt.NDArray[Any]: ...
    @overload
    def __getitem__(self, at: Sequence[int] | npt.NDArray[np.integer[Any]]) -> npt.NDArray[Any]: ...
    def __getitem__(self, at: Any) -> npt.NDArray[Any]:
        """Return the sums of one item [C], or of some items [len(at), C].

        Raises:
            IndexError: no such item.
        """
        if isinstance(at, int | np.integer):
            return self._row(range(len(self))[int(at)])
        rows = [self._row(range(len(self))[int(one)]) for one in at]
        return np.stack(rows) if rows else np.zeros((0, self.shape[1]), dtype=np.int64)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """Return the sums of all items [I, C] as an array."""
        whole = self[range(len(self))]
        return whole if dtype is None else whole.astype(dtype)

    def at_cells(self, at: int, cells: Places) -> npt.NDArray[Any]:
        """Return the sums of one item at some cells."""
        if self._some is not None and not isinstance(cells, slice):
            return self._some(range(len(self))[at], cells)
        return self[at][cells]

    def made_of(self, at: int) -> Hashable | None:
        """Return what the sums of an item are made of, equal only for equal sums; None where nothing tells it."""
        return None if self._made_of is None else self._made_of(at)

    def of_cells(self, keep: npt.NDArray[np.bool_]) -> LazySums:
        """Return the sums of some cells."""
        if self._only is not None:
            return self._only(keep)
        return LazySums(lambda at: self._row(at)[keep], len(self), int(keep.sum()))


Sums = npt.NDArray[Any] | LazySums
"""Sums by item and cell [I, C]: an array, or made item by item."""


def of_cells(sums: Sums, keep: npt.NDArray[np.bool_]) -> Sums:
    """Return the sums of some cells."""
    return sums.of_cells(keep) if isinstance(sums, LazySums) else sums[:, keep]


def at_cells(sums: Sums, at: int, cells: Places) -> npt.NDArray[Any]:
    """Return the sums of one item at some cells."""
    return sums.at_cells(at, cells) if isinstance(sums, LazySums) else sums[at][cells]


def made_of(sums: Sums, at: int) -> Hashable | None:
    """Return what the sums of an item are made of, equal only for equal sums; None where nothing tells it."""
    if isinstance(sums, LazySums):
        return sums.made_of(at)
    return 0 if sums.strides[0] == 0 else None  # one row for all items
