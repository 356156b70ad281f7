"""DuckDB within limits: the same sums with any number of threads, spilled or not, and clear words when it cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.engines.duck import DuckEngine, Limits, limited
from survey.errors import EngineError
from survey.instrument.rate import Rate

ITEMS = [
    Rate("A1", "", "awareness", (("A1", (1, 2)),), "valid", (9,)),
    Rate("B.1", "", "support", (("B.1", (1,)),), "all"),
]
QUERY = "SELECT psu, COUNT(*) AS n, CAST(SUM(w_fx) AS BIGINT) AS s FROM answers GROUP BY psu"
FIELDS = ("n", "w", "ww", "n_i", "wo", "wy", "ny")


def answers(rows: int, points: int) -> pa.Table:
    """Answers with lognormal weights, in no order."""
    rng = np.random.default_rng(1)
    return pa.table(
        {
            "psu": rng.integers(0, points, rows),
            "w_fx": np.round(rng.lognormal(0, 1, rows) * (1 << 20)).astype(np.int64) + 1,
            "A1": rng.choice([1, 2, 3, 9, -2], rows).astype("int8"),
            "B.1": rng.integers(0, 2, rows).astype("int8"),
        }
    )


def bits(cells: Cells) -> bytes:
    return b"".join(np.asarray(getattr(cells, name)).tobytes() for name in FIELDS)


def cells_of(table: pa.Table, limits: Limits) -> Cells:
    with limited(limits) as connection:
        connection.register("answers", table)
        return build_cells(DuckEngine(connection.table("answers")), ITEMS)


def test_five_runs_with_any_number_of_threads_give_the_same_bits() -> None:
    table = answers(100_000, 500)
    counted = bits(build_cells(table, ITEMS))
    found = {bits(cells_of(table, Limits(threads=threads))) for threads in (1, 2, 8) for _ in range(5)}
    assert found == {counted}


def test_what_does_not_fit_into_memory_is_spilled_and_gives_the_same_bits(tmp_path: Path) -> None:
    table = answers(1_000_000, 1 << 40)
    spilled = 0
    with limited(Limits(30 * 1024**2, tmp_path, threads=2)) as connection:
        connection.register("answers", table)
        reader = connection.sql(QUERY).to_arrow_reader(50_000)
        rows, total = 0, 0
        for batch in reader:
            spilled = max(spilled, sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()))
            rows += batch.num_rows
            total += int(batch["s"].to_numpy().sum())
    assert spilled > 0
    assert rows == len(np.unique(table["psu"].to_numpy()))
    assert total == int(table["w_fx"].to_numpy().sum())


def test_a_full_disk_and_too_little_memory_are_told_apart(tmp_path: Path) -> None:
    table = answers(1_000_000, 1 << 40)

    def run(limits: Limits, *settings: str) -> None:
        with limited(limits) as connection:
            for one in settings:
                connection.execute(one)
            connection.register("answers", table)
            connection.sql(QUERY).to_arrow_table()

    with pytest.raises(EngineError, match=r"暂存到磁盘时磁盘写满了(.|\n)*处理办法：给这个文件夹所在的磁盘腾出空间"):
        run(Limits(40 * 1024**2, tmp_path, 2), "SET max_temp_directory_size = '1MB'")
    with pytest.raises(EngineError, match=r"内存上限太小(.|\n)*--memory"):
        run(Limits(20 * 1024**2, None, 2), "SET temp_directory = ''")
