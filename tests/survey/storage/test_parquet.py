"""Parts as they are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from survey.storage.parquet import ROW_GROUP, write_body


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
