"""A weighted sample that knows the cell of each response, so that options of a multiple choice can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.cells import IntArray
from analysis.design.counts.counting import key_values, number_cells
from analysis.design.cube import W_SCALE, build_cells
from analysis.design.option_counts import NumberedResponses
from analysis.estimation.sample import Sample, SampleOptions, grouping_columns, weigh_cells
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.study.areas import Areas

CELL, WEIGHT = "cell_number", "w_fx"


def prepare_numbered(
    rows: pa.Table, questionnaire: Questionnaire, areas: Areas, margins: pd.DataFrame, plan: SampleOptions
) -> tuple[Sample, NumberedResponses]:
    """Return what `sample.prepare` does, of all rates of the questionnaire, with the cell of each response.

    Raises:
        DesignError, CalibrationError: as there.
    """
    keys, rates = ["psu", *grouping_columns(rows.column_names, margins, plan)], questionnaire.rates
    if not rows.num_rows:
        raise DesignError("没有任何答卷", cure="先用 silu import 导入答卷")
    numbered = number_cells(rows, keys)
    if numbered is None:
        raise DesignError("分组的组合太多", got="、".join(keys), cure="去掉一个分组列")
    cell, first = numbered
    cells = build_cells(rows.append_column(CELL, pa.array(cell)), rates, psu=CELL)
    held = rows.select(keys).take(pa.array(first))
    columns = {name: key_values(held.column(name)) for name in keys}
    cells = replace(cells, keys=pd.DataFrame({**columns, CELL: np.arange(len(first))}))
    sample = weigh_cells(cells, questionnaire, areas, margins, plan)
    place = np.full(len(first), -1, dtype=np.int64)
    place[sample.cells.column(CELL).to_numpy()] = np.arange(len(sample.cells))
    return sample, _numbered(rows, rates, place[cell])


def _numbered(rows: pa.Table, rates: Sequence[Rate], cell: IntArray) -> NumberedResponses:
    """Number responses by cell and weight."""
    weight = rows[WEIGHT].to_numpy() if WEIGHT in rows.column_names else np.full(len(cell), W_SCALE)
    found = number_cells(pa.table({"cell": cell, "weight": weight}), ["cell", "weight"])
    assert found is not None
    number, first = found
    return NumberedResponses(rows, tuple(rates), number.astype(np.int64), cell[first], weight[first].astype(np.int64))
