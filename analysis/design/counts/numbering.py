"""Numbering: a number for the cell of each response, while slices of the responses are read one after the other.

Values of keys are ranked and cells numbered in the order in which they are met, so that later slices find theirs by one
look-up in a table of all combinations of ranks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import IntArray
from analysis.design.counts.counting import DENSE, RUN, Whole, blocks

LEAST = -128
"""Stands for NULL among numbers of 8 bits."""
BYTES: tuple[int, ...] = tuple(np.arange(256).astype(np.uint8).view(np.int8).tolist())
"""The number of 8 bits of each pattern."""
WITH_NULL: tuple[int | None, ...] = tuple(None if value == LEAST else value for value in BYTES)
"""The same where NULL has the pattern of `LEAST`."""


@dataclass(frozen=True, slots=True)
class Coded:
    """The values of a key of some responses.

    Attributes:
        positions: [N] position of each among the values.
        values: values by position; None is NULL.
        met: whether each value may count as one of the responses; numbers of 8 bits have all 256.
    """

    positions: Whole
    values: Sequence[Any]
    met: bool = True


class Numbering:
    """Numbers of cells.

    Attributes:
        codes: [F] the combination of ranks of each number; several numbers may have the same.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Take the keys with their types."""
        self._schema = schema
        self._ranks: list[dict[Any, int]] = [{} for _ in schema]
        self._shape: tuple[int, ...] = (0,) * len(schema)
        self.codes: IntArray = np.zeros(0, dtype=np.int64)
        self._found: IntArray = np.zeros(0, dtype=np.int64)  # the numbers that look-ups find
        self._table: npt.NDArray[np.int32] | None = None
        self._hashed: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def number(self, keys: Sequence[pa.Array]) -> npt.NDArray[np.int32] | None:
        """Return the number of the cell of each response [N]; None where the keys have too many combinations."""
        coded = [_coded(one) for one in keys]
        for one, known in zip(coded, self._ranks, strict=True):
            if one.met:
                _learn(known, one.values)
        if not self._reshaped():
            return None
        if (cell := self._look_up(coded)) is None:
            for one, known in zip(coded, self._ranks, strict=True):
                if not one.met:
                    there = np.flatnonzero(np.bincount(one.positions, minlength=len(one.values)))
                    _learn(known, [one.values[at] for at in there.tolist()])
            cell = self._look_up(coded) if self._reshaped() else None
        return cell

    def again(self, numbers: Whole) -> IntArray:
        """Return new numbers for the cells of some numbers; look-ups do not find them."""
        return self._add(self.codes[numbers])

    def find_only(self, numbers: IntArray) -> None:
        """Let look-ups find some numbers and no others."""
        self._found = numbers
        self._index()

    def keys(self) -> pa.Table:
        """Return one row per number [F]: the values of its cell."""
        ranks = np.unravel_index(self.codes, self._shape)
        values = [pa.array(list(known), one.type) for known, one in zip(self._ranks, self._schema, strict=True)]
        columns = [value.take(pa.array(rank)) for value, rank in zip(values, ranks, strict=True)]
        return pa.table(columns, schema=self._schema)

    def _add(self, codes: IntArray) -> IntArray:
        fresh = np.arange(len(self.codes), len(self.codes) + len(codes))
        self.codes = np.concatenate([self.codes, codes])
        return fresh

    def _reshaped(self) -> bool:
        """Make room for all values that are known; return whether there is any."""
        shape = tuple(max(len(known), 1) for known in self._ranks)
        if math.prod(shape) >= 1 << 62:
            return False
        if shape != self._shape:
            if len(self.codes):
                self.codes = np.ravel_multi_index(np.unravel_index(self.codes, self._shape), shape).astype(np.int64)
            self._shape = shape
            self._index()
        return True

    def _index(self) -> None:
        """Make the table in which codes are looked up."""
        size, codes = math.prod(self._shape), self.codes[self._found]
        self._table, self._hashed = None, {}
        if size > DENSE:
            self._hashed = dict(zip(codes.tolist(), self._found.tolist(), strict=True))
        else:
            self._table = np.full(size, -1, dtype=np.int32)
            self._table[codes] = self._found

    def _look_up(self, coded: Sequence[Coded]) -> npt.NDArray[np.int32] | None:
        """Return the number of the cell of each response [N]; None where a value is not known yet."""
        size = math.prod(self._shape)
        kind = np.int32 if size * len(coded) < 1 << 31 else np.int64
        steps = [math.prod(self._shape[at + 1 :]) for at in range(len(coded))]
        pairs, same = list[tuple[Whole, Whole]](), 0
        for one, known, step in zip(coded, self._ranks, steps, strict=True):
            if len(one.values) == 1:
                same += known[one.values[0]] * step
            else:
                table = [known[value] * step if value in known else -size for value in one.values]
                pairs.append((one.positions, np.array(table, dtype=kind)))
        cell = np.empty(len(coded[0].positions), dtype=np.int32)
        for some in blocks(len(cell)):
            code = np.full(some.stop - some.start, same, dtype=kind)
            for positions, adds in pairs:
                code += np.take(adds, positions[some])
            if int(code.min()) < 0:
                return None
            cell[some] = self._numbers(code)
        return cell

    def _numbers(self, code: Whole) -> Whole:
        if self._table is None:
            return self._by_hash(code)
        found = np.take(self._table, code)
        if int(found.min()) >= 0:
            return found
        fresh = code[found < 0]
        self._table[fresh] = at = np.arange(len(fresh), dtype=np.int32)
        once = fresh[self._table[fresh] == at].astype(np.int64)
        numbers = self._add(once)
        self._table[once] = numbers
        self._found = np.concatenate([self._found, numbers])
        return np.take(self._table, code)

    def _by_hash(self, code: Whole) -> Whole:
        coded = pa.array(code).dictionary_encode()
        codes = coded.dictionary.to_pylist()
        fresh = np.array([one for one in codes if one not in self._hashed], dtype=np.int64)
        numbers = self._add(fresh)
        self._hashed.update(zip(fresh.tolist(), numbers.tolist(), strict=True))
        self._found = np.concatenate([self._found, numbers])
        known: IntArray = np.array([self._hashed[one] for one in codes], dtype=np.int64)
        found: IntArray = np.take(known, coded.indices.to_numpy())
        return found


def _learn(known: dict[Any, int], values: Sequence[Any]) -> None:
    """Rank the values that are not known."""
    for value in values:
        known.setdefault(value, len(known))


def _coded(column: pa.Array) -> Coded:
    """Return the positions of the values of a key."""
    if pa.types.is_int8(column.type) and (coded := _bytes(column)) is not None:
        return coded
    if pa.types.is_integer(column.type) and not column.null_count and (coded := _runs(column)) is not None:
        return coded
    whole = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = whole.dictionary.to_pylist()
    if whole.indices.null_count:
        return Coded(pc.fill_null(whole.indices, len(values)).to_numpy(), [*values, None])
    return Coded(whole.indices.to_numpy(), values)


def _bytes(column: pa.Array) -> Coded | None:
    """Return numbers of 8 bits as they are; None where one of them stands for NULL."""
    nulls = column.null_count
    bits = (pc.fill_null(column, LEAST) if nulls else column).to_numpy().view(np.uint8)
    if nulls and np.count_nonzero(bits == BYTES.index(LEAST)) != nulls:
        return None
    return Coded(bits, WITH_NULL if nulls else BYTES, met=False)


def _runs(column: pa.Array) -> Coded | None:
    """Return the positions of numbers that are stored in runs; None where runs are short."""
    values = column.to_numpy()
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values))
    if len(ends) * RUN > len(values):
        return None
    known, rank = np.unique(values[ends - 1], return_inverse=True)
    return Coded(np.repeat(rank.astype(np.int32), np.diff(ends, prepend=0)), known.tolist())
