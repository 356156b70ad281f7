"""Engines: the same query through Spark's interface. The session here is small but real: it runs DuckDB."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from analysis.design.cube import build_cells
from analysis.design.engine import DuckEngine, SparkEngine, engine_for
from survey.instrument.rate import Rate

ITEMS = [
    Rate("A1", "", "awareness", (("A1", (1, 2)),), "valid", (9,)),
    Rate("B.1", "", "support", (("B.1", (1,)),), "all"),
]


class Frame:
    """As much of a Spark DataFrame as the engine asks for."""

    def __init__(self, session: "Session", sql: str) -> None:
        self.session, self.sql = session, sql.replace("`", '"')

    @property
    def columns(self) -> list[str]:
        return self.session.connection.sql(self.sql).columns

    def createOrReplaceTempView(self, name: str) -> None:  # noqa: N802  Spark's name
        self.session.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {self.sql}")

    def toArrow(self) -> pa.Table:  # noqa: N802  Spark's name
        return self.session.connection.sql(self.sql).to_arrow_table()


class Session:
    """As much of a Spark session; identifiers must come in backticks, as Spark reads double quotes as text."""

    def __init__(self, view: str, table: pa.Table) -> None:
        self.connection = duckdb.connect()
        self.connection.register("source", table)
        self.connection.execute(f"CREATE TEMP VIEW {view} AS SELECT * FROM source")

    def table(self, name: str) -> Frame:
        return Frame(self, f"SELECT * FROM {name}")

    def sql(self, text: str) -> Frame:
        assert '"' not in text
        return Frame(self, text)


def answers() -> pa.Table:
    rng = np.random.default_rng(1)
    numbers = {"psu": rng.integers(1, 20, 900), "w_fx": rng.integers(1 << 19, 1 << 21, 900)}
    codes = {"A1": rng.choice([1, 2, 3, 9, -2], 900).astype("int8"), "B.1": rng.integers(0, 2, 900).astype("int8")}
    return pa.table(numbers | codes | {"wave": rng.choice(["W1", "W2"], 900)})


@pytest.mark.parametrize("view", ["city_2026", "responses"])
def test_spark_gives_the_same_cells(view: str) -> None:
    table = answers()
    engine = SparkEngine(Session(view, table), view)
    assert engine.columns() == tuple(table.column_names)
    ours, theirs = build_cells(engine, ITEMS, ["wave"]), build_cells(table, ITEMS, ["wave"])
    assert ours.keys.equals(theirs.keys)
    for name in ("n", "w", "ww", "n_i", "wo", "wy", "ny"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name


def test_an_engine_is_taken_as_it_is() -> None:
    spark, duck = SparkEngine(Session("v", answers()), "v"), DuckEngine(answers())
    assert engine_for(spark) is spark
    assert engine_for(duck) is duck
    assert isinstance(engine_for(answers()), DuckEngine)
