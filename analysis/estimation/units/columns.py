"""Columns: the final weights of the answers to some items by cell, which estimates in all domains are summed from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from analysis.design.cells import FloatArray, IntArray
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
    downs, down = _distinct([cells.wo[at] for at in rows])
    counts, count = _distinct([cells.n_i[at] for at in rows])
    values = np.empty((len(cells), len(rows) + len(downs)))
    for at, sums in enumerate(chain((cells.wy[at] for at in rows), downs)):
        values[:, at] = basis.final(sums)
    return Columns(values, np.column_stack(counts).astype(np.float64), len(rows) + down, count)


def _distinct(columns: list[IntArray]) -> tuple[list[IntArray], IntArray]:
    """Return the distinct columns, and which of them each is: the options of a question have one base."""
    found, place, first = list[IntArray](), list[int](), dict[tuple[int, int], list[int]]()
    met = dict[int, int]()  # arrays, all of which are held here
    for column in columns:
        if id(column) in met:
            place.append(met[id(column)])
            continue
        same = first.setdefault((int(column.sum()), int(column[: len(column) // 2].sum())), [])
        known = next((at for at in same if np.array_equal(found[at], column)), len(found))
        if known == len(found):
            found.append(column)
            same.append(known)
        met[id(column)] = known
        place.append(known)
    return found, np.array(place, dtype=np.int64)
