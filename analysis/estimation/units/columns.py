"""Columns: the final weights of the answers to some items by cell, which estimates in all domains are summed from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from analysis.design.cells import FloatArray, IntArray
from analysis.design.lazy_sums import Sums, made_of
from analysis.estimation.weighted_design import WeightedDesign

KEPT = 1 << 21
"""Numbers of the last columns that are kept with the cells: 16 MB."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Sums of I items by cell.

    Attributes:
        values: [C, m] final weights of the answers counted, an item each, then of all answers, a base each.
        people: [C, b] answers, a base each.
        down: [I] column of the base of each item among the values.
        count: [I] column of its base among the people.
    """

    values: FloatArray
    people: FloatArray
    down: IntArray
    count: IntArray


def columns_of(basis: WeightedDesign, rows: IntArray) -> Columns:
    """Return the columns of items, given their rows in the cells; the last ones are kept while they are small."""
    known, found = basis.cells.cache.get("columns", (None, None))
    if known is not None and known[0] is basis.weights and np.array_equal(known[1], rows):
        columns: Columns = found
        return columns
    columns = _columns(basis, rows)
    if columns.values.size <= KEPT:
        basis.cells.cache["columns"] = ((basis.weights, rows), columns)
    return columns


def _columns(basis: WeightedDesign, rows: IntArray) -> Columns:
    cells = basis.cells
    (downs, down), (counts, count) = (_distinct(sums, rows.tolist()) for sums in (cells.wo, cells.n_i))
    values = np.zeros((len(cells), len(rows) + len(downs)))
    for at, sums in enumerate(chain((cells.wy[at] for at in rows), downs)):
        if sums.any():
            values[:, at] = basis.final(sums)
    return Columns(values, np.column_stack(counts).astype(np.float64), len(rows) + down, count)


def _distinct(sums: Sums, rows: Sequence[int]) -> tuple[list[IntArray], IntArray]:
    """Return the distinct rows among some, and which of them each is: the options of a question have one base."""
    found, place, first = list[IntArray](), list[int](), dict[tuple[int, int], list[int]]()
    met, held = dict[Hashable, int](), list[IntArray]()  # arrays are met by their id while they are held here
    for row in rows:
        name, column = made_of(sums, row), None
        if name is None:
            held.append(column := sums[row])
            name = ("array", id(column))
        if name not in met:
            column = sums[row] if column is None else column
            same = first.setdefault((int(column.sum()), int(column[: len(column) // 2].sum())), [])
            known = next((at for at in same if np.array_equal(found[at], column)), len(found))
            if known == len(found):
                found.append(column)
                same.append(known)
            met[name] = known
        place.append(met[name])
    return found, np.array(place, dtype=np.int64)
