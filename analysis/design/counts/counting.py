"""Counting: the cell of each response in memory, and which responses are in the base and in the numerator of a rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
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
"""Combinations of keys up to which each has a place in a table; more of them are hashed."""
SPAN = 255
"""Whole numbers from the least to the greatest of a key that is ranked by table."""
CLOSE = 8
"""The same of a key whose gaps are not looked for."""
BLOCK = 1 << 15
"""Responses that are counted at a time: the cache holds what is known of them."""
LEAST = -128
"""Stands for NULL among numbers of 8 bits."""
RUN = 8
"""Length of the runs of a key, on average, from which runs are ranked in place of responses."""

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
    code: Whole = np.empty(rows.num_rows, dtype=np.int32 if size < 1 << 31 else np.int64)
    for some in blocks(len(code)):
        code[some] = _mixed([(rank[some], count) for rank, count in ranks if count > 1], code[some])
    if size > DENSE:
        cell, count = _coded_ranks(pa.array(code).dictionary_encode())
        found = np.empty(count, dtype=np.int64)
        found[cell] = np.arange(len(cell))
        return np.array(cell), found
    last = np.full(size, -1, dtype=np.int32)
    for some in blocks(len(code)):
        last[code[some].astype(np.intp)] = np.arange(some.start, some.stop, dtype=np.int32)
    there = np.flatnonzero(last >= 0)
    first = last[there].astype(np.int64)
    last[there] = np.arange(len(there), dtype=np.int32)
    for some in blocks(len(code)):
        code[some] = np.take(last, code[some].astype(np.intp))
    return code, first


def blocks(size: int) -> Iterator[slice]:
    """Yield ranges of responses that the cache holds."""
    return (slice(at, min(at + BLOCK, size)) for at in range(0, size, BLOCK))


def byte_codes(column: pa.Array) -> npt.NDArray[np.uint8] | None:
    """Return numbers of 8 bits as patterns, NULL as that of `LEAST`; None for other numbers, or one equal to it."""
    if not pa.types.is_int8(column.type):
        return None
    nulls = column.null_count
    bits = np.asarray((pc.fill_null(column, LEAST) if nulls else column).to_numpy().view(np.uint8))
    return bits if np.count_nonzero(bits == LEAST + 256) == nulls else None


def _mixed(ranks: Sequence[tuple[Whole, int]], like: Whole) -> Whole:
    """Return one number for each combination of ranks."""
    code = np.zeros_like(like)
    for rank, count in ranks:
        code *= code.dtype.type(count)
        code += rank
    return code


def _ranks(column: pa.ChunkedArray) -> tuple[Whole, int]:
    """Return the rank [N] of each value among the different ones, NULL last, and how many ranks there may be."""
    if pa.types.is_integer(column.type):
        return _integer_ranks(column)
    if pa.types.is_string(column.type):
        runs = [pc.run_end_encode(chunk) for chunk in column.chunks]
        if sum(len(one.values) for one in runs) * RUN <= len(column):  # such as the wave, which is stored by part
            rank, count = _coded_ranks(pa.concat_arrays([one.values for one in runs]).dictionary_encode())
            return np.repeat(rank, np.concatenate([np.diff(one.run_ends, prepend=0) for one in runs])), count
    coded = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return _coded_ranks(pa.concat_arrays(coded.chunks))


def _integer_ranks(column: pa.ChunkedArray) -> tuple[Whole, int]:
    """Return ranks of whole numbers: by table where they span little, by run where they are stored in runs."""
    kind, nulls, bounds = column.type.to_pandas_dtype(), bool(column.null_count), pc.min_max(column).as_py()
    low, high = bounds["min"] or 0, bounds["max"] or 0
    if nulls and high == np.iinfo(kind).max:
        return _coded_ranks(pa.concat_arrays(column.dictionary_encode().chunks))
    values = (pc.fill_null(column, high + 1) if nulls else column).to_numpy()  # NULL is the last
    if (span := high - low + 1) <= SPAN:
        return _ranks_by_table((values - kind(low)).astype(np.uint8), span + nulls)
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values))
    if len(ends) * RUN > len(values):
        return _coded_ranks(pa.array(values).dictionary_encode())
    known, rank = np.unique(values[ends - 1], return_inverse=True)
    return np.repeat(rank.astype(np.int32), np.diff(ends, prepend=0)), len(known)


def _ranks_by_table(values: npt.NDArray[np.uint8], count: int) -> tuple[Whole, int]:
    """Return ranks of values below a count; where it is small, gaps are kept."""
    if count <= CLOSE:
        return values, count
    there = np.zeros(SPAN + 1, dtype=np.bool_)
    there[values] = True
    return np.take((np.cumsum(there) - 1).astype(np.uint8), values), int(there.sum())


def _coded_ranks(coded: pa.DictionaryArray) -> tuple[Whole, int]:
    order = pc.sort_indices(coded.dictionary).to_numpy()
    indices = pc.fill_null(coded.indices, len(order)) if coded.indices.null_count else coded.indices
    place = indices.to_numpy(zero_copy_only=False)
    count = len(order) + bool(coded.indices.null_count)
    if np.all(order[1:] > order[:-1]):  # the values came in their order
        return place, count
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order)), len(order)
    return np.take(rank, place), count


def pattern(codes: Sequence[int]) -> Bools:
    """Return which patterns of 8 bits are codes [256]."""
    found = np.zeros(256, dtype=np.bool_)
    found[[code % 256 for code in codes if -128 <= code < 128]] = True
    return found


def looked_up(table: Bools, bits: npt.NDArray[np.uint8]) -> Bools:
    """Return the entry [256] of each pattern of 8 bits; ten times as fast as an index of whole numbers."""
    return np.frombuffer(bits.tobytes().translate(table.tobytes()), dtype=np.bool_)


def any_marks(values: Values, size: int, rate: Rate) -> tuple[Bools, Bools]:
    """Return which of `size` responses are in the numerator, and which in the base, of a rate on any columns."""
    yes, inside = (np.zeros(size, dtype=np.bool_) for _ in range(2))
    for name, codes in rate.terms:
        hit, there = _marks(*values(name), rate, codes)
        yes, inside = yes | hit, inside | there
    return yes, inside


def _marks(values: npt.NDArray[Any], valid: Bools, rate: Rate, codes: Sequence[int]) -> tuple[Bools, Bools]:
    """Return which values of one column are in the numerator, and which in the base; NULL is in neither."""
    yes = valid & among(values, codes)
    return yes, valid if rate.base == "all" else valid & ~among(values, (BLANK, *rate.missing))


def among(values: npt.NDArray[Any], codes: Sequence[int]) -> Bools:
    """Return which values are among some codes."""
    if values.dtype == np.int8:
        return looked_up(pattern(codes), values.view(np.uint8))
    low, high = int(values.min()), int(values.max())
    if high - low >= MOST_CODES:
        return np.isin(values, codes)
    known = np.isin(np.arange(low, high + 1), codes)
    return np.asarray(known[values.astype(np.int64) - low], dtype=np.bool_)
