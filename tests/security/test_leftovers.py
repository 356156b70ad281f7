"""A killed import and uploads that were never committed leave no answers behind: the next start removes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from survey.host.scratch import DRAFT, SCRATCH
from survey.storage.store import ResponseStore
from tests.security.conftest import Attack
from tests.survey.small_study import answer, make_study, write_csv

ROOT = Path(__file__).parent.parent.parent
SECRET = "路灯不亮的那一户"
UPLOADS = """
import time
from pathlib import Path
from survey.readers.files.private_copy import private_copy
from views.cached import imports
class File:
    name = "答卷.csv"
    def getvalue(self):
        return Path("{file}").read_bytes()
(path,) = imports.saved([File()])
with private_copy(path):
    print("ready", flush=True)
    time.sleep(60)
"""

DELAYS = (0, 0.02, 0.05, 0.1, 0.3)
"""Seconds after the first temporary file at which an import is killed."""

pytestmark = pytest.mark.server


def silu(environment: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def traces(*roots: Path) -> list[Path]:
    """Temporary files and folders."""
    return [path for root in roots for path in root.rglob("*") if path.name.startswith((SCRATCH, DRAFT))]


def test_killed_imports_leave_nothing_after_the_next_start(tmp_path: Path, attack: Attack) -> None:
    study = make_study(tmp_path / "study")
    system = tmp_path / "tmp"
    system.mkdir()
    environment = {**os.environ, "TMPDIR": str(system)}
    file = write_csv(tmp_path / "答卷.csv", [answer(number, H1=SECRET) for number in range(20_000)])
    command = ("import", str(file), "--study", str(study.root), "--wave", "W1", "--yes")
    left = 0
    for delay in DELAYS:
        with silu(environment, *command) as process:
            while process.poll() is None and not traces(system, study.root):
                time.sleep(0.002)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        left += len(traces(system, study.root))
        with silu(environment, "drain", str(study.root)) as process:
            told, _ = process.communicate(timeout=120)
            assert process.returncode in (0, 1), told
        assert traces(system, study.root) == []
    assert left > 0
    with silu(environment, *command) as process:
        process.communicate(timeout=120)
    assert ResponseStore(study.root / "store").read().num_rows == 20_000
    attack("`kill -9` during an import: temporary files after the next start", len(DELAYS), "none")


def test_uploads_of_a_killed_dashboard_are_removed_at_the_next_start(tmp_path: Path, attack: Attack) -> None:
    study = make_study(tmp_path / "study")
    system = tmp_path / "tmp"
    system.mkdir()
    environment = {**os.environ, "TMPDIR": str(system)}
    file = write_csv(tmp_path / "答卷.csv", [answer(1, H1=SECRET)])
    code = UPLOADS.replace("{file}", str(file))
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        held = [path for path in system.rglob("*.csv") if SECRET in path.read_text(encoding="utf-8-sig")]
        assert len(held) == 2
        with silu(environment, "history", "--study", str(study.root)) as other:
            other.communicate(timeout=60)
        assert all(path.exists() for path in held), "another process still reads them"
        process.send_signal(signal.SIGKILL)
    with silu(environment, "history", "--study", str(study.root)) as other:
        other.communicate(timeout=60)
    assert list(system.iterdir()) == []
    attack("`kill -9` of a dashboard with an upload that was not committed", 1, "nothing left after the next start")
