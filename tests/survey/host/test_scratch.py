"""Temporary files go with their process; what a killed one left goes at the next start, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from survey.host import scratch
from survey.host.disk import draft_beside, write_whole
from survey.host.scratch import DAY, DRAFT, SCRATCH, host, process_folder, scratch_folder, sweep_study, sweep_system

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of the system."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_scratch_folder_is_private_and_goes_with_the_block(system: Path) -> None:
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "a").write_text("x")
        assert sweep_system() == 0
    assert list(system.iterdir()) == []


def test_the_folder_of_a_process_outlives_the_call(system: Path) -> None:
    process_folder.cache_clear()
    try:
        assert process_folder() == process_folder()
        assert process_folder().is_dir()
    finally:
        process_folder.cache_clear()


def test_what_a_killed_process_left_is_removed_and_the_rest_stays(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, mine, theirs = dead(), os.getpid(), os.getppid()
    for name in (f"{host()}-{gone}-x", f"{host()}-{mine}-x", f"{host()}-{theirs}-x", f"{'0' * 8}-{gone}-x", "uploads"):
        (system / f"{SCRATCH}{name}").mkdir()
    (system / "other").mkdir()
    assert sweep_system() == 1
    assert not (system / f"{SCRATCH}{host()}-{gone}-x").exists()
    old = time.time() - DAY - 60
    for name in (f"{'0' * 8}-{gone}-x", "uploads", f"{host()}-{mine}-x"):
        os.utime(system / f"{SCRATCH}{name}", (old, old))
    assert sweep_system() == 2
    assert {path.name.removeprefix(SCRATCH).split("-")[-2:][0] for path in system.iterdir()} == {
        str(mine),
        str(theirs),
        "other",
    }


def test_folders_of_other_users_are_left_alone(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (system / f"{SCRATCH}{host()}-{dead()}-x").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert sweep_system() == 0


def test_drafts_in_a_study_are_removed_where_nobody_writes_them(tmp_path: Path) -> None:
    root = tmp_path / "study"
    (root / "raw").mkdir(parents=True)
    abandoned = root / "raw" / f"{DRAFT}{host()}-{dead()}-{'0' * 32}.csv"
    abandoned.write_text("单份答卷")
    (root / f"{DRAFT}{host()}-{dead()}-seals").mkdir()
    beside = draft_beside(root / "raw" / "a.csv")
    beside.write_text("under way")
    assert sweep_study(root) == 2
    assert [path.name for path in (root / "raw").iterdir()] == [beside.name]
    assert sweep_study(tmp_path / "nothing") == 0
    write_whole(root / "raw" / "a.csv", lambda draft: draft.write_text("x"))
    assert {path.name for path in (root / "raw").iterdir()} == {beside.name, "a.csv"}


def test_a_system_that_cannot_say_whether_a_process_lives_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert scratch._lives(1)
