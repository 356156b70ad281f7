"""Counting: cells of responses in memory, by histograms of codes instead of the sums of CASE of the SQL query.

Each answer column is read once, whatever the number of rates on it. All sums are whole numbers below 2^53, exact in
double precision too, so the cells are those of the query bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
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

MOST_CODES = 64
"""Codes of a column that is counted code by code; columns of more, such as amounts, are compared row by row."""
DENSE = 1 << 24
"""Combinations of keys up to which each has a place in a table; more of them are sorted."""
EXACT = 2.0**53

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Responses with their cell and weight.

    Attributes:
        table: the responses.
        cell: [N] number of the cell.
        cells: how many cells there are.
        weight: [N] fixed-point weights, as whole numbers in double precision; None where all are 1.
        scale: the weight 1.
    """

    table: pa.Table
    cell: IntArray
    cells: int
    weight: npt.NDArray[np.float64] | None
    scale: int

    def count(self, some: Bools | slice) -> IntArray:
        """Return the number of some responses by cell."""
        return np.bincount(self.cell[some], minlength=self.cells).astype(np.int64)

    def sum(self, some: Bools | slice) -> IntArray:
        """Return the sum of the weights of some responses by cell."""
        if self.weight is None:
            return self.count(some) * self.scale
        return np.bincount(self.cell[some], self.weight[some], self.cells).astype(np.int64)


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
    if not _is_plain(rows, keys, rates, weight):
        return None
    numbered = _number(rows, keys)
    weights = _weights(rows, weight, scale)
    if numbered is None or weights is False:
        return None
    cell, first = numbered
    inside = _Rows(rows, cell, len(first), None if weights is True else weights, scale)
    sums = _sums(inside, rates)
    table = rows.select(list(keys)).take(pa.array(first))
    n = inside.count(slice(None))
    return Cells(
        keys=pd.DataFrame({key: key_values(table.column(key)) for key in keys}),
        items=tuple(rates),
        n=n,
        w=inside.sum(slice(None)),
        ww=_squares(inside) / scale,
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


def _is_plain(rows: Any, keys: Sequence[str], rates: Sequence[Rate], weight: str) -> bool:
    """Return whether responses are an Arrow table with rows, whole-number codes and weights, and plain keys."""
    if not isinstance(rows, pa.Table) or not rows.num_rows:
        return False
    whole = [name for rate in rates for name in rate.columns] + [weight] * (weight in rows.column_names)
    if not all(pa.types.is_integer(rows.schema.field(name).type) for name in whole):
        return False
    types = [rows.schema.field(key).type for key in keys]
    return all(pa.types.is_integer(one) or pa.types.is_string(one) for one in types)


def _weights(rows: pa.Table, weight: str, scale: int) -> npt.NDArray[np.float64] | bool:
    """Return the weights [N]; True where all are 1, False where they are not positive, or too large to be exact."""
    if weight not in rows.column_names:
        return True
    if rows[weight].null_count:
        return False
    whole = rows[weight].to_numpy()
    if np.all(whole == scale):
        return True
    found = whole.astype(np.float64)
    exact = found.min() > 0 and found.sum() < EXACT and np.square(found).sum() / scale + len(found) < EXACT
    return found if exact else False


def _squares(rows: _Rows) -> IntArray:
    """Return the sums of the squared weights by cell, each square rounded as in the query."""
    if rows.weight is None:
        return rows.count(slice(None)) * rows.scale
    squares = np.floor(rows.weight * rows.weight / rows.scale + 0.5)
    return np.bincount(rows.cell, squares, rows.cells).astype(np.int64)


def _number(rows: pa.Table, keys: Sequence[str]) -> tuple[IntArray, IntArray] | None:
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
    out = _Sums(*(np.zeros((len(rates), rows.cells), dtype=np.int64) for _ in range(4)))
    columns: dict[str, list[int]] = {}
    for at, rate in enumerate(rates):
        if len(rate.terms) == 1:
            columns.setdefault(rate.columns[0], []).append(at)
        else:
            _fill(rows, out, at, _marks(rows.table, rate))
    for name, some in columns.items():
        _count_column(rows, name, {at: rates[at] for at in some}, out)
    return out


def _fill(rows: _Rows, out: _Sums, at: int, marks: tuple[Bools, Bools]) -> None:
    """Fill the sums of one rate from the responses in its numerator and in its base."""
    yes, inside = marks
    out.n[at], out.wo[at] = rows.count(inside | yes), rows.sum(inside | yes)
    out.ny[at], out.wy[at] = rows.count(yes), rows.sum(yes)


def _count_column(rows: _Rows, name: str, some: dict[int, Rate], out: _Sums) -> None:
    """Fill the sums of the rates on one column; where more rates than codes use it, its codes are counted once."""
    values, valid = _values(rows.table[name])
    low = int(values.min())
    width = int(values.max()) - low + 1
    if width > MOST_CODES or 2 * len(some) <= width:
        for at, rate in some.items():
            yes, inside = (valid & one for one in _codes(rate, values, low, width))
            _fill(rows, out, at, (yes, inside))
        return
    place = (values[valid].astype(np.int64) - low) * rows.cells + rows.cell[valid]
    n = np.bincount(place, minlength=width * rows.cells).reshape(width, rows.cells)
    w = n * rows.scale
    if rows.weight is not None:
        w = np.bincount(place, rows.weight[valid], width * rows.cells).astype(np.int64).reshape(width, rows.cells)
    for at, rate in some.items():
        yes, inside = _codes(rate, np.arange(low, low + width), low, width)
        out.n[at], out.wo[at] = n[inside | yes].sum(axis=0), w[inside | yes].sum(axis=0)
        out.ny[at], out.wy[at] = n[yes].sum(axis=0), w[yes].sum(axis=0)


def _marks(table: pa.Table, rate: Rate) -> tuple[Bools, Bools]:
    """Return which responses are in the numerator, and which in the base, of a rate on several columns."""
    yes, inside = (np.zeros(table.num_rows, dtype=np.bool_) for _ in range(2))
    for name, codes in rate.terms:
        values, valid = _values(table[name])
        yes |= valid & np.isin(values, codes)
        inside |= valid if rate.base == "all" else valid & ~np.isin(values, (BLANK, *rate.missing))
    return yes, inside


def _codes(rate: Rate, codes: npt.NDArray[Any], low: int, width: int) -> tuple[Bools, Bools]:
    """Return which codes are in the numerator, and which in the base, of a rate on one column."""
    outside = () if rate.base == "all" else (BLANK, *rate.missing)
    if width > MOST_CODES:
        return np.isin(codes, rate.terms[0][1]), ~np.isin(codes, outside)
    known = np.arange(low, low + width)
    place = codes.astype(np.int64) - low
    return np.isin(known, rate.terms[0][1])[place], ~np.isin(known, outside)[place]


def _values(column: pa.ChunkedArray) -> tuple[npt.NDArray[Any], Bools]:
    """Return the codes of a column, 0 for NULL, and which of them are not NULL."""
    valid = np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)
    return np.asarray(pc.fill_null(column, 0).to_numpy()), valid
