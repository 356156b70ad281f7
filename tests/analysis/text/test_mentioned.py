"""Mentions by key: the same sums over the cells of any sample that has the respondents who mention something."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analysis.estimation.respondents import base_weights_of, by_cell, cell_of
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.text.keyness import keyness
from analysis.text.mentioned import MentionSums, sum_mentions
from analysis.text.shares import Presence, asked_of, marks_of, mentions_by, voices
from survey.instrument.questionnaire import Questionnaire
from survey.mock import MockCity, MockSpec, draw

NAMES = ("parking", "litter", "bins")
SUMS = ("n_i", "wo", "ny", "wy")


@pytest.fixture(scope="module")
def city() -> MockCity:
    return draw(
        MockSpec(seed=5, districts=3, streets_per_district=2, communities_per_street=2, responses=900, texts=False)
    )


def sample_of(city: MockCity, rows: pa.Table, mode: str) -> Sample:
    return prepare(rows, city.questionnaire, city.city.areas, city.margins, SampleOptions(modes=(mode,), rates=()))


def said_by(rows: pa.Table, seed: int) -> Presence:
    """Return random mentions, a tenth of which are zeros that are stored."""
    random = np.random.default_rng(seed)
    table: Any = sparse.random(len(rows), len(NAMES), density=0.2, format="csr", rng=random)
    table.data = (random.random(table.nnz) < 0.9).astype(np.int32)
    return Presence(None, table, NAMES, NAMES, "theme")


def sums_of(sample: Sample, rows: pa.Table, found: Presence, asks: Questionnaire, **how: Any) -> MentionSums:
    marks = marks_of(rows, found, asks, **how)
    return sum_mentions(sample, by_cell(sample, cell_of(sample, rows), base_weights_of(sample, rows)), marks)


def assert_same_sums(one: Sample, other: Sample) -> None:
    assert [item.name for item in one.cells.items] == [item.name for item in other.cells.items]
    for name in SUMS:
        np.testing.assert_array_equal(getattr(one.cells, name), getattr(other.cells, name))


@given(seed=st.integers(0, 10**6), mode=st.sampled_from(("household", "online")), share=st.floats(0.2, 1))
def test_sums_hold_in_a_sample_with_more_respondents(city: MockCity, seed: int, mode: str, share: float) -> None:
    rows, asks = city.responses().filter(pc.equal(city.responses()["mode"], mode)), city.questionnaire
    writers = np.random.default_rng(seed).random(len(rows)) < share
    linked, whole = rows.filter(pa.array(writers)), sample_of(city, rows, mode)
    found = said_by(linked, seed)
    wrote = np.diff(found.present.indptr) > 0
    of_all = np.zeros(len(rows), dtype=np.bool_)
    of_all[writers] = wrote
    place = sparse.csr_matrix(
        (np.ones(len(linked)), (np.flatnonzero(writers), np.arange(len(linked)))), (len(rows), len(linked))
    )
    every = Presence(None, (place @ found.present).astype(np.int32), NAMES, NAMES, "theme")
    for base, mine in ((of_all, wrote), (None, None)):
        sums = sums_of(sample_of(city, linked, mode), linked, found, asks, base=mine)
        cell, weight = cell_of(whole, rows), base_weights_of(whole, rows)
        counted = np.where((cell >= 0) & asked_of(rows, asks), cell, len(whole.cells))
        asked = tuple(
            np.bincount(counted, one, len(whole.cells) + 1)[:-1].astype(np.int64)
            for one in (np.ones(len(rows)), weight)
        )
        sums = (
            sums if base is not None else MentionSums(sums.items, sums.keys, sums.n[:0], sums.wo[:0], sums.ny, sums.wy)
        )
        assert_same_sums(sums.over(whole, asked), voices(whole, rows, every, asks, base=base).sample)


def test_sums_among_an_answer_have_a_base_for_each_item(city: MockCity) -> None:
    rows, asks = city.responses(), city.questionnaire
    sample, found = sample_of(city, rows, "household"), said_by(rows, 1)
    sums = sums_of(sample, rows, found, asks, among=asks.headline("satisfaction"))
    assert len(sums.n) == len(NAMES)
    assert_same_sums(sums.over(sample), voices(sample, rows, found, asks, among=asks.headline("satisfaction")).sample)


def test_a_comparison_of_sums_is_that_of_respondents(city: MockCity) -> None:
    rows, asks = city.responses(), city.questionnaire
    sample, found = sample_of(city, rows, "household"), said_by(rows, 2)
    base = np.diff(found.present.indptr) > 0
    sums = sums_of(sample, rows, found, asks, base=base)
    weight = np.append(sample.weights.factor, 0.0)[cell_of(sample, rows)] * base_weights_of(sample, rows)
    mine = keyness(sums.mentioned(sample, city.city.areas, "district"), "district")
    theirs = keyness(mentions_by(found, rows, city.city.areas, asks, weight, base=base), "district")
    assert len(mine) == len(NAMES) * 3
    assert mine[["district", "term", "n", "n_rest", "distinct"]].equals(
        theirs[["district", "term", "n", "n_rest", "distinct"]]
    )
    np.testing.assert_allclose(mine["z"], theirs["z"], rtol=1e-9)
    turned = sums.mentioned(sample, city.city.areas, "district")
    order = np.arange(len(sums.keys))[::-1]
    other = MentionSums(
        sums.items,
        sums.keys.iloc[order].reset_index(drop=True),
        sums.n[:, order],
        sums.wo[:, order],
        sums.ny[order],
        sums.wy[order],
    )
    assert keyness(other.mentioned(sample, city.city.areas, "district"), "district").equals(keyness(turned, "district"))


def test_opt_in_answers_are_not_compared(city: MockCity) -> None:
    rows, asks = city.responses(), city.questionnaire
    sample, found = sample_of(city, rows, "online"), said_by(rows, 3)
    sums = sums_of(sample, rows, found, asks, base=np.ones(len(rows), dtype=np.bool_))
    assert sums.ny.sum() > 0
    assert len(sums.mentioned(sample, city.city.areas, "district").keys) == 0
