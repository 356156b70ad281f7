"""Counting in memory gives the cells of the query, bit for bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import cube
from analysis.design.cells import Cells
from analysis.design.counts import code_counts, counted_rows, counting, numbered_rows, numbering
from analysis.design.counts.counted_rows import count_cells
from analysis.design.cube import W_SCALE, build_cells
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

ON_ONE = [
    Rate(f"A1.{number}", "知晓", "awareness", (("A1", codes),), base, (9,))
    for number, (codes, base) in enumerate([((1, 2), "valid"), ((1,), "all"), ((), "valid"), ((9, BLANK), "all")] * 3)
]
RATES = [
    *ON_ONE,
    Rate("D1", "参与", "participation", (("D1.1", (1,)), ("D1.2", (1, 9))), "all"),
    Rate("D2", "参与", "participation", (("D1.1", (1,)), ("A1", (3,))), "valid", (9,)),
    Rate("A3", "满意", "satisfaction", (("A3", (500, 70_000)),), "valid", (98,)),
]
WEIGHTS = ("none", "one", "few", "several", "by point")


def responses(rng: np.random.Generator, n: int, weights: str) -> pa.Table:
    """Draw answers with NULLs everywhere, in two chunks."""

    def column(codes: list[int], kind: str) -> pa.Array:
        return pa.array(rng.choice(codes, n).astype(kind), mask=rng.random(n) < 0.2)

    columns = {
        "psu": column([990101001001, 990101001002, 110101001001], "int64"),
        "wave": pa.array([["W2", "W10", "第一轮", None][at] for at in rng.integers(0, 4, n)], pa.string()),
        "age": column([1, 2, 7], "int8"),
        "A1": column([1, 2, 3, 9, BLANK], "int8"),
        "D1.1": column([0, 1, BLANK], "int8"),
        "D1.2": column([0, 1, 9], "int8"),
        "A3": column([0, 98, 500, 70_000], "int32"),
    }
    if weights != "none":
        drawn = np.round(rng.lognormal(0, 1, n) * W_SCALE) + 1 if weights == "several" else np.full(n, W_SCALE)
        if weights == "few":
            drawn = rng.choice([W_SCALE, 3 * W_SCALE + 7], n)
        if weights == "by point":
            drawn = np.array([W_SCALE + (point or 7) % 1000 for point in columns["psu"].to_pylist()])
        columns["w_fx"] = pa.array(drawn.astype("int64"))
    table = pa.table(columns)
    return pa.concat_tables([table.slice(0, n // 3), table.slice(n // 3)])


def assert_same(one: Cells, other: Cells) -> None:
    pd.testing.assert_frame_equal(one.keys, other.keys)
    for name in ("n", "w", "ww", "n_i", "wo", "wy", "ny", "wyy"):
        mine, theirs = np.asarray(getattr(one, name)), np.asarray(getattr(other, name))
        assert (mine.dtype, mine.shape, mine.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes()), name
    assert (one.items, one.scale) == (other.items, other.scale)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(1, 60),
    weights=st.sampled_from(WEIGHTS),
    sorted_=st.booleans(),
    counts=st.sampled_from([0, 1, 1000]),
)
def test_the_cells_of_the_query(seed: int, n: int, weights: str, sorted_: bool, counts: int) -> None:
    table = responses(np.random.default_rng(seed), n, weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "BLOCK", 7)
        patch.setattr(code_counts, "MOST_PER_RESPONSE", counts)  # by row, either, by code
        for module in (counting, numbering):
            patch.setattr(module, "DENSE", 0 if sorted_ else counting.DENSE)
        found = count_cells(table, ["psu", "wave", "age"], RATES, "w_fx", W_SCALE)
        assert found is not None
        patch.setattr(cube, "count_cells", lambda *_: None)
        assert_same(found, build_cells(table, RATES, ["wave", "age"]))


@pytest.mark.parametrize("weight", [0, -W_SCALE])
def test_other_weights_are_left_to_the_query(weight: int) -> None:
    table = responses(np.random.default_rng(1), 9, "one").set_column(
        7, "w_fx", pa.array([W_SCALE] * 7 + [weight] * 2, pa.int64())
    )
    assert count_cells(table, ["psu"], RATES, "w_fx", W_SCALE) is None


def test_other_types_are_left_to_the_query() -> None:
    table = responses(np.random.default_rng(1), 9, "one")
    assert count_cells(table.to_pandas(), ["psu"], RATES, "w_fx", W_SCALE) is None
    texts = table.set_column(3, "A1", table["A1"].cast(pa.float64()))
    assert count_cells(texts, ["psu"], RATES, "w_fx", W_SCALE) is None
    assert count_cells(table.slice(0, 0), ["psu"], RATES, "w_fx", W_SCALE) is None


def test_large_weights_are_counted_as_far_as_their_sums_are_exact() -> None:
    table = responses(np.random.default_rng(1), 9, "one")

    def weighted(weight: int) -> pa.Table:
        return table.set_column(7, "w_fx", pa.array([weight] * 8 + [weight + 1], pa.int64()))

    for people in (10_000, 500_000):  # that one response stands for
        found = count_cells(weighted(people * W_SCALE), ["psu"], RATES, "w_fx", W_SCALE)
        assert found is not None
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cube, "count_cells", lambda *_: None)
            assert_same(found, build_cells(weighted(people * W_SCALE), RATES, []))
    assert count_cells(weighted(1 << 50), ["psu"], RATES, "w_fx", W_SCALE) is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbered_rows, "FEW", 10)  # weights by response: exact in each cell, not in all together
        patch.setattr(counted_rows, "EXACT", 8 * W_SCALE)
        assert count_cells(weighted(W_SCALE), ["psu", "age"], RATES, "w_fx", W_SCALE) is not None
        patch.setattr(counted_rows, "EXACT", W_SCALE)
        assert count_cells(weighted(W_SCALE), ["psu", "age"], RATES, "w_fx", W_SCALE) is None


def test_one_heavy_weight_does_not_refuse_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    table = responses(np.random.default_rng(1), 9, "one")
    heavy = pa.array([W_SCALE] * 8 + [4 * W_SCALE], pa.int64())
    one_cell = table.set_column(7, "w_fx", heavy).set_column(0, "psu", pa.array([1] * 9))
    monkeypatch.setattr(numbered_rows, "FEW", 10)  # weights by response
    for most, counted in ((25, True), (24, False)):  # 8 + 16 squares; 9 x 16 if all were as heavy
        monkeypatch.setattr(counted_rows, "WHOLE", most * W_SCALE)
        assert (count_cells(one_cell, ["psu"], RATES, "w_fx", W_SCALE) is not None) == counted
