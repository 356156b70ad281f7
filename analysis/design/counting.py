"""Counting: cells of responses in memory, by adding up codes in the order of the cells instead of by an SQL query.

The responses are sorted by cell once; each answer column is then read once, and each sum is one pass over its rows. All
sums are whole numbers, so the cells are those of the query bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import Cells, IntArray
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

MOST_CODES = 256
"""Codes of a column that are looked up in a table; columns of more, such as amounts, are compared row by row."""
DENSE = 1 << 24
"""Combinations of keys up to which each has a place in a table; more of them are sorted."""

Bools = npt.NDArray[np.bool_]
Values = Callable[[str], tuple[npt.NDArray[Any], Bools]]
"""A column -> its codes, 0 for NULL, and which of them are not NULL."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Responses in the order of their cells.

    Attributes:
        table: the responses as they came.
        order: [N] their order.
        starts: [C] place of the first response of each cell.
        weight: [N] fixed-point weights in that order; None where all are 1.
        scale: the weight 1.
    """

    table: pa.Table
    order: IntArray
    starts: IntArray
    weight: IntArray | None
    scale: int

    def count(self, some: Bools) -> IntArray:
        """Return the number of some responses by cell."""
        return np.add.reduceat(some.view(np.int8), self.starts, dtype=np.int64)

    def sum(self, some: Bools) -> IntArray:
        """Return the sum of the weights of some responses by cell."""
        if self.weight is None:
            return self.count(some) * self.scale
        return np.add.reduceat(self.weight * some, self.starts)

    def squares(self) -> IntArray:
        """Return the sum of the squared weights by cell, each rounded as in the query."""
        if self.weight is None:
            return self.count(np.ones(len(self.order), dtype=np.bool_)) * self.scale
        real = self.weight.astype(np.float64)
        return np.add.reduceat(np.floor(real * real / self.scale + 0.5).astype(np.int64), self.starts)

    def values(self, name: str) -> tuple[npt.NDArray[Any], Bools]:
        """Return the codes of a column, 0 for NULL, and which of them are not NULL."""
        column = self.table[name]
        codes = np.asarray(pc.fill_null(column, 0).to_numpy())[self.order]
        if not column.null_count:
            return codes, np.ones(len(codes), dtype=np.bool_)
        return codes, np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)[self.order]


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums by rate and cell [R, C]: number and weight of the base, number and weight of the numerator."""

    n: IntArray
    wo: IntArray
    ny: IntArray
    wy: IntArray


def count_cells(rows: Any, keys: Sequence[str], rates: Sequence[Rate], weight: str, scale: int) -> Cells | None:
    """Return the cells of responses in memory, see `cube.build_cells`; None where only the query can make them.

    Args:
        rows: the responses; counted are Arrow tables of whole-number codes with positive weights.
        keys: grouping columns: whole numbers or texts.
        rates: the items.
        weight: name of the column of fixed-point weights; 1 for every response when it is absent.
        scale: the weight 1.
    """
    if not is_plain(rows, keys, rates, weight) or (numbered := number_cells(rows, keys)) is None:
        return None
    cell, first = numbered
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(first)))
    inside = _Rows(rows, order, starts, _weights(rows, weight, scale, order), scale)
    every, sums = np.ones(len(order), dtype=np.bool_), _sums(inside, rates)
    table = rows.select(list(keys)).take(pa.array(first))
    return Cells(
        keys=pd.DataFrame({key: key_values(table.column(key)) for key in keys}),
        items=tuple(rates),
        n=inside.count(every),
        w=inside.sum(every),
        ww=inside.squares() / scale,
        n_i=sums.n,
        wo=sums.wo,
        wy=sums.wy,
        ny=sums.ny,
        wyy=sums.wy,
        scale=scale,
    )


def key_values(column: Any) -> Any:
    """Return a key column: whole numbers stay whole numbers, text becomes sorted categories."""
    values = column.to_pandas()
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(dtype=np.int64) if column.null_count == 0 else values.astype("Int64")
    return pd.Categorical(values)


def is_plain(rows: Any, keys: Sequence[str], rates: Sequence[Rate], weight: str) -> bool:
    """Return whether responses are an Arrow table with rows, whole-number codes, positive weights, and plain keys."""
    if not isinstance(rows, pa.Table) or not rows.num_rows:
        return False
    weights = [weight] * (weight in rows.column_names)
    whole = [*weights, *(name for rate in rates for name in rate.columns)]
    types = [rows.schema.field(key).type for key in keys]
    if not all(pa.types.is_integer(rows.schema.field(name).type) for name in whole):
        return False
    if not all(pa.types.is_integer(one) or pa.types.is_string(one) for one in types):
        return False
    return not any(rows[name].null_count or pc.min(rows[name]).as_py() <= 0 for name in weights)


def _weights(rows: pa.Table, weight: str, scale: int, order: IntArray) -> IntArray | None:
    """Return the weights in an order; None where all are 1."""
    if weight not in rows.column_names:
        return None
    found = rows[weight].to_numpy().astype(np.int64)
    return None if np.all(found == scale) else found[order]


def number_cells(rows: pa.Table, keys: Sequence[str]) -> tuple[IntArray, IntArray] | None:
    """Return the cell of each response [N] and a response of each cell; cells in the order of their keys, NULL last."""
    code, size = np.zeros(rows.num_rows, dtype=np.int64), 1
    for key in keys:
        rank, count = _ranks(rows[key])
        if size * count >= 1 << 62:
            return None
        code, size = code * count + rank, size * count
    if size > DENSE:
        _, first, cell = np.unique(code, return_index=True, return_inverse=True)
        return cell.astype(np.int64), first.astype(np.int64)
    there = np.zeros(size, dtype=np.bool_)
    there[code] = True
    cell = (np.cumsum(there) - 1)[code]
    first = np.empty(int(there.sum()), dtype=np.int64)
    first[cell] = np.arange(len(cell))
    return cell, first


def _ranks(column: pa.ChunkedArray) -> tuple[IntArray, int]:
    """Return the rank [N] of each value among the different ones, NULL last, and their number with NULL."""
    coded = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = pa.concat_arrays(coded.chunks)
    order = pc.sort_indices(whole.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), len(order)
    return rank[pc.fill_null(whole.indices, len(order)).to_numpy(zero_copy_only=False)], len(rank)


def _sums(rows: _Rows, rates: Sequence[Rate]) -> _Sums:
    out = _Sums(*(np.zeros((len(rates), len(rows.starts)), dtype=np.int64) for _ in range(4)))
    columns: dict[str, list[int]] = {}
    for at, rate in enumerate(rates):
        if len(rate.terms) == 1:
            columns.setdefault(rate.columns[0], []).append(at)
        else:
            _fill(rows, out, at, any_marks(rows.values, len(rows.order), rate))
    for name, some in columns.items():
        values, valid = rows.values(name)
        for at in some:
            _fill(rows, out, at, _marks(values, valid, rates[at], rates[at].terms[0][1]))
    return out


def _fill(rows: _Rows, out: _Sums, at: int, marks: tuple[Bools, Bools]) -> None:
    """Fill the sums of one rate from the responses in its numerator and in its base."""
    yes, inside = marks
    out.n[at], out.wo[at] = rows.count(inside | yes), rows.sum(inside | yes)
    out.ny[at], out.wy[at] = rows.count(yes), rows.sum(yes)


def any_marks(values: Values, size: int, rate: Rate) -> tuple[Bools, Bools]:
    """Return which of `size` responses are in the numerator, and which in the base, of a rate on any columns."""
    yes, inside = (np.zeros(size, dtype=np.bool_) for _ in range(2))
    for name, codes in rate.terms:
        hit, there = _marks(*values(name), rate, codes)
        yes, inside = yes | hit, inside | there
    return yes, inside


def _marks(values: npt.NDArray[Any], valid: Bools, rate: Rate, codes: Sequence[int]) -> tuple[Bools, Bools]:
    """Return which values of one column are in the numerator, and which in the base; NULL is in neither."""
    yes = valid & _among(values, codes)
    return yes, valid if rate.base == "all" else valid & ~_among(values, (BLANK, *rate.missing))


def _among(values: npt.NDArray[Any], codes: Sequence[int]) -> Bools:
    """Return which values are among some codes."""
    low, high = int(values.min()), int(values.max())
    if high - low >= MOST_CODES:
        return np.isin(values, codes)
    known = np.isin(np.arange(low, high + 1), codes)
    return np.asarray(known[values.astype(np.int64) - low], dtype=np.bool_)
