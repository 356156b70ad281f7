"""Respondents and cells: every row finds its cell, and items summed over cells equal those of the SQL aggregation."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import sparse

from analysis.estimation.respondents import (
    Marks,
    answered,
    base_weights_of,
    cell_of,
    respondent_weights,
    with_items,
)
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.instrument.question import BLANK
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw


@cache
def city() -> MockCity:
    return draw(MockSpec(seed=2, districts=3, waves=2, online=True, faults=False, texts=False))


def _sample(responses: pa.Table, *modes: str) -> Sample:
    mock = city()
    return prepare(responses, mock.questionnaire, mock.city.areas, mock.margins, SampleOptions(modes=modes or None))


def _spoilt() -> pa.Table:
    """Return responses in another order, with some sampling points and ages missing and some ages blank."""
    rows = city().responses()
    rng = np.random.default_rng(4)
    for name, share in (("psu", 0.03), ("age", 0.2)):
        at = rows.column_names.index(name)
        lost = pa.array(rng.random(len(rows)) < share)
        rows = rows.set_column(at, name, pc.if_else(lost, pa.scalar(None, rows[name].type), rows[name]))
    at, blank = rows.column_names.index("age"), pa.array(rng.random(len(rows)) < 0.1)
    rows = rows.set_column(at, "age", pc.if_else(blank, pa.scalar(BLANK, rows["age"].type), rows["age"]))
    return rows.take(rng.permutation(len(rows)))


def test_no_responses_have_no_cells_whatever_the_type_of_their_columns() -> None:
    sample = _sample(city().responses(), "household")
    nobody = pa.table({name: pa.nulls(0) for name in sample.grouped.columns})
    assert cell_of(sample, nobody).tolist() == []


@pytest.mark.parametrize("modes", [("household",), ("online",)])
@pytest.mark.parametrize("spoilt", [False, True])
def test_items_summed_on_the_cells_equal_those_of_the_pass(modes: tuple[str, ...], spoilt: bool) -> None:
    responses = _spoilt() if spoilt else city().responses()
    sample = _sample(responses, *modes)
    rates = city().questionnaire.rates
    marks = [answered(responses, rate) for rate in rates]
    base, hits = (sparse.csr_matrix(np.column_stack(part).astype(np.int8)) for part in zip(*marks, strict=True))
    again = with_items(sample, cell_of(sample, responses), base_weights_of(sample, responses), Marks(rates, base, hits))
    for name in ("n_i", "wo", "wy", "ny", "wyy"):
        assert np.array_equal(getattr(again.cells, name), getattr(sample.cells, name)), name
    if modes == ("household",):
        assert again.rates(by=["district"]).table.equals(sample.rates(by=["district"]).table)


def test_rows_of_a_cell_add_up_to_it_and_others_lie_outside() -> None:
    responses = _spoilt()
    sample = _sample(responses, "household")
    cell = cell_of(sample, responses)
    inside = cell >= 0
    size = len(sample.cells)
    assert np.array_equal(np.bincount(cell[inside], minlength=size), sample.cells.n)
    weight = base_weights_of(sample, responses)
    assert np.array_equal(np.bincount(cell[inside], weight[inside], size).astype(np.int64), sample.cells.w)
    outside = pc.or_(pc.equal(responses["mode"].cast(pa.string()), "online"), responses["psu"].is_null())
    assert np.array_equal(~inside, outside.to_numpy())


def test_final_weights_add_up_to_those_of_the_cells() -> None:
    responses = city().responses()
    sample = _sample(responses, "household")
    weight = respondent_weights(sample, responses)
    final = sample.cells.weight * sample.weights.factor
    assert weight.sum() == pytest.approx(final.sum(), rel=1e-12)
    assert (weight[cell_of(sample, responses) < 0] == 0).all()
    without = responses.drop_columns(["w_fx"])
    assert set(base_weights_of(sample, without).tolist()) == {sample.cells.scale}


def test_a_mask_is_the_base_of_every_item() -> None:
    responses = city().responses()
    sample = _sample(responses, "household")
    rates = city().questionnaire.rates[:2]
    mask = np.arange(len(responses)) % 3 > 0
    hits = sparse.csr_matrix((len(responses), 2), dtype=np.int8)
    found = with_items(sample, cell_of(sample, responses), base_weights_of(sample, responses), Marks(rates, mask, hits))
    counted = mask & (cell_of(sample, responses) >= 0)
    assert found.cells.n_i.sum(axis=1).tolist() == [int(counted.sum())] * 2
    assert not found.cells.ny.any()
