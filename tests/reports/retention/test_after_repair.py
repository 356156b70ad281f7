"""A repair after the contacts are over brings back answers and no contacts; after the answers are over, nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from reports.health.repair import repair
from reports.health.verification import verify
from reports.retention.deletion import delete_due
from reports.retention.due import due, places
from survey.importing import ingest
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.reports.retention.kept_study import END, SECRETS, WORDS, fill, found_in, make_study, table

CONTACTS_OVER, ALL_OVER = END + timedelta(days=91), date(2029, 3, 15)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = make_study(tmp_path / "town")
    fill(made)
    return made


def flip(study: Study, table_name: str) -> None:
    """Damage every part of a table."""
    for path in (study.root / "store" / table_name).glob("wave=*/*.parquet"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))


def test_answers_come_back_without_contacts(study: Study) -> None:
    delete_due(study, who="李四", why="到期", today=CONTACTS_OVER)
    late = table(study, study.root.parent / "晚到.csv", [61])
    ingest.import_files(study, [late], "W1", mode="household")
    before = {row["response_id"]: row["A1"] for row in ResponseStore(study.root / "store").read().to_pylist()}
    flip(study, "responses")
    repairs = repair(study, accept_loss=True)
    rows = ResponseStore(study.root / "store").read().to_pylist()
    assert {row["response_id"]: row["A1"] for row in rows} == before, repairs.open
    assert all(row["interviewer"] is row["ip_key"] is row["device_key"] is None for row in rows)
    assert found_in(study.root / "store", SECRETS) == {}
    assert [fault.what for fault in verify(study, seal=False).faults] == []


def test_nothing_comes_back_when_the_answers_are_over(study: Study) -> None:
    delete_due(study, who="李四", why="到期", today=ALL_OVER)
    repairs = repair(study, originals=[study.root.parent / "纸质.csv"])
    assert repairs.open == []
    assert ResponseStore(study.root / "store").read().num_rows == 0
    assert found_in(study.root, (*SECRETS, *WORDS)) == {}
    with places(study, ALL_OVER) as at:
        assert due(at) == ()
