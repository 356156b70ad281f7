"""Respondents behind the cells of a sample: the cell and final weight of each, and further items summed over them.

Summing an item over existing cells needs no second pass over the store and no second raking: the cells of a sample
depend on whom it holds, not on the items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from analysis.design.cells import FloatArray, IntArray, Named
from analysis.estimation.sample import Sample
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

Flags = npt.NDArray[np.bool_]
WEIGHT = "w_fx"
"""Column of the fixed-point base weights."""
NUMBERED = "numbered"
"""Key of the numbers of cells in their cache."""
NULL = -128
"""Code that stands for NULL: the question was not asked."""


@dataclass(frozen=True, slots=True)
class Marks:
    """0/1 answers of R respondents to K further items.

    Attributes:
        items: the items counted.
        base: who is in the base of each item: CSR [R, K] of 0/1, or a mask [R] that holds for all items.
        hits: CSR [R, K] of 0/1, ones within the base.
    """

    items: tuple[Named, ...]
    base: Any
    hits: Any


@dataclass(frozen=True, slots=True)
class ItemSums:
    """Sums of K 0/1 items by cell [K, C]: responses in the base, their weights, ones, and the weights of the ones."""

    n: IntArray
    wo: IntArray
    ny: IntArray
    wy: IntArray


def cell_of(sample: Sample, responses: pa.Table) -> IntArray:
    """Return the cell of each response, -1 for those outside the sample (another mode, no sampling point)."""
    if not len(responses):  # their columns may be without a type
        return np.zeros(0, dtype=np.int64)
    numbered, row = _numbered(sample), np.zeros(len(responses), dtype=np.int64)
    outside = np.zeros(len(responses), dtype=bool)
    for name, labels in numbered.labels.items():
        values = _places(labels, responses[name])
        row = row * (len(labels) + 1) + np.maximum(values, 0)
        outside |= values < 0
    place = np.minimum(np.searchsorted(numbered.number, row), len(numbered.number) - 1)
    return np.where(outside | (numbered.number[place] != row), -1, numbered.order[place]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The cells of a sample by one number each.

    Attributes:
        labels: the values of each column by which they are grouped; its missing value comes after them.
        number: [C] in ascending order.
        order: [C] the cell of each number.
    """

    labels: Mapping[str, pd.Index[Any]]
    number: IntArray
    order: IntArray


def _numbered(sample: Sample) -> _Numbered:
    """Return the numbers of the cells; kept with them, because respondents are looked up more than once."""
    kept: tuple[Any, Any] = sample.cells.cache.get(NUMBERED, (None, None))
    if kept[0] is not sample.grouped:
        kept = sample.cells.cache[NUMBERED] = (sample.grouped, _number(sample.grouped))
    found: _Numbered = kept[1]
    return found


def _number(grouped: pd.DataFrame) -> _Numbered:
    number, labels = np.zeros(len(grouped), dtype=np.int64), dict[str, Any]()
    for name in grouped.columns:
        codes, values = pd.factorize(grouped[name])
        labels[str(name)] = values
        number = number * (len(values) + 1) + np.where(codes < 0, len(values), codes)
    order = np.argsort(number)
    return _Numbered(labels, number[order], order)


def _places(labels: pd.Index[Any], column: pa.ChunkedArray) -> IntArray:
    """Return the places of responses among the labels of a column, after them for NULL; -1 for a value no cell has."""
    if pa.types.is_dictionary(column.type):  # of few values, each looked up once
        coded = column.unify_dictionaries().combine_chunks()
        at = _found(labels, coded.dictionary).take(coded.indices)
    else:
        at = _found(labels, column)
    missing = column.is_null().to_numpy() if column.null_count else None
    at = pc.fill_null(at, -1).to_numpy(zero_copy_only=False)
    return np.asarray(at if missing is None else np.where(missing, len(labels), at), dtype=np.int64)


def _found(labels: pd.Index[Any], values: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.fill_null(pc.index_in(values, value_set=pa.array(labels.tolist(), values.type)), -1)


def respondent_weights(sample: Sample, responses: pa.Table, cell: IntArray | None = None) -> FloatArray:
    """Return the final weight of each response: base weight times cell factor; 0 outside the sample.

    Args:
        sample: the sample.
        responses: R responses.
        cell: [R] from `cell_of`, where somebody keeps it.
    """
    factor, cell = np.append(sample.weights.factor, 0.0), cell_of(sample, responses) if cell is None else cell
    return np.asarray(base_weights_of(sample, responses) / sample.cells.scale * factor[cell])


def base_weights_of(sample: Sample, responses: pa.Table) -> npt.NDArray[Any]:
    """Return the fixed-point base weight of each response; `scale` for all where the answers have none."""
    if WEIGHT not in responses.column_names:
        return np.full(len(responses), sample.cells.scale, dtype=np.int64)
    return np.asarray(responses[WEIGHT].to_numpy(), dtype=np.int64)


def answered(responses: pa.Table, rate: Rate) -> tuple[Flags, Flags]:
    """Return who is in the base of a rate and who counts as one, as `analysis.design.cube.answer_sql` does in SQL."""
    outside = (NULL,) if rate.base == "all" else (NULL, BLANK, *rate.missing)
    inside, hit = np.zeros((2, len(responses)), dtype=bool)
    for column, codes in rate.terms:
        values = codes_of(responses, column)
        inside |= ~np.isin(values, outside)
        hit |= np.isin(values, codes)
    return inside | hit, hit


def codes_of(responses: pa.Table, name: str) -> npt.NDArray[np.int16]:
    """Return a coded column with `NULL` for NULL."""
    column = responses[name].cast(pa.int16()).fill_null(NULL)
    return np.asarray(column.to_numpy(), dtype=np.int16)


def with_items(sample: Sample, cell: IntArray, weight: npt.NDArray[Any], marks: Marks) -> Sample:
    """Return the sample with these items in place of its own; cells, design and weights are kept.

    Args:
        sample: cells, design and weights.
        cell: [R] from `cell_of`.
        weight: [R] fixed-point base weights.
        marks: the answers to the items.
    """
    count, weigh = by_cell(sample, cell, weight)
    size = (len(marks.items), len(sample.cells))
    hits, base = ((_dense(count, of, size), _dense(weigh, of, size)) for of in (marks.hits, marks.base))
    return with_sums(sample, marks.items, ItemSums(*base, *hits))


def by_cell(sample: Sample, cell: IntArray, weight: npt.NDArray[Any]) -> tuple[Any, Any]:
    """Return CSR [C, R] that counts the respondents of each cell, and the one that sums their weights.

    Args:
        sample: the cells.
        cell: [R] from `cell_of`.
        weight: [R] fixed-point base weights.
    """
    inside = np.flatnonzero(cell >= 0)
    shape, place = (len(sample.cells), len(cell)), (cell[inside], inside)
    ones = np.ones(len(inside), dtype=np.int64)
    count, weigh = (sparse.csr_matrix((one, place), shape=shape) for one in (ones, weight[inside].astype(np.int64)))
    return count, weigh


def with_sums(sample: Sample, items: tuple[Named, ...], sums: ItemSums) -> Sample:
    """Return the sample with items that are summed over its cells already, in place of its own."""
    cells = replace(
        sample.cells, items=tuple(items), cache={}, n_i=sums.n, wo=sums.wo, ny=sums.ny, wy=sums.wy, wyy=sums.wy
    )
    return replace(sample, cells=cells)


def _dense(sums: Any, values: Any, size: tuple[int, int]) -> IntArray:
    """Sum 0/1 values by cell [K, C]; a mask applies to every item."""
    if isinstance(values, np.ndarray):
        return np.broadcast_to(sums @ values.astype(np.int64), size)
    return np.ascontiguousarray((sums @ values.astype(np.int64)).toarray().T)
