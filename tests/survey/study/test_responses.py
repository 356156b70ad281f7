"""Row hashes must never change, or all stored responses would appear changed when imported again."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from survey.importing import deduplicate
from survey.storage.import_batch import TEXTS
from survey.study import responses
from survey.study.responses import row_hashes

ROWS = pa.table(
    {
        "mode": pa.array(["online", "household", None]),
        "psu": pa.array([990101001001, None, 990101001002], pa.int64()),
        "submitted": pa.array([datetime(2027, 3, 2, 10, 5), None, None], pa.timestamp("us")),
        "seconds": pa.array([120, None, 7], pa.int32()),
        "interviewer": pa.array(["张三", None, "张三"]),
        "w_fx": pa.array([2**20, 2**20, 3], pa.int64()),
        "A1": pa.array([1, -2, None], pa.int8()),
        "S1": pa.array([34, None, -2], pa.int32()),
    }
)
TEXTS = pa.table(
    [["r1", "r3"], ["W1", "W1"], ["H1", "H1"], ["希望再好一些", ""], pa.nulls(2, pa.string())], schema=TEXTS
)
# made by release 0.1.0 as it was before the codes were looked up: row_hashes(ROWS, TEXTS, ["A1", "S1"], [0, 2])
GOLDEN = [6999127074244814680, 880601994465775973, 3168560113205501989]


@pytest.mark.parametrize("few", [0, 100])
def test_hashes_equal_those_of_existing_stores(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python, used for few texts, and DuckDB, used for many, yield the same number."""
    monkeypatch.setattr(responses, "FEW", few)
    assert row_hashes(ROWS, TEXTS, ["A1", "S1"], np.array([0, 2])).to_pylist() == GOLDEN


def test_null_does_not_change_the_hash() -> None:
    """A column of NULL does not change the hash, so that questions can be added later."""
    wider = ROWS.append_column("Z9", pa.nulls(3, pa.int8()))
    half = ROWS.append_column("Z9", pa.array([None, 0, None], pa.int8()))
    at = np.array([0, 2])
    assert row_hashes(wider, TEXTS, ["A1", "S1", "Z9"], at).to_pylist() == GOLDEN
    changed = row_hashes(half, TEXTS, ["A1", "S1", "Z9"], at).to_pylist()
    assert [made == right for made, right in zip(changed, GOLDEN, strict=True)] == [True, False, True]


@pytest.mark.parametrize("few", [0, 100])
@pytest.mark.parametrize(("ids", "differ"), [(["a", "b", "c"], True), (["a", "b", "a"], False)])
def test_repeated_ids_are_noticed(few: int, ids: list[str], differ: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deduplicate, "FEW", few)
    assert deduplicate._all_differ(pa.chunked_array([ids])) is differ
