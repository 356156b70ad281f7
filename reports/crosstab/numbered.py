"""A weighted sample that knows the cell of each response, so that options of a multiple choice can be counted.

Numbering and weighting depend on the groups, not on the questions: tables of the same responses and groups share them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.counts.counting import is_plain, key_values, number_cells
from analysis.design.counts.numbered_responses import Marks, NumberedResponses
from analysis.design.cube import W_SCALE, build_cells
from analysis.design.lazy_sums import LazySums
from analysis.estimation.sample import Sample, SampleOptions, grouping_columns, weigh_cells
from reports.sample import Counted
from survey.errors import DesignError
from survey.instrument.rate import Rate
from survey.study.study import Study

CELL, WEIGHT = "cell_number", "w_fx"
MOST_HELD = 1 << 22
"""Sums of marks by cell, of one kind, that are kept in memory: 32 MB."""
KEPT, MOST_ROWS = 2, 1 << 21
"""Weighted responses that stay in memory, and how many responses they have at most."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """Responses with their numbered cells and weights, whatever is asked of them.

    Attributes:
        rows: their keys and base weights.
        number, cell, weight, squares: as in `NumberedResponses`; `cell` is of all cells.
        first: [C] a response of each cell.
        sample: of the cells of its modes, without items; the column `CELL` gives the place of each among all.
        study, plan: what it was made for.
    """

    rows: pa.Table
    number: IntArray
    cell: IntArray
    weight: IntArray
    squares: FloatArray
    first: IntArray
    sample: Sample
    study: Study
    plan: SampleOptions

    def is_of(self, rows: pa.Table, study: Study, plan: SampleOptions) -> bool:
        """Return whether the weights of these responses are the same."""
        one, two = self.study, study
        shared = one.areas is two.areas and one.margins is two.margins and self.plan == plan
        return shared and one.questionnaire.fingerprint == two.questionnaire.fingerprint and self.rows.equals(rows)


WEIGHTED: list[Weighted] = []
"""What this process keeps, the newest first."""


def prepare_numbered(
    counted: Counted, plan: SampleOptions, rates: tuple[Rate, ...]
) -> tuple[Sample, NumberedResponses]:
    """Return the weighted sample that `Counted.sample` makes, of these rates, and the cell of each response.

    Raises:
        DesignError, CalibrationError: as there.
    """
    rows = counted.rows
    keys = ["psu", *grouping_columns(rows.column_names, counted.study.margins, plan)]
    asked = {name for rate in rates for name in rate.columns}
    if not is_plain(rows, keys, (), WEIGHT) or not asked <= {*rows.column_names}:
        build_cells(rows, rates, keys)  # names the fault, if there is one
    found = _weighted(rows.select([*keys, *([WEIGHT] if WEIGHT in rows.column_names else [])]), keys, counted, plan)
    own = found.sample.cells.column(CELL).to_numpy()
    place = np.full(len(found.first), -1, dtype=np.int64)
    place[own] = np.arange(len(own))
    responses = NumberedResponses(rows, tuple(rates), found.number, place[found.cell], found.weight, found.squares)
    cells = _with_items(found, responses, own)
    return replace(found.sample, cells=cells), responses


def _weighted(rows: pa.Table, keys: Sequence[str], counted: Counted, plan: SampleOptions) -> Weighted:
    """Number and weight responses, or take what is kept of them."""
    for known in tuple(WEIGHTED):
        if known.is_of(rows, counted.study, plan):
            return known
    numbered = number_cells(rows, keys)
    if numbered is None:
        raise DesignError("分组的组合太多", got="、".join(keys), cure="去掉一个分组列")
    cell, first = numbered
    number, cell, weight, squares = _numbered(rows, cell)
    held = rows.select(keys).take(pa.array(first))
    columns = {name: key_values(held.column(name)) for name in keys}
    count, starts = np.bincount(number), np.searchsorted(cell, np.arange(len(first)))
    n, w, ww = (np.add.reduceat(count * one, starts) for one in (np.int64(1), weight, squares))
    none = np.zeros((0, len(first)), dtype=np.int64)
    frame = pd.DataFrame({**columns, CELL: np.arange(len(first))})
    cells = Cells(frame, (), n, w, ww, none, none, none, none, none, W_SCALE)
    sample = weigh_cells(cells, counted.study.questionnaire, counted.study.areas, counted.study.margins, plan)
    made = Weighted(rows, number, cell, weight, squares, first, sample, counted.study, plan)
    if len(number) <= MOST_ROWS:
        WEIGHTED[:] = [made, *WEIGHTED[: KEPT - 1]]
    return made


def _numbered(rows: pa.Table, cell: npt.NDArray[Any]) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Number responses by cell and weight: number [N], and cell, weight and its square of each number [F]."""
    weight = rows[WEIGHT].to_numpy() if WEIGHT in rows.column_names else np.full(len(cell), W_SCALE)
    found = number_cells(pa.table({"cell": cell.astype(np.int64), "weight": weight}), ["cell", "weight"])
    assert found is not None
    number, first = found
    own = weight[first].astype(np.int64)
    squares = np.floor(np.square(own, dtype=np.float64) / W_SCALE + 0.5) / W_SCALE
    return number.astype(np.int64), cell[first].astype(np.int64), own, squares


def _with_items(found: Weighted, responses: NumberedResponses, own: IntArray) -> Cells:
    """Return the cells of the sample with sums of the rates, made when they are asked for; `own` are their places."""
    marks = responses.marks([rate.name for rate in responses.rates])
    people, weights = _summing(found, responses, marks, own)

    def lazy(marks_of: IntArray, weigh: Callable[[int], Any]) -> LazySums:
        return LazySums(lambda at: weigh(int(marks_of[at])), len(marks_of), len(own))

    numerator = 1 + np.arange(len(responses.rates))
    wy, ny = lazy(numerator, weights), lazy(numerator, people)
    sums: dict[str, Any] = {
        "n_i": lazy(marks.base, people),
        "wo": lazy(marks.base, weights),
        "wy": wy,
        "ny": ny,
        "wyy": wy,
    }
    return replace(found.sample.cells, items=responses.rates, cache={}, **sums)


def _summing(
    found: Weighted, responses: NumberedResponses, marks: Marks, own: IntArray
) -> tuple[Callable[[int], Any], Callable[[int], Any]]:
    """Return what sums the responses, and their weights, that have a mark, by cell."""
    counts = marks.count(found.number, len(found.cell))[:, : marks.size]
    starts = np.searchsorted(found.cell, np.arange(len(found.first)))
    few = marks.size * len(starts) <= MOST_HELD
    by_mark = counts if few else np.ascontiguousarray(counts.T)

    def summing(weights: IntArray) -> Callable[[int], Any]:
        if not few:
            return lambda mark: np.add.reduceat(by_mark[mark] * weights, starts)[own]
        whole = cache(lambda: _summed(counts.astype(np.int64), weights, starts, own))
        return lambda mark: whole()[mark]

    return summing(np.ones(len(found.cell), dtype=np.int64)), summing(found.weight)


def _summed(counts: IntArray, weights: IntArray, starts: IntArray, own: IntArray) -> list[IntArray]:
    """Return weighted counts [F, L] of some cells by mark: the same array whenever a mark is asked for.

    A product of whole numbers is exact, and by rows faster than `reduceat`.
    """
    from scipy.sparse import csr_matrix

    shape = (len(starts), len(counts))
    by_cell = csr_matrix((weights, np.arange(len(counts)), np.append(starts, len(counts))), shape=shape)
    return list(np.ascontiguousarray((by_cell[own] @ counts).T))
