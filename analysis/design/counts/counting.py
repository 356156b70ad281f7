"""Counting: the cell of each response in memory, and which responses are in the base and in the numerator of a rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import IntArray
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

MOST_CODES = 256
"""Codes of a column that are looked up in a table; columns of more, such as amounts, are compared row by row."""
DENSE = 1 << 24
"""Combinations of keys up to which each has a place in a table; more of them are sorted."""

Bools = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.integer]
Values = Callable[[str], tuple[npt.NDArray[Any], Bools]]
"""A column -> its codes, 0 for NULL, and which of them are not NULL."""


def key_values(column: Any) -> Any:
    """Return a key column: whole numbers stay whole numbers, text becomes sorted categories."""
    if not pa.types.is_integer(column.type):
        return pd.Categorical(column.to_pandas())
    if column.null_count == 0:
        return column.to_numpy().astype(np.int64)
    numbers = pc.fill_null(column, 0).to_numpy().astype(np.int64)
    return pd.arrays.IntegerArray(numbers, pc.is_null(column).to_numpy())


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


def number_cells(rows: pa.Table, keys: Sequence[str]) -> tuple[Whole, IntArray] | None:
    """Return the cell of each response [N] and a response of each cell; cells in the order of their keys, NULL last."""
    ranks = [_ranks(rows[key]) for key in keys]
    size = math.prod(count for _, count in ranks)
    if size >= 1 << 62:
        return None
    code: Whole = np.zeros(rows.num_rows, dtype=np.int32 if size < 1 << 31 else np.int64)
    for rank, count in ranks:
        code *= code.dtype.type(count)
        code += rank
    if size > DENSE:
        _, places, inverse = np.unique(code, return_index=True, return_inverse=True)
        return inverse.astype(np.int64), places.astype(np.int64)
    there = np.zeros(size, dtype=np.bool_)
    there[code] = True
    cell: Whole = (np.cumsum(there, dtype=np.int32) - 1)[code]
    first = np.empty(int(there.sum()), dtype=np.int64)
    first[cell] = np.arange(len(cell))
    return cell, first


def _ranks(column: pa.ChunkedArray) -> tuple[Whole, int]:
    """Return the rank [N] of each value among the different ones, NULL last, and their number with NULL."""
    coded = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    whole = pa.concat_arrays(coded.chunks)
    order = pc.sort_indices(whole.dictionary).to_numpy()
    indices = pc.fill_null(whole.indices, len(order)) if whole.indices.null_count else whole.indices
    place = indices.to_numpy(zero_copy_only=False)
    if np.all(order[1:] > order[:-1]):  # the values came in their order
        return place, len(order) + 1
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), len(order)
    return rank[place], len(rank)


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
