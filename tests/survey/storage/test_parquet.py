"""Parts as they are written, and some of their rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from survey.storage.delta import open_table
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.parquet import ROW_GROUP, read_parts, write_body
from survey.storage.store import ResponseStore


def test_a_column_of_a_row_group_is_one_page(tmp_path: Path) -> None:
    codes = np.random.default_rng(1).choice([1, 2, 9], 2 * ROW_GROUP).astype(np.int8)
    body = pa.table({"A1": codes})
    write_body(body, tmp_path / "part.parquet")
    written = pq.read_metadata(tmp_path / "part.parquet")
    assert written.num_row_groups == 2
    for pages in (1, 2):  # a page has its own header
        settings = {"compression": "zstd", "compression_level": 1, "write_statistics": False}
        rows = {"row_group_size": ROW_GROUP, "max_rows_per_page": ROW_GROUP // pages}
        pq.write_table(body, tmp_path / "other", **settings, **rows)
        other = pq.read_metadata(tmp_path / "other").row_group(0).column(0).total_uncompressed_size
        assert (written.row_group(0).column(0).total_uncompressed_size == other) == (pages == 1)


def test_some_rows_are_those_of_all(tmp_path: Path) -> None:
    store, draws = ResponseStore(tmp_path / "store"), np.random.default_rng(2)
    for wave, n in (("W1", 30), ("W2", 1), ("W2", 40)):
        ids = [f"{wave}{store.version}{at}" for at in range(n)]
        columns = {"response_id": ids, "wave": [wave] * n, "import_id": ids, "psu": ids}
        batch = ImportBatch(wave, pa.table(columns), TEXTS.empty_table(), REJECTED.empty_table())
        store.commit(batch, expected=store.version)
    table = open_table(tmp_path / "store" / "responses", store.version)
    assert table is not None
    for waves in (None, ["W2"], []):
        whole = read_parts(table, columns=["psu", "wave"], waves=waves)
        for share in (0.0, 0.1, 0.6, 1.0):
            rows = np.flatnonzero(draws.random(len(whole)) < share)
            some = read_parts(table, columns=["psu", "wave"], waves=waves, rows=rows)
            assert some.equals(whole.take(pa.array(rows)))
