"""Purge beside killed and running imports: parts in use stay, abandoned ones are removed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from uuid import UUID

import pytest

from survey.collect.draining.drain import drain
from survey.collect.inbox.sqlite import SqliteBackend
from survey.errors import StoreError
from survey.storage.deletion.purge import ABANDONED, purge
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.survey.collect.draining.test_drain import posted
from tests.survey.collect.town import make_town

ANSWERS = {"S1": 2, "S2": 1, "S3": 2, "A1": 1, "C1": 1, "H1": "我的话"}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_town(tmp_path / "town")


def filled(study: Study) -> tuple[SqliteBackend, list[str]]:
    """An inbox with two submissions that are in the store, and their ids."""
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    submissions = [posted(study, ANSWERS), posted(study, ANSWERS)]
    backend.write(submissions)
    drain(study, backend)
    return backend, [str(UUID(bytes=submission.id)) for submission in submissions]


def torn(study: Study) -> Path:
    """A part as a killed import leaves it."""
    whole = Path(ResponseStore(study.root / "store").files()[0])
    part = whole.with_name("part-torn.zstd.parquet")
    part.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return part


def test_an_abandoned_part_is_removed_later_and_blocks_no_drain(study: Study) -> None:
    backend, _ = filled(study)
    part = torn(study)
    backend.withdraw(1, at=1)
    done = drain(study, backend).purged
    assert done is not None
    assert (done.unfinished, part.exists()) == (1, True)
    before = part.stat().st_mtime - ABANDONED - 1
    os.utime(part, (before, before))
    done = drain(study, backend).purged
    assert done is not None
    assert (done.unfinished, done.parts, part.exists()) == (0, 1, False)
    assert drain(study, backend).purged is None
    assert ResponseStore(study.root / "store").read().num_rows == 1
    backend.close()


def test_a_part_in_use_stays_however_the_folder_is_written(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    backend, ids = filled(study)
    monkeypatch.chdir(study.root.parent)
    assert purge(load_study("town").root, ids[:1]).parts == 1  # of the texts, which are written anew
    assert ResponseStore(study.root / "store").read().num_rows == 2
    assert ResponseStore(study.root / "store").texts().num_rows == 1
    backend.close()


def test_a_damaged_part_in_use_is_reported(study: Study) -> None:
    backend, ids = filled(study)
    shutil.copy(torn(study), ResponseStore(study.root / "store").files()[0])
    with pytest.raises(StoreError, match="没有全部从硬盘清除"):
        purge(study.root, ids)
    backend.close()


def test_what_was_derived_from_a_withdrawn_answer_goes_with_it(study: Study) -> None:
    backend, _ = filled(study)
    caches = [study.root / "store" / name for name in ("textcache/lexicon.parquet", "cells/sums.arrow")]
    for cache in caches:
        cache.parent.mkdir()
        cache.write_bytes("我的话".encode())
    backend.withdraw(1, at=1)
    drain(study, backend)
    assert [cache for cache in caches if cache.exists()] == []
    backend.close()
