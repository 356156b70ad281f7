"""CountedRows: responses that are counted column by column, each column read when a rate on it is asked for.

Only the cell of each response stays in memory, and the sums of the rates asked for, in the smallest whole numbers that
hold them. All sums are whole numbers, so the cells are those of the query of `analysis.design.cube` bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.counts.cell_terms import RateSums, Term, lazy_cells, remaining
from analysis.design.counts.code_counts import Bools, CodeCounts, count_codes
from analysis.design.counts.counting import Whole, any_marks, is_plain, number_cells
from survey.instrument.rate import Rate

EXACT = 2**53
"""Sums of weights up to here are exact in float64, in which numpy adds them up by cell."""
WHOLE = 2**63
"""Sums of squared weights, which are whole numbers of 64 bits, stay below."""
Read = Callable[[Sequence[str]], pa.Table]


class CountedRows:
    """The cells of some responses, see `CountedSet`; made by `count_rows`."""

    def __init__(self, read: Read, keys: pa.Table, cell: Whole, weights: IntArray | None, scale: int) -> None:
        """Take responses whose cells are numbered.

        Args:
            read: reads columns of the responses.
            keys: one row per cell.
            cell: [N] cell of each response.
            weights: [N] fixed-point weights; None where all are 1.
            scale: the weight 1.
        """
        self.keys, self._read = keys, read
        self._cell = cell.astype(np.min_scalar_type(keys.num_rows), copy=False)
        self._weights: FloatArray | None = None
        self._known: dict[Rate, RateSums] = {}
        self._read_last: tuple[str, tuple[npt.NDArray[Any], Bools]] | None = None
        self._counted_last: tuple[str, CodeCounts | None] | None = None
        self.n: IntArray = np.bincount(cell, minlength=keys.num_rows)
        self.w: IntArray = self.n * scale
        self.squares: IntArray = self.w
        if weights is not None:
            self._weights = weights.astype(np.float64)
            self.w = self._weigh(np.ones(len(cell), dtype=np.bool_))
            self.squares = np.zeros(keys.num_rows, dtype=np.int64)
            np.add.at(self.squares, cell, _squared(weights, scale))

    @classmethod
    def of_equal_weights(cls, read: Read, keys: pa.Table, cell: Whole, weights: IntArray, scale: int) -> CountedRows:
        """Return cells [C] whose responses have one weight each, as weights of sampling points are: counts say all."""
        found = cls(read, keys, cell, None, scale)
        found.w, found.squares = found.n * weights, found.n * _squared(weights, scale)
        return found

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate; its columns are read the first time."""
        if rate not in self._known:
            counts = self._codes(rate.columns[0]) if len(rate.terms) == 1 else None
            self._known[rate] = self._by_row(rate) if counts is None else self._by_code(rate, counts)
        return self._known[rate]

    def _by_code(self, rate: Rate, counts: CodeCounts) -> RateSums:
        inside, yes = counts.base_and_numerator(rate)
        n, ny = counts.count(inside), counts.count(yes)
        return self._packed(n, ny, None if counts.w is None else (counts.weigh(inside), counts.weigh(yes)))

    def _by_row(self, rate: Rate) -> RateSums:
        yes, inside = any_marks(self._values, len(self._cell), rate)
        inside |= yes
        weights = None if self._weights is None else (self._weigh(inside), self._weigh(yes))
        return self._packed(self._count(inside), self._count(yes), weights)

    def _packed(self, n: Whole, ny: Whole, weights: tuple[IntArray, IntArray] | None) -> RateSums:
        mean = self.w // self.n
        return RateSums.packed(n, ny, (n * mean, ny * mean) if weights is None else weights, mean)

    def _count(self, some: Bools) -> Whole:
        return np.bincount(self._cell[some], minlength=self.keys.num_rows)

    def _weigh(self, some: Bools) -> IntArray:
        """Return the sum of the weights of some responses by cell; `EXACT` bounds the total."""
        assert self._weights is not None
        sums = np.bincount(self._cell[some], weights=self._weights[some], minlength=self.keys.num_rows)
        return sums.astype(np.int64)

    def _codes(self, name: str) -> CodeCounts | None:
        """Return the counts of a column, see `count_codes`; variants of a rate follow it."""
        if self._counted_last is None or self._counted_last[0] != name:
            found = count_codes(*self._values(name), self._cell, self.keys.num_rows, self._weights)
            self._counted_last = (name, found)
        return self._counted_last[1]

    def _values(self, name: str) -> tuple[npt.NDArray[Any], Bools]:
        """Return the codes of a column, 0 for NULL, and which of them are not NULL."""
        if self._read_last is None or self._read_last[0] != name:
            column = self._read([name])[name]
            valid = np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)
            self._read_last = (name, (np.asarray(pc.fill_null(column, 0).to_numpy()), valid))
        return self._read_last[1]


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
    held = _plain(table.select(list(keys)).take(pa.array(first)))
    if not weight:
        return CountedRows(read, held, cell, None, scale)
    weights = table[weight].to_numpy().astype(np.int64, copy=False)
    if float(weights.sum(dtype=np.float64)) >= EXACT or float(weights.max()) ** 2 / scale * len(weights) >= WHOLE:
        return None
    if np.array_equal((one := weights[first])[cell], weights):
        return CountedRows.of_equal_weights(read, held, cell, one, scale)
    return CountedRows(read, held, cell, weights, scale)


def count_cells(rows: Any, keys: Sequence[str], rates: Sequence[Rate], weight: str, scale: int) -> Cells | None:
    """Return the cells of responses in memory, see `cube.build_cells`; None where only the query can make them.

    Args:
        rows: the responses; counted are Arrow tables of whole-number codes with positive weights.
        keys: grouping columns: whole numbers or texts.
        rates: the items; the sums of each are made when they are asked for.
        weight: name of the column of fixed-point weights; 1 for every response when it is absent.
        scale: the weight 1.
    """
    if not is_plain(rows, keys, rates, weight):
        return None
    held = weight if weight in rows.column_names else ""
    counted = count_rows(lambda names: rows.select(list(names)), keys, held, scale)
    found = None if counted is None else remaining([Term(1, counted)], keys)
    return None if found is None else lazy_cells(found, rates, scale)


def _squared(weights: IntArray, scale: int) -> IntArray:
    """Return squared weights at the scale of the weights, each rounded as in the query."""
    real = weights.astype(np.float64)
    return np.floor(real * real / scale + 0.5).astype(np.int64)


def _plain(keys: pa.Table) -> pa.Table:
    """Return the keys with texts in place of dictionaries."""
    kinds = [one.type.value_type if pa.types.is_dictionary(one.type) else one.type for one in keys.schema]
    return keys.cast(pa.schema(list(zip(keys.column_names, kinds, strict=True)))).combine_chunks()
