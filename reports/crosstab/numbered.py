"""A weighted sample that knows the cell of each response, so that options of a multiple choice can be counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.cells import Cells, IntArray
from analysis.design.counts.counting import is_plain, key_values, number_cells
from analysis.design.counts.numbered_responses import NumberedResponses
from analysis.design.cube import W_SCALE, build_cells
from analysis.design.lazy_sums import LazySums
from analysis.estimation.sample import Sample, SampleOptions, grouping_columns, weigh_cells
from reports.sample import Counted
from survey.errors import DesignError
from survey.instrument.rate import Rate

CELL, WEIGHT = "cell_number", "w_fx"
MOST_HELD = 1 << 22
"""Sums of marks by cell, of one kind, that are kept in memory: 32 MB."""


def prepare_numbered(
    counted: Counted, plan: SampleOptions, rates: tuple[Rate, ...]
) -> tuple[Sample, NumberedResponses]:
    """Return the weighted sample that `Counted.sample` makes, of these rates, and the cell of each response.

    Raises:
        DesignError, CalibrationError: as there.
    """
    rows, margins = counted.rows, counted.study.margins
    keys = ["psu", *grouping_columns(rows.column_names, margins, plan)]
    asked = {name for rate in rates for name in rate.columns}
    if not is_plain(rows, keys, (), WEIGHT) or not asked <= {*rows.column_names}:
        build_cells(rows, rates, keys)  # names the fault, if there is one
    numbered = number_cells(rows, keys)
    if numbered is None:
        raise DesignError("分组的组合太多", got="、".join(keys), cure="去掉一个分组列")
    cell, first = numbered
    responses = _numbered(rows, rates, cell.astype(np.int64))
    held = rows.select(keys).take(pa.array(first))
    columns = {name: key_values(held.column(name)) for name in keys}
    cells = _cells(responses, pd.DataFrame({**columns, CELL: np.arange(len(first))}))
    sample = weigh_cells(cells, counted.study.questionnaire, counted.study.areas, margins, plan)
    place = np.full(len(first), -1, dtype=np.int64)
    place[sample.cells.column(CELL).to_numpy()] = np.arange(len(sample.cells))
    return sample, replace(responses, cell=place[responses.cell])


def _numbered(rows: pa.Table, rates: Sequence[Rate], cell: IntArray) -> NumberedResponses:
    """Number responses by cell and weight."""
    weight = rows[WEIGHT].to_numpy() if WEIGHT in rows.column_names else np.full(len(cell), W_SCALE)
    found = number_cells(pa.table({"cell": cell, "weight": weight}), ["cell", "weight"])
    assert found is not None
    number, first = found
    own = weight[first].astype(np.int64)
    squares = np.floor(np.square(own, dtype=np.float64) / W_SCALE + 0.5) / W_SCALE
    return NumberedResponses(rows, tuple(rates), number.astype(np.int64), cell[first], own, squares)


def _cells(responses: NumberedResponses, keys: pd.DataFrame) -> Cells:
    """Return the cells of all responses; the sums of an item are made when they are asked for."""
    marks = responses.marks([rate.name for rate in responses.rates])
    counts = marks.count(responses.number, len(responses.cell))[:, : marks.size]
    starts = np.searchsorted(responses.cell, np.arange(len(keys)))

    few = marks.size * len(keys) <= MOST_HELD
    by_mark = counts if few else np.ascontiguousarray(counts.T)

    def kind(weights: Any) -> Callable[[int], Any]:
        if not few:
            return lambda mark: np.add.reduceat(by_mark[mark] * weights, starts)
        whole = cache(lambda: np.add.reduceat(counts * weights[:, None], starts, axis=0))
        return lambda mark: whole()[:, mark]

    def lazy(marks_of: IntArray, weigh: Callable[[int], Any]) -> LazySums:
        return LazySums(lambda at: weigh(int(marks_of[at])), len(marks_of), len(keys))

    ones = np.ones(len(responses.cell), dtype=np.int64)
    numerator, people, weights = 1 + np.arange(len(responses.rates)), kind(ones), kind(responses.weight)
    wy = lazy(numerator, weights)
    return Cells(
        keys=keys,
        items=responses.rates,
        n=people(0),
        w=weights(0),
        ww=np.add.reduceat(counts[:, 0] * responses.squares, starts),
        n_i=lazy(marks.base, people),
        wo=lazy(marks.base, weights),
        wy=wy,
        ny=lazy(numerator, people),
        wyy=wy,
        scale=W_SCALE,
    )
