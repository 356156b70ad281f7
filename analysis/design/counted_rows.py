"""CountedRows: responses that are counted column by column, each column read when a rate on it is asked for.

Only the cell of each response stays in memory, and the sums of the rates asked for, in the smallest whole numbers that
hold them. `counting.count_cells` is the same count with all columns and all rates at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cell_terms import RateSums, Whole
from analysis.design.cells import IntArray
from analysis.design.counting import Bools, any_marks, is_plain, number_cells
from survey.instrument.rate import Rate

EXACT = 2**53
"""Sums of weights up to here are exact in float64, in which numpy adds them up by cell."""
Read = Callable[[Sequence[str]], pa.Table]


class CountedRows:
    """The cells of some responses, see `CountedSet`; made by `count_rows`."""

    def __init__(self, read: Read, keys: pa.Table, cell: IntArray, weights: IntArray | None, scale: int) -> None:
        """Take responses whose cells are numbered.

        Args:
            read: reads columns of the responses.
            keys: one row per cell.
            cell: [N] cell of each response.
            weights: [N] fixed-point weights; None where all are 1.
            scale: the weight 1.
        """
        self.keys, self._read, self._cell, self._weights = keys, read, cell, weights
        self._known: dict[Rate, RateSums] = {}
        self._last: tuple[str, tuple[npt.NDArray[Any], Bools]] | None = None
        self.n: IntArray = np.bincount(cell, minlength=keys.num_rows)
        self.w: IntArray = self.n * scale
        self.squares: IntArray = self.w
        if weights is not None:
            real = weights.astype(np.float64)
            self.w = self._weigh(weights, np.ones(len(cell), dtype=np.bool_))
            self.squares = np.zeros(keys.num_rows, dtype=np.int64)
            np.add.at(self.squares, cell, np.floor(real * real / scale + 0.5).astype(np.int64))

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate; its columns are read the first time."""
        if rate not in self._known:
            self._known[rate] = self._make(rate)
        return self._known[rate]

    def _make(self, rate: Rate) -> RateSums:
        yes, inside = any_marks(self._values, len(self._cell), rate)
        inside |= yes
        n, ny = self._count(inside), self._count(yes)
        mean = self.w // self.n
        if self._weights is None:
            return RateSums.packed(n, ny, (n * mean, ny * mean), mean)
        return RateSums.packed(n, ny, (self._weigh(self._weights, inside), self._weigh(self._weights, yes)), mean)

    def _count(self, some: Bools) -> Whole:
        return np.bincount(self._cell[some], minlength=self.keys.num_rows)

    def _weigh(self, weights: IntArray, some: Bools) -> IntArray:
        """Return the sum of the weights of some responses by cell; `EXACT` bounds the total."""
        sums = np.bincount(self._cell[some], weights=weights[some], minlength=self.keys.num_rows)
        return sums.astype(np.int64)

    def _values(self, name: str) -> tuple[npt.NDArray[Any], Bools]:
        """Return the codes of a column, 0 for NULL, and which of them are not NULL; variants of a rate follow it."""
        if self._last is None or self._last[0] != name:
            column = self._read([name])[name]
            valid = np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)
            self._last = (name, (np.asarray(pc.fill_null(column, 0).to_numpy()), valid))
        return self._last[1]


def count_rows(read: Read, keys: Sequence[str], weight: str, scale: int) -> CountedRows | None:
    """Number the cells of some responses; None where there are none, or where only `cube.build_cells` can count them.

    Args:
        read: reads columns of the responses; those of rates must be whole numbers.
        keys: grouping columns: whole numbers, texts or dictionaries of texts.
        weight: name of the column of fixed-point weights; "" where all are 1.
        scale: the weight 1.
    """
    table = read([*keys, *([weight] if weight else [])])
    numbers = [key for key in keys if not pa.types.is_dictionary(table.schema.field(key).type)]
    if not is_plain(table, numbers, (), weight) or (numbered := number_cells(table, keys)) is None:
        return None
    cell, first = numbered
    weights = table[weight].to_numpy().astype(np.int64) if weight else None
    if weights is not None and np.all(weights == scale):
        weights = None
    if weights is not None and float(weights.sum(dtype=np.float64)) >= EXACT:
        return None
    held = _plain(table.select(list(keys)).take(pa.array(first)))
    return CountedRows(read, held, cell.astype(np.int32), weights, scale)


def _plain(keys: pa.Table) -> pa.Table:
    """Return the keys with texts in place of dictionaries."""
    kinds = [one.type.value_type if pa.types.is_dictionary(one.type) else one.type for one in keys.schema]
    return keys.cast(pa.schema(list(zip(keys.column_names, kinds, strict=True)))).combine_chunks()
