"""Cells added and taken away in terms are the cells of one count of the rows that remain, bit for bit."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.design import cube
from analysis.design.counts import code_counts, numbered_rows, numbering, packed_counts
from analysis.design.counts.cell_terms import lazy_cells, remaining
from analysis.design.counts.counted_rows import count_rows
from analysis.design.counts.layout import CountedSet, Term
from analysis.design.counts.rate_sums import narrowed
from analysis.design.cube import W_SCALE, build_cells
from analysis.design.design import make_design
from analysis.design.lazy_sums import at_cells, made_of
from analysis.estimation.units.columns import columns_of
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from tests.analysis.design.counts.test_counting import RATES, WEIGHTS, assert_same, responses

KEYS = ("psu", "wave", "age")


def counted(table: pa.Table) -> CountedSet:
    found = count_rows([partial(_columns, table)], KEYS, "w_fx" if "w_fx" in table.column_names else "", W_SCALE)
    assert found is not None
    return found


def _columns(table: pa.Table, names: list[str]) -> pa.Table:
    return table.select(names)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), weights=st.sampled_from(WEIGHTS))
def test_the_cells_of_the_rows_that_remain(seed: int, n: int, weights: str) -> None:
    rng = np.random.default_rng(seed)
    table, left = responses(rng, n, weights), rng.random(n) < 0.7
    left[rng.integers(n)] = True
    cut, away = int(rng.integers(0, n + 1)), table.filter(pa.array(~left))
    parts = [one for one in (table.slice(0, cut), table.slice(cut)) if one.num_rows]
    terms = [Term(1, counted(one)) for one in parts] + [Term(-1, counted(one)) for one in [away] if one.num_rows]
    found = remaining(terms, KEYS)
    assert found is not None
    again = remaining([Term(1, found)], KEYS)
    assert again is not None
    whole = build_cells(table.filter(pa.array(left)), RATES, KEYS[1:])
    for one in (found, again):
        assert_same(lazy_cells(one, RATES, W_SCALE), whole)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), weights=st.sampled_from(WEIGHTS))
def test_some_cells_have_the_sums_that_they_have_among_all(seed: int, n: int, weights: str) -> None:
    rng = np.random.default_rng(seed)
    table, waves = responses(rng, n, weights), rng.random(n) < 0.5
    whole = [Term(1, counted(one)) for one in (table.filter(pa.array(waves)), table.filter(pa.array(~waves)))
             if one.num_rows]  # fmt: skip
    away = [Term(1, counted(table)), Term(-1, counted(table.slice(0, n // 2)))] if n > 1 else []
    for terms in (whole, [Term(1, counted(table))], away):
        found = remaining(terms, KEYS) if terms else None
        if found is None:
            continue
        cells = lazy_cells(found, RATES, W_SCALE)
        some = np.flatnonzero(rng.random(len(cells)) < 0.4)
        for sums in (cells.n_i, cells.wo, cells.wy, cells.ny):
            for at in range(len(RATES)):
                assert np.array_equal(at_cells(sums, at, some), sums[at][some])
                assert np.array_equal(at_cells(sums, at, slice(None)), sums[at])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), weights=st.sampled_from(WEIGHTS))
def test_columns_of_items_whose_bases_are_known_to_be_equal(seed: int, n: int, weights: str) -> None:
    rng = np.random.default_rng(seed)
    table = responses(rng, n, weights)
    parts = [one for one in (table.slice(0, n // 2), table.slice(n // 2)) if one.num_rows]
    found = remaining([Term(1, counted(one)) for one in parts], KEYS)
    assert found is not None
    lazy = lazy_cells(found, RATES, W_SCALE)
    located = lazy.keys["psu"].notna().to_numpy()
    assume(located.any())
    lazy = lazy.select(located)
    names = [made_of(lazy.wo, at) for at in range(len(RATES))]
    assert names == [made_of(lazy.n_i, at) for at in range(len(RATES))]
    assert len(set(names)) < len(names)
    for one, other in itertools.combinations(range(len(RATES)), 2):
        if names[one] == names[other]:
            assert np.array_equal(lazy.wo[one], lazy.wo[other])
    whole = replace(lazy, cache={}, **{name: np.asarray(getattr(lazy, name)) for name in ("n_i", "wo", "wy")})
    assert made_of(whole.wo, 0) is None
    bases = [WeightedDesign(one, make_design(one, lonely="remove"), base_weights(one)) for one in (lazy, whole)]
    rows = rng.permutation(len(RATES))
    left, right = (columns_of(one, rows) for one in bases)
    for name in ("values", "people", "down", "count"):
        assert np.array_equal(getattr(left, name), getattr(right, name)), name


def test_the_cells_of_a_mode_are_chosen_once_for_all_sums() -> None:
    found = remaining([Term(1, counted(responses(np.random.default_rng(4), 50, "one")))], KEYS)
    assert found is not None
    keep = found.n > 0
    assert found.only(keep) is found.only(keep)
    assert found.only(keep) is not found.only(keep.copy())


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    weights=st.sampled_from(WEIGHTS),
    cuts=st.lists(st.integers(0, 60), max_size=4),
    few=st.sampled_from([0, 1, 4]),
    run=st.sampled_from([1, 8]),
    bits=st.sampled_from([4, 12, 63]),
    weight=st.sampled_from([8, 24, 40, 61]),
)
def test_slices_are_counted_as_the_whole(
    seed: int, n: int, weights: str, cuts: list[int], few: int, run: int, bits: int, weight: int
) -> None:
    table = responses(np.random.default_rng(seed), n, weights)
    ends = sorted({0, n, *(cut for cut in cuts if cut < n)})
    reads = [table.slice(start, end - start).select for start, end in itertools.pairwise(ends)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbered_rows, "FEW", few)  # weights by numbered cell, either, by response
        patch.setattr(numbering, "RUN", run)  # keys as runs, by response
        patch.setattr(packed_counts, "BITS", bits)  # columns one by one, some together, taken apart between slices
        patch.setattr(code_counts, "WEIGHT", weight)  # weights by themselves, some with the number of responses, all
        found = count_rows(reads, KEYS, "w_fx" if "w_fx" in table.column_names else "", W_SCALE, RATES)
        whole = None if found is None else remaining([Term(1, found)], KEYS)
        assert whole is not None
        with pytest.MonkeyPatch.context() as query:
            query.setattr(cube, "count_cells", lambda *_: None)
            assert_same(lazy_cells(whole, RATES, W_SCALE), build_cells(table, RATES, KEYS[1:]))


def test_nothing_remains() -> None:
    rows = counted(responses(np.random.default_rng(1), 9, "several"))
    assert remaining([Term(1, rows), Term(-1, rows)], KEYS) is None
    assert remaining([], KEYS) is None


def test_a_rate_is_read_when_it_is_asked_for() -> None:
    table, read = responses(np.random.default_rng(2), 50, "one"), list[str]()

    def columns(names: list[str]) -> pa.Table:
        read.extend(names)
        return table.select(names)

    rows = count_rows([columns], KEYS, "w_fx", W_SCALE)
    assert rows is not None
    found = remaining([Term(1, rows)], KEYS)
    assert found is not None
    cells = lazy_cells(found, RATES, W_SCALE)
    assert read == [*KEYS, "w_fx"]
    one = cells.wy[cells.index("D1")]
    assert read == [*KEYS, "w_fx", "D1.1", "D1.2"]
    assert np.array_equal(cells.select(one > 0).wy[[cells.index("D1")]], [one[one > 0]])
    assert read == [*KEYS, "w_fx", "D1.1", "D1.2"]


def test_what_only_the_query_can_sum_is_left_to_it() -> None:
    table = responses(np.random.default_rng(3), 9, "several")
    for weight in (0, -W_SCALE, 1 << 60):
        odd = table.set_column(7, "w_fx", pa.array([W_SCALE] * 7 + [weight] * 2, pa.int64()))
        assert count_rows([odd.select], KEYS, "w_fx", W_SCALE) is None
    assert count_rows([table.slice(0, 0).select], KEYS, "w_fx", W_SCALE) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [([], "uint8"), ([0, 255], "uint8"), ([256], "uint16"), ([-1], "int8"), ([-1, 128], "int16"), ([1 << 40], "int64")],
)
def test_the_smallest_type(values: list[int], kind: str) -> None:
    found = narrowed(np.array(values, dtype=np.int64))
    assert (found.dtype, found.tolist()) == (np.dtype(kind), values)
