"""Real disks that cannot be written: one mounted read-only, one that is full. Commands run in a mount namespace."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from survey.collect.inbox.sqlite import SqliteBackend
from survey.storage.store import ResponseStore
from tests.chaos.scenario import Scenario
from tests.survey.collect.town import make_town

REPO = Path(__file__).parents[2]
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'
FULL = (
    'mount -t tmpfs -o size=8m tmpfs "$2" && cp -r "$1" "$2/study" && { dd if=/dev/zero of="$2/fill" bs=1k 2> /dev/null'
    " || true; }"
)
pytestmark = pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0
    if shutil.which("unshare")
    else True,
    reason="needs unshare(1) and user namespaces to mount a disk",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An import, a drain, an undo, an exclusion, and a submission that waits."""
    made = Scenario(make_town(tmp_path_factory.mktemp("disks") / "town"), random.Random(5))
    for _ in made.steps(4):
        pass
    backend = SqliteBackend(made.root / "inbox" / "inbox.sqlite")
    backend.write([made.submission("还没有入库")])
    backend.close()
    return made.root


def commands(mount: str, root: Path, disk: Path, *lines: str) -> list[tuple[int, str]]:
    """Run commands after a mount; return exit code and output of each."""
    steps = [f'{sys.executable} cli.py {line} 2>&1; echo "CODE $?"; echo END' for line in lines]
    script = "\n".join([f"{{ {mount}; }} || exit 9", *steps])
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", str(root), str(disk)],
        cwd=REPO, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = [block.rpartition("CODE ") for block in done.stdout.split("END\n")[:-1]]
    assert "Traceback" not in done.stdout
    return [(int(code), said) for said, _, code in found]


@pytest.mark.slow
def test_a_study_on_a_read_only_disk_is_read_verified_and_backed_up(root: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    verified, backed_up, undone, repaired, drained = commands(
        READ_ONLY, root, tmp_path, 'verify "$1"', 'backup "$2/backup" --study "$1"',
        'undo --study "$1" --who 张三 --why 试', 'repair "$1"', 'drain "$1"',
    )  # fmt: skip
    assert verified[0] == 0
    assert "网上答卷：核对 5 份" in verified[1]
    assert backed_up[0] == 0
    for code, said in (undone, repaired, drained):
        assert code == 2
        assert "写" in said.rpartition("处理办法")[2]
        assert "\x1b" not in said
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    command = [sys.executable, "cli.py", "restore", str(tmp_path / "backup"), str(tmp_path / "again")]
    subprocess.run(command, cwd=REPO, check=True, capture_output=True)
    assert ResponseStore(tmp_path / "again" / "store").read().equals(ResponseStore(root / "store").read())
    backend = SqliteBackend(tmp_path / "again" / "inbox" / "inbox.sqlite")
    assert len(backend.read(0, 10)) == 5
    backend.close()


def test_a_full_disk_is_reported_and_what_was_acknowledged_stays(root: Path, tmp_path: Path) -> None:
    undone, drained, excluded, verified, known, undone_again = commands(
        FULL, root, tmp_path, 'undo --study "$2/study" --who 张三 --why 试', 'drain "$2/study"',
        'exclude --study "$2/study" --wave W1 --mode household --who 张三 --why 试 --id f0-0', 'verify "$2/study"',
        'history --study "$2/study"; rm "$2/fill"',
        'undo --study "$2/study" --who 张三 --why 试',
    )  # fmt: skip
    for code, said in (undone, drained, excluded):
        assert code == 2, said
        assert "空间" in said
    assert verified[0] == 0, verified
    assert "全部与写入时一致" in verified[1]
    assert known[1].startswith("版本 5")
    assert undone_again[0] == 0
