"""NumberedRows: responses read slice by slice, each with the number of its cell and of its weight.

A numbered cell has one weight where the responses of a cell have few different ones, as weights of sampling points and
modes are: their number then says all sums. Where weights differ from response to response, each response keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Whole, blocks, is_plain, number_cells

WEIGHT = "weight of the cell"
OWN = 0
"""Weight of a numbered cell whose responses keep their own."""
SAMPLE = 10_000
"""Responses by which it is decided whether weights differ from response to response."""
FEW = 4
"""Responses of each weight of a cell, on average, from which cells are numbered by weight."""
Read = Callable[[Sequence[str]], pa.Table]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some responses.

    Attributes:
        read: reads columns of them.
        cell: [N] numbered cell of each.
        weights: [N] fixed-point weights; None where those of the numbered cells say all.
    """

    read: Read
    cell: Whole
    weights: Whole | None


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
    slices, known = list[Slice](), None
    for read in reads:
        rows = read([*keys, *([weight] if weight else [])])
        numbers = [key for key in keys if not pa.types.is_dictionary(rows.schema.field(key).type)]
        if not is_plain(rows, numbers, (), weight) or (numbered := number_cells(rows, keys)) is None:
            return None
        cell, first = numbered
        heads = rows.select(list(keys)).take(pa.array(first))
        weights = np.full(1, scale) if not weight else rows[weight].to_numpy().astype(np.int64, copy=False)
        cell, heads, own = _split(cell, heads, weights, first) if weight else (cell, _with(heads, weights), None)
        if (merged := _merged(known, heads)) is None:
            return None
        known, places = merged
        slices.append(Slice(read, _placed(cell, places.astype(np.min_scalar_type(known.num_rows))), own))
    if known is None or (numbered := number_cells(known, keys)) is None:
        return None
    held = _plain(known.select(list(keys)).take(pa.array(numbered[1])))
    return NumberedRows(tuple(slices), held, numbered[0].astype(np.int64), known[WEIGHT].to_numpy())


def _split(cell: Whole, heads: pa.Table, weights: IntArray, first: IntArray) -> tuple[Whole, pa.Table, Whole | None]:
    """Number responses by cell and weight, or keep their weights.

    Returns:
        The numbered cell of each response, one row per numbered cell, and the weights where they are kept.
    """
    one = weights[first]
    differ = (
        np.flatnonzero(np.take(one, cell[some].astype(np.intp)) != weights[some]) + some.start
        for some in blocks(len(cell))
    )
    odd = np.concatenate(list(differ))
    if not len(odd):
        return cell, _with(heads, one), None
    if len(_pairs(cell, weights, odd[:SAMPLE])[1]) * FEW > min(len(odd), SAMPLE):
        return cell, _with(heads, np.full(len(first), OWN)), _narrow(weights)
    number, parent, other = _pairs(cell, weights, odd)
    more = _with(heads.take(pa.array(parent)), other)
    cell[odd] = number + len(first)
    return cell, pa.concat_tables([_with(heads, one), more]), None


def _pairs(cell: Whole, weights: IntArray, some: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the number of cell and weight of some responses, and cell and weight of each number."""
    known = pa.array(weights[some]).dictionary_encode()
    coded = pa.array(cell[some].astype(np.int64) * len(known.dictionary) + known.indices.to_numpy()).dictionary_encode()
    parent, place = np.divmod(coded.dictionary.to_numpy(), len(known.dictionary))
    return coded.indices.to_numpy(), parent, known.dictionary.to_numpy()[place]


def _placed(cell: Whole, places: Whole) -> Whole:
    """Return the place of the cell of each response."""
    found = np.empty(len(cell), dtype=places.dtype)
    for some in blocks(len(cell)):
        found[some] = np.take(places, cell[some].astype(np.intp))
    return found


def _merged(known: pa.Table | None, heads: pa.Table) -> tuple[pa.Table, IntArray] | None:
    """Return the table of numbered cells with those of a slice, and the place of each of these in it."""
    if known is None:
        return heads, np.arange(heads.num_rows)
    numbered = number_cells(pa.concat_tables([known, heads]), heads.column_names)
    if numbered is None:
        return None
    number, size = numbered[0], known.num_rows
    place = np.full(len(numbered[1]), -1, dtype=np.int64)
    place[number[:size]] = np.arange(size)
    fresh = np.flatnonzero(place[number[size:]] < 0)
    place[number[size + fresh]] = size + np.arange(len(fresh))
    whole = pa.concat_tables([known, heads.take(pa.array(fresh))]).unify_dictionaries().combine_chunks()
    return whole, place[number[size:]]


def _with(heads: pa.Table, weights: IntArray) -> pa.Table:
    """Return cells with their weight, or with the same for all."""
    return heads.append_column(WEIGHT, pa.array(np.broadcast_to(weights, heads.num_rows)))


def _narrow(weights: IntArray) -> Whole:
    """Return weights, which are positive, in 32 bits where that holds them."""
    return weights.astype(np.uint32) if int(weights.max()) < 1 << 32 else weights


def _plain(keys: pa.Table) -> pa.Table:
    """Return the keys with texts in place of dictionaries."""
    kinds = [one.type.value_type if pa.types.is_dictionary(one.type) else one.type for one in keys.schema]
    return keys.cast(pa.schema(list(zip(keys.column_names, kinds, strict=True)))).combine_chunks()
