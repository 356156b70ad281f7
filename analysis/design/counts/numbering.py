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

MIXED = 1 << 16
"""Combinations of values up to which keys are looked up together."""

_Pair = tuple[Whole, Whole]
"""Positions of values of a key by response [N], and what each position adds to the combination of ranks."""


@dataclass(frozen=True, slots=True)
class Coded:
    """The values of a key of some responses: N responses, or runs of them with the same value.

    Attributes:
        positions: [N] position of each among the values.
        values: values by position, NULL among them.
        lengths: [N] responses of each run; None where each has a position.
        met: whether there are responses with each value; not sure for a range of numbers.
    """

    positions: Whole
    values: pa.Array
    lengths: IntArray | None = None
    met: bool = True


class Numbering:
    """Numbers of cells.

    Attributes:
        schema: the keys with their types.
        codes: [F] the combination of ranks of each number; several numbers may have the same.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Take the keys with their types."""
        self.schema = schema
        self._known: list[pa.Array] = [pa.array([], one.type) for one in schema]  # values by rank
        self._shape: tuple[int, ...] = (0,) * len(schema)
        self.codes: IntArray = np.zeros(0, dtype=np.int64)
        self._found: IntArray = np.zeros(0, dtype=np.int64)  # the numbers that look-ups find
        self._table: npt.NDArray[np.int32] | None = None
        self._hashed: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def number(self, keys: Sequence[pa.Array]) -> npt.NDArray[np.int32] | None:
        """Return the number of the cell of each response [N]; None where the keys have too many combinations."""
        coded = [_coded(one, field.type) for one, field in zip(keys, self.schema, strict=True)]
        self._learn([one.values if one.met else None for one in coded])
        if not self._reshaped():
            return None
        if (cell := self._look_up(coded, len(keys[0]))) is None:
            self._learn([None if one.met else _met(one) for one in coded])
            cell = self._look_up(coded, len(keys[0])) if self._reshaped() else None
        return cell

    def _learn(self, values: Sequence[pa.Array | None]) -> None:
        """Rank the values of each key that are not known."""
        for at, some in enumerate(values):
            if some is None:
                continue
            fresh = some.filter(pc.invert(pc.is_in(some, self._known[at])))
            if len(fresh):
                self._known[at] = pa.concat_arrays([self._known[at], fresh.unique()])

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
        columns = [known.take(pa.array(rank)) for known, rank in zip(self._known, ranks, strict=True)]
        return pa.table(columns, schema=self.schema)

    def _add(self, codes: IntArray) -> IntArray:
        fresh = np.arange(len(self.codes), len(self.codes) + len(codes))
        self.codes = np.concatenate([self.codes, codes])
        return fresh

    def _reshaped(self) -> bool:
        """Make room for all values that are known; return whether there is any."""
        shape = tuple(max(len(known), 1) for known in self._known)
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

    def _look_up(self, coded: Sequence[Coded], count: int) -> npt.NDArray[np.int32] | None:
        """Return the number of the cell of each response [count]; None where a value is not known yet."""
        size = math.prod(self._shape)
        kind = np.int32 if size * len(coded) < 1 << 31 else np.int64
        steps = [math.prod(self._shape[at + 1 :]) for at in range(len(coded))]
        pairs, runs, same = list[_Pair](), list[Whole](), 0
        for one, known, step in zip(coded, self._known, steps, strict=True):
            ranks = pc.fill_null(pc.index_in(one.values, known), -1).to_numpy().astype(kind)
            adds: Whole = np.where(ranks < 0, kind(-size), ranks * kind(step))
            if len(adds) == 1:
                same += int(adds[0])
            elif one.lengths is None:
                pairs.append((one.positions, adds))
            else:
                runs.append(np.repeat(adds[one.positions], one.lengths))
        pairs = _mixed(pairs)
        cell = np.empty(count, dtype=np.int32)
        for some in blocks(count):
            code = np.full(some.stop - some.start, same, dtype=kind)
            for run in runs:
                code += run[some]
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


def _met(coded: Coded) -> pa.Array:
    """Return the values that responses have."""
    return coded.values.take(pa.array(np.flatnonzero(np.bincount(coded.positions, minlength=len(coded.values)))))


def _mixed(pairs: Sequence[_Pair]) -> list[_Pair]:
    """Put keys of few values together: one number for their values takes one look-up."""
    found = list[_Pair]()
    for positions, adds in pairs:
        last = found[-1] if found else None
        short = positions.dtype == np.uint8 and last is not None and last[0].dtype in (np.uint8, np.uint16)
        if short and len(found[-1][1]) * len(adds) <= MIXED:
            before, steps = found.pop()
            mixed = before.astype(np.uint16)
            mixed *= np.uint16(len(adds))
            mixed += positions
            found.append((mixed, np.add.outer(steps, adds).ravel()))
        else:
            found.append((positions, adds))
    return found


def _coded(column: pa.Array, kind: pa.DataType) -> Coded:
    """Return the positions of the values of a key, and its values in a type."""
    if pa.types.is_int8(column.type) and (coded := _bytes(column)) is not None:
        return coded
    if pa.types.is_integer(column.type) and (coded := _runs(column)) is not None:
        return coded
    whole = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values, nulls = whole.dictionary.cast(kind), whole.indices.null_count
    positions = (pc.fill_null(whole.indices, len(values)) if nulls else whole.indices).to_numpy()
    values = _and_null(values) if nulls else values
    if len(values) == 1 or (ends := _ends(positions)) is None:
        return Coded(positions, values)
    return Coded(positions[ends - 1], values, np.diff(ends, prepend=0))


def _and_null(values: pa.Array) -> pa.Array:
    return pa.concat_arrays([values, pa.nulls(1, values.type)])


def _bytes(column: pa.Array) -> Coded | None:
    """Return numbers of 8 bits by their place in a range; None where it leaves no room for NULL."""
    raw = _held(column)
    low, high = int(raw.min()), int(raw.max())
    values = pa.array(range(low, high + 1), column.type)
    if column.null_count:
        if high == np.iinfo(raw.dtype).max:
            return None
        raw, values = pc.fill_null(column, high + 1).to_numpy(), _and_null(values)
    return Coded((raw - raw.dtype.type(low)).view(np.uint8), values, met=False)


def _runs(column: pa.Array) -> Coded | None:
    """Return the positions of numbers that are stored in runs; None where runs are short, or no number is left."""
    raw, null = _held(column), None
    if column.null_count:
        if (null := int(raw.max()) + 1) > np.iinfo(raw.dtype).max:
            return None
        raw = pc.fill_null(column, null).to_numpy()
    if (ends := _ends(raw)) is None:
        return None
    known, rank = np.unique(raw[ends - 1], return_inverse=True)
    values = pa.array(known, column.type, mask=None if null is None else known == null)
    return Coded(rank, values, np.diff(ends, prepend=0))


def _held(column: pa.Array) -> npt.NDArray[Any]:
    """Return the whole numbers of a column with any number in place of NULL."""
    values = column.buffers()[1]
    held = pa.Array.from_buffers(column.type, len(column), [None, values], offset=column.offset)
    return np.asarray(held.to_numpy())


def _ends(values: npt.NDArray[Any]) -> IntArray | None:
    """Return where runs of equal values end; None where they are short."""
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values))
    return ends if len(ends) * RUN <= len(values) else None
