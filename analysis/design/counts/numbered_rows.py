"""NumberedRows: responses read slice by slice, each with the number of its cell and of its weight.

A numbered cell has one weight where the responses of a cell have few different ones, as weights of sampling points and
modes are: their number then says all sums. Where weights differ from response to response, each response keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.counting import Whole, blocks, is_plain, number_cells
from analysis.design.counts.numbering import Numbering

OWN = 0
"""Weight of a numbered cell whose responses keep their own."""
SAMPLE = 10_000
"""Responses by which it is decided whether weights differ from response to response."""
FEW = 4
"""Responses of each weight of a cell, on average, from which cells are numbered by weight."""
MOST_WEIGHTS = 16
"""Weights of a cell up to which they are numbered."""
MOST_AT_ONCE = 1 << 18
"""Responses that are numbered at a time; a row group of the store has fewer."""
Read = Callable[[Sequence[str]], pa.Table]
_Numbered = tuple[Whole, Whole | None]
"""Numbered cell of each response [N], and the weights where they are kept."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some responses.

    Attributes:
        read: reads columns of them.
        cell: [N] numbered cell of each.
        weights: [N] fixed-point weights, 0 where that of the numbered cell says it; None where they all do.
    """

    read: Read
    cell: Whole
    weights: Whole | None

    def add_weights(self, total: npt.NDArray[Any], of: Callable[[FloatArray], npt.NDArray[Any]]) -> None:
        """Add what a function makes of the weights that responses keep to totals by numbered cell [F]."""
        if self.weights is None:
            return
        for some in blocks(len(self.cell)):
            np.add.at(total, self.cell[some].astype(np.intp), of(self.weights[some].astype(np.float64)))


@dataclass(frozen=True, slots=True)
class NumberedRows:
    """Responses whose cells are numbered: F numbered cells, which are C cells where weights are left aside.

    Attributes:
        slices: the responses.
        keys: one row per cell [C].
        cell: [F] cell of each numbered cell.
        weight: [F] weight of each of its responses; `OWN` where they differ.
    """

    slices: tuple[Slice, ...]
    keys: pa.Table
    cell: IntArray
    weight: IntArray

    @property
    def size(self) -> int:
        """Return the number of responses."""
        return sum(len(one.cell) for one in self.slices)

    @property
    def keep_weights(self) -> bool:
        """Return whether some responses keep a weight of their own."""
        return any(one.weights is not None for one in self.slices)

    def by_cell(self, sums: IntArray) -> IntArray:
        """Return sums by cell [C] given those by numbered cell [F]."""
        total = np.zeros(self.keys.num_rows, dtype=np.int64)
        np.add.at(total, self.cell, sums)
        return total


def number_rows(reads: Iterable[Read], keys: Sequence[str], weight: str, scale: int) -> NumberedRows | None:
    """Number the cells of responses, one slice in memory at a time; None where one is empty or not plain.

    Args:
        reads: read columns of the slices.
        keys: grouping columns.
        weight: name of the column of fixed-point weights; "" where all are 1.
        scale: the weight 1.
    """
    names, slices, numbers = [*keys, *([weight] if weight else [])], list[Slice](), None
    for read in reads:
        rows = read(names).select(names)
        texts = [key for key in keys if not pa.types.is_dictionary(rows.schema.field(key).type)]
        if not is_plain(rows, texts, (), weight):
            return None
        numbers = numbers or _Numbers(pa.schema([_plain(rows.schema.field(key)) for key in keys]), scale)
        if (numbered := numbers.number_all(rows, weight)) is None:
            return None
        slices.append(Slice(read, *numbered))
        del rows  # before the next slice is read
    if numbers is None or (ordered := number_cells(known := numbers.cells.keys(), keys)) is None:
        return None
    held = known.take(pa.array(ordered[1])).combine_chunks()
    return NumberedRows(tuple(slices), held, ordered[0].astype(np.int64), numbers.weight)


class _Numbers:
    """Numbers of cells and weights.

    Cells are numbered by weight until the weights of some responses differ from response to response; from then on each
    response keeps its own.
    """

    def __init__(self, schema: pa.Schema, scale: int) -> None:
        self.cells = Numbering(schema)
        self.weight: IntArray = np.zeros(0, dtype=np.int64)
        self._scale, self._own = scale, False
        self._next: IntArray = np.zeros(0, dtype=np.int64)  # the number of the same cell with another weight; -1: none

    def number_all(self, rows: pa.Table, weight: str) -> _Numbered | None:
        """Number the responses of a slice; None where the keys have too many combinations."""
        found = list[_Numbered]()
        for some in filter(len, rows.to_batches(MOST_AT_ONCE)):  # chunks may be empty
            weights = some.column(weight) if weight else None
            if (numbered := self.number(some.columns[: len(self.cells.schema)], weights)) is None:
                return None
            found.append(numbered)
        return _joined(found)

    def number(self, keys: Sequence[pa.Array], weight: pa.Array | None) -> _Numbered | None:
        """Number some responses [N]; None where the keys have too many combinations."""
        before = len(self.cells)
        numbered = self.cells.number(keys)
        if numbered is None:
            return None
        cell: Whole = numbered
        if weight is None or self._own:
            self._weigh(np.full(len(self.cells) - before, self._scale if weight is None else OWN))
        if weight is None:
            return self._narrowed(cell), None
        weights = weight.to_numpy().astype(np.int64, copy=False)
        if not self._own:
            cell = self._by_weight(cell, weights, before)
        return self._narrowed(cell), _narrow(weights) if self._own else None

    def _weigh(self, weights: IntArray) -> None:
        self.weight = np.concatenate([self.weight, weights])
        self._next = np.concatenate([self._next, np.full(len(weights), -1)])

    def _narrowed(self, cell: Whole) -> Whole:
        return cell.astype(np.min_scalar_type(len(self.cells)))

    def _by_weight(self, cell: Whole, weights: IntArray, before: int) -> Whole:
        """Number responses by cell and weight, or give that up; `before` numbers were known before these.

        The numbers of a cell are a chain: where the weight is not that of the first, the next is tried.
        """
        self._weigh(np.zeros(len(self.cells) - before, dtype=np.int64))
        if len(self.weight) > before:
            fresh = _where(cell, lambda some: cell[some] >= before)
            self.weight[cell[fresh]] = weights[fresh]
        odd = _where(cell, lambda some: np.take(self.weight, cell[some]) != weights[some])
        number, own, left = cell[odd], weights[odd], np.arange(len(odd))
        for _ in range(MOST_WEIGHTS):
            if not len(left):
                break
            ends = left[self._next[number[left]] < 0]
            if len(ends) and _differ(cell, weights, odd[:SAMPLE]):
                break
            self._lengthen(number[ends], own[ends])
            number[left] = after = self._next[number[left]]
            left = left[self.weight[after] != own[left]]
        if len(left):
            return self._keep_own(cell, before)
        cell[odd] = number
        return cell

    def _lengthen(self, last: Whole, weights: IntArray) -> None:
        """Add a number after each of some, with the weight of one of its responses."""
        self._next[last] = at = np.arange(len(last))
        once = np.flatnonzero(self._next[last] == at)
        self._next[last[once]] = self.cells.again(last[once])
        self._weigh(weights[once])

    def _keep_own(self, cell: Whole, before: int) -> Whole:
        """Let each of these responses and of those to come keep its weight."""
        self._own = True
        used = np.flatnonzero(np.bincount(cell, minlength=len(self.cells)))
        moved = np.arange(len(self.cells))
        self.weight[before:] = OWN
        older = used[used < before]
        moved[older] = self.cells.again(older)
        self._weigh(np.full(len(older), OWN))
        self.cells.find_only(moved[used])
        return np.take(moved, cell)


def _joined(found: Sequence[_Numbered]) -> _Numbered:
    """Return the numbers of the responses of a slice, and their weights: 0 for those whose number says all."""
    cell = np.concatenate([some for some, _ in found])
    if all(weights is None for _, weights in found):
        return cell, None
    kept = [np.zeros(len(some), np.uint32) if weights is None else weights for some, weights in found]
    return cell, np.concatenate(kept)


def _where(cell: Whole, test: Callable[[slice], npt.NDArray[np.bool_]]) -> IntArray:
    """Return the positions of the responses that a test of blocks finds."""
    return np.concatenate([np.flatnonzero(test(some)) + some.start for some in blocks(len(cell))])


def _differ(cell: Whole, weights: IntArray, some: IntArray) -> bool:
    """Return whether the weights of some responses differ from response to response."""
    known = pa.array(weights[some]).dictionary_encode()
    pairs = pa.array(cell[some].astype(np.int64) * len(known.dictionary) + known.indices.to_numpy()).unique()
    return len(pairs) * FEW > len(some)


def _plain(key: pa.Field) -> pa.Field:
    """Return a key with texts in place of dictionaries."""
    return pa.field(key.name, key.type.value_type if pa.types.is_dictionary(key.type) else key.type)


def _narrow(weights: IntArray) -> Whole:
    """Return weights, which are positive, in 32 bits where that holds them."""
    return weights.astype(np.uint32) if int(weights.max()) < 1 << 32 else weights
