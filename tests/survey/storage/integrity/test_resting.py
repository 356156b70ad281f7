"""A checksum beside a database: a change is seen, and a writer at work is not taken for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.host.disk import sha256_of
from survey.storage.integrity import resting
from survey.storage.integrity.resting import checksum_file, is_as_sealed, seal, unseal


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.sqlite"
    path.write_bytes(b"one")
    seal(path)
    return path


def test_a_changed_byte_is_seen_and_a_missing_checksum_is_no_answer(base: Path) -> None:
    assert is_as_sealed(base) is True
    base.write_bytes(b"two")
    assert is_as_sealed(base) is False
    unseal(base)
    assert is_as_sealed(base) is None


def _wrote_and_sealed(path: Path) -> None:
    unseal(path)
    path.write_bytes(b"two")
    seal(path)


def _still_writes(path: Path) -> None:
    unseal(path)
    path.write_bytes(b"two")


@pytest.mark.parametrize(("writer", "answer"), [(_wrote_and_sealed, True), (_still_writes, None)])
def test_a_writer_between_the_checksum_and_the_file_is_no_damage(
    base: Path, monkeypatch: pytest.MonkeyPatch, writer: Callable[[Path], None], answer: bool | None
) -> None:
    waiting = [writer]

    def read_late(path: Path) -> str:
        if waiting:
            waiting.pop()(path)
        return sha256_of(path)

    monkeypatch.setattr(resting, "sha256_of", read_late)
    assert is_as_sealed(base) is answer
    assert not waiting


def test_the_checksum_of_another_file_is_no_answer_for_this_one(base: Path, tmp_path: Path) -> None:
    other = tmp_path / "ledger.sqlite"
    shutil.copy(base, other)
    shutil.copy(checksum_file(base), checksum_file(other))
    assert is_as_sealed(other) is False
