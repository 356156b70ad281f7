"""The SQL aggregation: definitions of a rate, exact whole numbers, and the same cells from every input format."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.design.cube import W_SCALE, answer_sql, build_cells, cube_sql, engine_for
from analysis.design.design import make_design
from analysis.design.from_frame import sum_rows
from analysis.engines.duck import DuckEngine
from analysis.engines.spark import SparkEngine
from analysis.estimation.rates import rates
from survey.errors import ArgumentError, DesignError
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

A1 = Rate("A1", "知晓", "awareness", (("A1", (1, 2)),), "valid", (9,))
A1_ALL = Rate("A1.all", "知晓", "awareness", (("A1", (1, 2)),), "all", (9,))
ANY = Rate("D1", "参与", "participation", (("D1.1", (1,)), ("D1.2", (1,))), "all")
RATES = [A1, A1_ALL, ANY]


def responses(n: int = 5000, seed: int = 1) -> pa.Table:
    rng = np.random.default_rng(seed)
    hidden = rng.random(n) < 0.1
    columns = {
        "psu": rng.integers(990101001001, 990101001041, n),
        "wave": rng.choice(["W1", "W2"], n),
        "age": pa.array(rng.integers(1, 5, n).astype("int8"), mask=rng.random(n) < 0.05),
        "w_fx": np.round(rng.lognormal(0, 0.5, n) * W_SCALE).astype("int64"),
        "A1": pa.array(rng.choice([1, 2, 3, 4, 9, BLANK], n).astype("int8"), mask=hidden),
        "D1.1": pa.array(rng.integers(0, 2, n).astype("int8"), mask=hidden),
        "D1.2": pa.array(rng.integers(0, 2, n).astype("int8"), mask=hidden),
    }
    return pa.table(columns)


def test_sums_are_exact() -> None:
    table = responses()
    frame, cells = table.to_pandas(), build_cells(table, RATES, ["wave", "age"])
    asked, valid = frame["A1"].notna(), frame["A1"].isin([1, 2, 3, 4])
    yes, either = frame["A1"].isin([1, 2]), (frame["D1.1"] == 1) | (frame["D1.2"] == 1)
    for at, (inside, hit) in enumerate([(valid, yes), (asked, yes), (frame["D1.1"].notna(), either)]):
        assert cells.n_i[at].sum() == inside.sum()
        assert cells.ny[at].sum() == hit.sum()
        assert cells.wo[at].sum() == frame.loc[inside, "w_fx"].sum()
        assert cells.wy[at].sum() == frame.loc[hit, "w_fx"].sum()
    assert (cells.n.sum(), cells.w.sum()) == (len(frame), frame["w_fx"].sum())
    assert cells.w.dtype == np.int64
    assert cells.ww.sum() == pytest.approx(((frame["w_fx"] / W_SCALE) ** 2).sum(), rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_the_same_bits_on_any_number_of_threads_and_in_any_order(threads: int) -> None:
    table = responses()
    shuffled = table.take(np.random.default_rng(threads).permutation(len(table)))
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.register("source", shuffled)
        again = build_cells(connection.table("source"), RATES, ["wave", "age"])
    once = build_cells(table, RATES, ["wave", "age"])
    pd.testing.assert_frame_equal(once.keys, again.keys)
    for name in ("n", "w", "ww", "n_i", "wo", "wy", "ny"):
        assert np.array_equal(getattr(once, name), getattr(again, name))


def test_every_input_format_gives_the_same_cells() -> None:
    table = responses()
    cells = build_cells(table, RATES, ["wave"])
    for door in (table.to_pandas(), DuckEngine(table), table.to_reader()):
        assert np.array_equal(build_cells(door, RATES, ["wave"]).wy, cells.wy)


def test_more_items_than_one_query_takes() -> None:
    many = [Rate(f"r{k}", "", "awareness", (("A1", (k % 4 + 1,)),), "valid", (9,)) for k in range(130)]
    cells = build_cells(responses(), many, ["wave"])
    assert cells.ny.shape[0] == 130
    assert np.array_equal(cells.ny[0], cells.ny[128])
    assert np.array_equal(cells.n_i[0], cells.n_i[129])


def test_missing_weights_count_as_one() -> None:
    cells = build_cells(responses().drop_columns(["w_fx"]), RATES, ["wave"])
    assert np.array_equal(cells.w, cells.n * W_SCALE)


@pytest.mark.parametrize(("quote", "text"), [('"', '"E.E1"'), ("`", "`E.E1`")])
def test_identifiers_are_quoted(quote: str, text: str) -> None:
    sql = cube_sql(
        ["psu"], [Rate("E.E1", "", "satisfaction", (("E.E1", (1,)),), "valid")], weight="w", scale=1, quote=quote
    )
    assert text in sql
    assert answer_sql(A1) == 'CASE WHEN "A1" IN (1, 2) THEN 1 WHEN "A1" NOT IN (-2, 9) THEN 0 END'


def test_bad_tables() -> None:
    table = responses(50)
    with pytest.raises(DesignError, match="没有这些列"):
        build_cells(table.drop_columns(["A1"]), RATES)
    with pytest.raises(DesignError, match="没有任何答卷"):
        build_cells(table.slice(0, 0), RATES)
    with pytest.raises(DesignError, match="权数不是正数"):
        build_cells(table.set_column(3, "w_fx", pa.array([0] * 50, pa.int64())), RATES)
    with pytest.raises(ArgumentError, match="没有给出"):
        engine_for(None)


def test_one_pass_in_memory_equals_the_query() -> None:
    table = responses()
    cells = build_cells(table, RATES, ["wave"])
    frame = table.to_pandas()
    known = pd.MultiIndex.from_frame(cells.keys[["psu", "wave"]].astype({"wave": object}))
    code = known.get_indexer(pd.MultiIndex.from_frame(frame[["psu", "wave"]].astype({"wave": object})))
    y = np.select([frame["A1"].isin([1, 2]), frame["A1"].isin([3, 4])], [1, 0], default=-1).astype(np.int8)
    w = frame["w_fx"].to_numpy()
    order = np.argsort(code, kind="stable")
    for rows in (np.arange(len(frame)), order):  # unsorted and sorted rows take different code paths
        one = sum_rows(cells.keys, code[rows], w[rows], {"A1": y[rows]}, scale=W_SCALE)
        for name in ("n", "w", "n_i", "wo", "wy", "ny"):
            wanted = getattr(cells, name) if name in ("n", "w") else getattr(cells, name)[[0]]
            assert np.array_equal(getattr(one, name), wanted), name
        assert one.ww == pytest.approx(cells.ww, rel=1e-5)


def test_one_pass_refuses_what_it_cannot_add_exactly() -> None:
    keys, code = pd.DataFrame({"psu": [0]}), np.zeros(2, dtype=int)
    with pytest.raises(DesignError, match="精确相加"):
        sum_rows(keys, code, np.array([2**52, 2**52]), {"y": np.ones(2, dtype=np.int8)})
    with pytest.raises(DesignError, match="正数"):
        sum_rows(keys, code, np.array([0.0, 1.0]), {"y": np.ones(2, dtype=np.int8)})


def test_frame_is_attached_once_and_lost_points_are_named() -> None:
    cells = build_cells(responses(), RATES)
    points = pd.DataFrame({"psu": np.arange(990101001001, 990101001041), "district": ["乙", "甲"] * 20, "stratum": 1})
    attached = cells.attach(points)
    assert list(attached.keys["district"].cat.categories) == ["乙", "甲"]  # in order of the frame, not of the alphabet
    assert rates(attached, item="A1", by=["district"], design=make_design(attached)).table["district"].tolist() == [
        "乙",
        "甲",
    ]
    with pytest.raises(DesignError, match="不在抽样框里"):
        cells.attach(points.iloc[1:])
    with pytest.raises(DesignError, match="重复"):
        cells.attach(pd.concat([points, points]))


ITEMS = [
    Rate("A1", "", "awareness", (("A1", (1, 2)),), "valid", (9,)),
    Rate("B.1", "", "support", (("B.1", (1,)),), "all"),
]


def answers() -> pa.Table:
    rng = np.random.default_rng(1)
    numbers = {"psu": rng.integers(1, 20, 900), "w_fx": rng.integers(1 << 19, 1 << 21, 900)}
    codes = {"A1": rng.choice([1, 2, 3, 9, -2], 900).astype("int8"), "B.1": rng.integers(0, 2, 900).astype("int8")}
    return pa.table(numbers | codes | {"wave": rng.choice(["W1", "W2"], 900)})


def test_an_engine_is_used_unchanged() -> None:
    spark, duck = SparkEngine(object()), DuckEngine(answers())
    assert engine_for(spark) is spark
    assert engine_for(duck) is duck
    assert isinstance(engine_for(answers()), DuckEngine)
