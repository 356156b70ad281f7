"""Commits are sealed: lost and truncated log entries are detected, restored, ignored or refused."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pytest

from survey.errors import DamagedError, StoreError
from survey.storage.integrity import log, seals, settling
from survey.storage.integrity.log import LOG, entry_name
from survey.storage.integrity.seals import read_seals
from survey.storage.store import ResponseStore
from tests.survey.storage.test_store import batch, codes, texts_of

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    made = ResponseStore(tmp_path / "store")
    made.commit(batch("ab", "i1"))
    made.commit(batch("c", "i2"), expected=1)
    return made


@pytest.fixture
def old(tmp_path: Path) -> ResponseStore:
    """A store that 0.1.0 wrote: no checksums, no seals."""
    shutil.unpack_archive(DATA / "study_0_1_0.zip", tmp_path)
    return ResponseStore(tmp_path / "study_0_1_0" / "store")


def entry(store: ResponseStore, version: int, table: str = "responses") -> Path:
    return store.root / table / LOG / entry_name(version)


def unseal(store: ResponseStore) -> None:
    """Take the newest seal away, as a power cut before it does."""
    max((store.root / seals.FOLDER).iterdir()).unlink()


@pytest.mark.parametrize("table", ["responses", "texts"])
@pytest.mark.parametrize("content", [None, b"", b"{", b'{"commitInfo":{}}'])
def test_an_acknowledged_entry_is_restored(
    store: ResponseStore, table: str, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = entry(store, store.version if table == "responses" else 2, table)
    before = path.read_bytes()
    path.unlink() if content is None else path.write_bytes(content)
    with caplog.at_level(logging.WARNING, logger="silu"):
        assert texts_of(store) == {"a": "a1", "b": "b1", "c": "c1"}
    assert path.read_bytes() == before
    assert "已按留底恢复" in caplog.text


def test_a_log_that_is_gone_as_a_whole_is_put_back(store: ResponseStore) -> None:
    shutil.rmtree(store.root / "responses" / LOG)
    assert codes(store) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize("keep", [0, 1, 200, -1])
def test_a_truncated_unacknowledged_entry_is_ignored_and_set_aside(store: ResponseStore, keep: int) -> None:
    unseal(store)
    path = entry(store, 2)
    torn = path.read_bytes()[:keep]
    path.write_bytes(torn)
    assert store.version == 1
    assert codes(store) == {"a": 1, "b": 1}
    assert path.read_bytes() == torn  # who only reads changes nothing
    assert store.commit(batch("d", "i3"), expected=1) == 2
    assert codes(store) == {"a": 1, "b": 1, "d": 1}
    aside = [path.read_bytes() for path in (store.root / settling.SET_ASIDE).glob("responses-*")]
    assert aside == [torn]


def test_an_entry_that_ends_at_a_line_is_torn_all_the_same(store: ResponseStore) -> None:
    unseal(store)
    path = entry(store, 2)
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-1]) + b"\n")
    assert store.version == 1


def test_a_whole_entry_without_a_seal_is_taken_and_sealed(store: ResponseStore) -> None:
    unseal(store)
    assert codes(store) == {"a": 1, "b": 1, "c": 1}
    assert ("responses", 2) not in read_seals(store.root).entries
    store.settle()
    assert ("responses", 2) in read_seals(store.root).entries


def test_a_torn_entry_below_the_newest_is_refused(store: ResponseStore) -> None:
    shutil.rmtree(store.root / seals.FOLDER)
    entry(store, 1).write_bytes(b"")
    with pytest.raises(DamagedError, match="silu repair"):
        store.read()


def test_no_copy_of_an_entry_with_words_of_answers(old: ResponseStore) -> None:
    assert seals.can_be_copied(entry(old, 1).read_bytes())
    path = entry(old, 4)
    action = json.loads(path.read_bytes().splitlines()[1])
    action["add"]["stats"] = json.dumps({"numRecords": 12, "minValues": {"text": "我家门口"}})
    path.write_bytes(path.read_bytes().splitlines()[0] + b"\n" + json.dumps(action).encode())
    old.settle()
    assert "我家门口" not in "".join(path.read_text() for path in (old.root / seals.FOLDER).iterdir())
    path.write_bytes(b"")
    with pytest.raises(DamagedError, match="没有留底"):
        old.read()


@pytest.mark.parametrize("content", [b"", b"{"])
def test_an_empty_newest_entry_of_the_version_before_is_refused(old: ResponseStore, content: bytes) -> None:
    """Early versions reported 已写入 without a seal, so missing responses could not be detected."""
    entry(old, 4).write_bytes(content)
    with pytest.raises(DamagedError, match="silu repair"):
        old.read()


def test_a_store_of_the_version_before_is_sealed_by_its_first_commit(old: ResponseStore) -> None:
    before = old.read()
    assert not (old.root / seals.FOLDER).exists()
    old.settle()
    sealed = read_seals(old.root)
    assert {table for table, _ in sealed.entries} == {"responses", "texts"}
    assert len(sealed.files) == 8
    assert old.read().equals(before)
    part = Path(old.files()[0])
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 4
    part.write_bytes(content)
    with pytest.raises(DamagedError, match="校验值不符"):
        old.read()


def test_a_damaged_seal_counts_for_nothing_and_loses_nothing(store: ResponseStore) -> None:
    path = max((store.root / seals.FOLDER).iterdir())
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)
    seals._KNOWN.clear()
    assert read_seals(store.root).damaged == {path.name}
    assert codes(store) == {"a": 1, "b": 1, "c": 1}
    store.settle()
    assert ("responses", 2) in read_seals(store.root).entries


def test_many_seals_become_one(store: ResponseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MANY", 4)
    for number in range(4):
        store.commit(batch(f"{number}", f"n{number}"), expected=2 + number)
    assert len(list((store.root / seals.FOLDER).iterdir())) < 4
    assert {version for table, version in read_seals(store.root).entries if table == "responses"} == set(range(7))
    shutil.rmtree(store.root / "responses" / LOG)
    assert len(codes(store)) == 7


def test_a_checkpoint_is_sealed_before_it_is_seen(store: ResponseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "EVERY", 2)
    store.settle()
    folder = store.root / "responses" / LOG
    made = [path for path in folder.iterdir() if log.is_checkpoint(path.name)]
    assert {path.name for path in made} == {"_last_checkpoint", f"{2:020d}.checkpoint.parquet"}
    assert codes(store) == {"a": 1, "b": 1, "c": 1}
    for path in made:
        path.write_bytes(path.read_bytes()[:-3])
    assert codes(store) == {"a": 1, "b": 1, "c": 1}
    assert not [path for path in made if path.exists()]
    assert not list((store.root / seals.FOLDER).glob(".copy-*"))


def test_a_store_of_a_newer_version_is_refused(store: ResponseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "FORMAT", 99)
    store.commit(batch("d", "i3"), expected=2)
    monkeypatch.undo()
    seals._KNOWN.clear()
    with pytest.raises(StoreError, match="更新版本的程序"):
        store.read()
    with pytest.raises(StoreError, match="升级本程序"):
        store.commit(batch("e", "i4"), expected=3)


def test_a_missing_part_is_a_fault(store: ResponseStore) -> None:
    Path(store.files()[0]).unlink()
    with pytest.raises(DamagedError, match="不见了"):
        store.read()


def test_a_truncated_part_is_reported(store: ResponseStore) -> None:
    part = Path(store.files()[0])
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(DamagedError, match="校验值不符"):
        store.read()
