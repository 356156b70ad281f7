"""`silu repair`: parts come back from raw files and the inbox; what cannot is named."""

from __future__ import annotations

import copy
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cli
from survey.collect.draining.drain import drain
from survey.collect.inbox.sqlite import SqliteBackend
from survey.errors import DamagedError
from survey.host.disk import sha256_of
from survey.importing import ingest
from survey.quality.exclusions import FILE, Decisions
from survey.storage.integrity.erasures import EXPIRED, note_erasure
from survey.storage.integrity.log import LOG, entry_name
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.chaos.scenario import Scenario
from tests.commands.upkeep.test_verify import DATA, flip
from tests.survey.collect.town import make_town

REPO = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """An import of a file (version 1), a drain (2 and 3), a wrong import (4) that was undone (5), an exclusion."""
    made = Scenario(make_town(tmp_path_factory.mktemp("played") / "town"), random.Random(5))
    for _ in made.steps(4):
        pass
    return made


@pytest.fixture
def scenario(played: Scenario, tmp_path: Path) -> Scenario:
    """The same in a folder of its own, so that a test may harm it."""
    shutil.copytree(played.root.parent, tmp_path, dirs_exist_ok=True)
    state = {one.name: copy.deepcopy(getattr(played, one.name)) for one in fields(played) if one.name != "study"}
    return Scenario(load_study(tmp_path / "town"), **state)


def content(root: Path) -> list[object]:
    store = ResponseStore(root / "store")
    return [
        [sorted(store.read(version=version).to_pylist(), key=str) for version in range(1, (store.version or 0) + 1)],
        sorted(store.texts().to_pylist(), key=str),
        sorted(store.rejected().to_pylist(), key=str),
    ]


def repaired(root: Path, capsys: pytest.CaptureFixture[str], code: int, *options: str) -> str:
    assert cli.main(["repair", str(root), *options]) == code, capsys.readouterr()
    return capsys.readouterr().out


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-50])


@pytest.mark.parametrize(
    ("harm", "table"),
    [
        pytest.param(harm, table, marks=() if at == number else pytest.mark.slow)
        for at, harm in enumerate((flip, Path.unlink, truncate))
        for number, table in enumerate(("responses", "texts", "rejected"))
    ],
)
def test_every_part_comes_back_byte_by_byte(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], table: str, harm: Callable[[Path], object]
) -> None:
    root = scenario.root
    before = content(root)
    parts = sorted((root / "store" / table).glob("wave=*/*.parquet"))
    bytes_before = {path: path.read_bytes() for path in parts}
    assert parts
    for path in parts:
        harm(path)
    with pytest.raises(DamagedError):
        content(root)
    said = repaired(root, capsys, 0)
    assert said.count("逐字节相同") == len(parts)
    assert {path: path.read_bytes() for path in parts} == bytes_before
    assert content(root) == before
    assert "没有发现需要修复的内容" in repaired(root, capsys, 0)


def test_a_part_that_would_be_written_otherwise_today_is_replaced_by_the_same_rows(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = scenario.root
    before = sorted(ResponseStore(root / "store").read().to_pylist(), key=str)
    for path in (root / "store").glob("*/wave=*/*.parquet"):
        flip(path)
    monkeypatch.setattr("survey.storage.parquet.SOUGHT", ())  # as another version of the library would
    said = repaired(root, capsys, 3)
    assert "已重建" in said
    assert "旧版本" in said
    assert "打不开" in repaired(root, capsys, 0, "--accept-loss")
    store = ResponseStore(root / "store")
    assert sorted(store.read().to_pylist(), key=str) == before
    assert len(store.texts()) == len(scenario.imported | scenario.submissions)
    assert store.history()[0].kind == "repair"
    assert cli.main(["history", "--study", str(root)]) == 0
    assert "修复" in capsys.readouterr().out


def test_what_cannot_be_made_again_is_named_and_a_re_import_of_the_original_brings_it_back(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    root = scenario.root
    before = content(root)
    original = root.parent / "答卷0.csv"
    store = ResponseStore(root / "store")
    first = next(one for one in store.history() if one.number == 1).meta["files"][0]["sha256"]
    (root / "raw" / f"{first}.csv").unlink()
    flip(Path(store.files(version=1)[0]))
    said = repaired(root, capsys, 3)
    assert "答卷0.csv" in said
    assert "补不回来" in said
    with pytest.raises(DamagedError):
        store.read()
    options = ["--study", str(root), "--wave", "W1", "--mode", "household", "--yes"]
    assert cli.main(["import", str(original), *options]) == 1  # one row of the file was always rejected
    assert "已用这些文件修复" in capsys.readouterr().out
    assert content(root) == before
    assert (root / "raw" / f"{first}.csv").exists()
    assert cli.main(["verify", str(root)]) == 0


def test_a_loss_may_be_accepted_and_stands_in_the_history(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    root = scenario.root
    store = ResponseStore(root / "store")
    damaged = Path(store.files(version=1)[0])
    rows = store.read(version=1).num_rows
    shutil.rmtree(root / "raw")
    flip(damaged)
    repaired(root, capsys, 3)
    said = repaired(root, capsys, 3, "--accept-loss")
    assert f"舍弃 {rows} 份答卷" in said
    assert set(store.read()["response_id"].to_pylist()) == scenario.submissions
    assert f"缺 {rows}" in store.history()[0].note


def test_a_drained_part_comes_back_from_the_inbox(scenario: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    root = scenario.root
    before = content(root)
    store = ResponseStore(root / "store")
    parts = [set(store.files(version=version)) for version in range(4)]
    for version in (2, 3):
        made = next(one for one in store.history() if one.number == version)
        (root / "raw" / f"{made.meta['files'][0]['sha256']}.csv").write_bytes(b"damaged")
        (fresh,) = parts[version] - parts[version - 1]
        Path(fresh).unlink()
    said = repaired(root, capsys, 0)
    assert said.count("已由收件箱重做") == 2
    assert said.count("逐字节相同") == 2
    assert content(root) == before


def test_a_ledger_with_a_changed_byte_is_written_anew_and_one_with_a_changed_line_is_named(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    root = scenario.root
    path, before = root / FILE, Decisions(root / FILE).history()
    raw = bytearray(path.read_bytes())
    free = raw.index(bytes(200))
    raw[free + 100] ^= 1
    path.write_bytes(raw)
    assert "重写" in repaired(root, capsys, 0)
    assert Decisions(path).history() == before
    assert len(list(root.glob("decisions.sqlite.damaged-*"))) == 1
    connection = sqlite3.connect(path)
    connection.executescript("DROP TRIGGER decision_kept; UPDATE decision SET who = '李四'")
    connection.close()
    assert "第 1 条与写入时不同" in repaired(root, capsys, 3)


def test_the_inbox_is_written_anew_and_damaged_submissions_are_named(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    root = scenario.root
    path = root / "inbox" / "inbox.sqlite"
    raw = bytearray(path.read_bytes())
    raw[raw.index(bytes(400)) + 300] ^= 1
    path.write_bytes(raw)
    assert "收件箱已重写" in repaired(root, capsys, 0)
    backend = SqliteBackend(path)
    assert len(backend.read(0, 100)) == len(scenario.submissions)
    backend.write([scenario.submission("新的")])
    backend.close()
    connection = sqlite3.connect(path)
    connection.executescript("DROP TRIGGER letter_holds; UPDATE letter SET body = body || ' ' WHERE n IN (1, 6)")
    last = connection.execute("SELECT max(n) FROM letter").fetchone()[0]
    connection.execute("UPDATE letter SET body = body || ' ' WHERE n = ?", (last,))
    connection.commit()
    connection.close()
    said = repaired(root, capsys, 3)
    assert "第 1 份内容损坏；这份答卷此前已入库" in said
    assert f"第 {last} 份损坏，没有入库" in said


@pytest.fixture
def old(tmp_path: Path) -> Path:
    shutil.unpack_archive(DATA / "study_0_1_0.zip", tmp_path)
    return tmp_path / "study_0_1_0"


@pytest.mark.parametrize("torn", [b"", b'{"commitInfo":{"time'])
def test_a_torn_log_of_the_version_before_is_moved_aside_and_the_inbox_fills_the_gap(
    old: Path, capsys: pytest.CaptureFixture[str], torn: bytes
) -> None:
    """Version 4 was a drain: its answers come back from the inbox, though its position says they are there."""
    ids = set(ResponseStore(old / "store").read()["response_id"].to_pylist())
    (old / "store" / "responses" / LOG / entry_name(4)).write_bytes(torn)
    assert cli.main(["drain", str(old)]) == 3
    assert "silu repair" in capsys.readouterr().err
    said = repaired(old, capsys, 0)
    assert "已移开" in said
    assert ResponseStore(old / "store").version == 3
    assert cli.main(["drain", str(old)]) == 0
    found = set(ResponseStore(old / "store").read()["response_id"].to_pylist())
    assert ids <= found
    assert len(found) == len(ids) + 5  # those that were waiting


def test_damaged_parts_of_the_version_before_are_rebuilt(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ResponseStore(old / "store")
    before = sorted(store.read().to_pylist(), key=str)
    texts = sorted(store.texts().to_pylist(), key=str)
    assert cli.main(["verify", str(old)]) == 0
    for path in sorted((old / "store").glob("*/wave=*/*.parquet")):
        flip(path)
    assert cli.main(["verify", str(old)]) == 3
    capsys.readouterr()
    repaired(old, capsys, 0)
    assert sorted(store.read().to_pylist(), key=str) == before
    assert sorted(store.texts().to_pylist(), key=str) == texts


def test_two_repairs_at_once_do_the_same_as_one(scenario: Scenario) -> None:
    root = scenario.root
    before = content(root)
    for path in (root / "store").glob("*/wave=*/*.parquet"):
        flip(path)
    command = [sys.executable, "cli.py", "repair", str(root)]
    both = [subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    outputs = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert b"Traceback" not in b"".join(part for output in outputs for part in output)
    assert content(root) == before


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
sys.argv = ["silu", *sys.argv[1:]]
import cli
sys.exit(cli.main())
"""


def test_a_full_disk_is_told_and_nothing_is_worse(scenario: Scenario, tmp_path: Path) -> None:
    root = scenario.root
    before = content(root)
    flip(next((root / "store" / "responses").glob("wave=*/*.parquet")))
    run = [sys.executable, "-c", FULL, "repair", str(root)]
    done = subprocess.run(run, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done
    assert "修复没有完成" in done.stderr
    assert "Traceback" not in done.stderr
    assert cli.main(["repair", str(root)]) == 0
    assert content(root) == before


def test_an_import_onto_a_full_disk_leaves_the_store_as_it_was(scenario: Scenario) -> None:
    root = scenario.root
    before = content(root)
    path = root.parent / "更多.csv"
    scenario.write(path, [{"response_id": f"g{number}", "S1": 2, "S2": 1} for number in range(10)])
    options = ["--study", str(root), "--wave", "W1", "--mode", "household", "--yes"]
    run = [sys.executable, "-c", FULL, "import", str(path), *options]
    done = subprocess.run(run, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    assert "检查写权限和磁盘空间" in done.stderr
    assert content(root) == before
    assert cli.main(["verify", str(root)]) == 0
    done_now = ingest.import_files(load_study(root), [path], "W1", mode="household")
    assert done_now.preview.new == 10


def test_a_read_only_disk_is_read_and_told_of(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = scenario.root
    before = content(root)
    path = root / "store" / "responses" / LOG / entry_name(5)
    sealed = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("survey.host.disk.draft_beside", refuse)
    monkeypatch.setattr("survey.host.disk.make_folder", refuse)
    assert content(root) == before
    path.write_bytes(b"")
    with pytest.raises(DamagedError, match="留底写不回去"):
        ResponseStore(root / "store").read()
    path.write_bytes(sealed)
    flip(next((root / "store" / "responses").glob("wave=*/*.parquet")))
    assert cli.main(["repair", str(root)]) == 2
    assert "修复没有完成" in capsys.readouterr().err


def test_the_drain_says_what_to_do_when_the_store_is_damaged(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    root = scenario.root
    backend = SqliteBackend(root / "inbox" / "inbox.sqlite")
    backend.write([scenario.submission("新的")])
    flip(Path(ResponseStore(root / "store").files()[0]))
    with pytest.raises(DamagedError, match="silu repair"):
        drain(scenario.study, backend)
    repaired(root, capsys, 0)
    assert drain(scenario.study, backend).moved == 1
    backend.close()


def test_a_purge_leaves_no_damaged_file_behind(scenario: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    root = scenario.root
    for path in (root / "store" / "responses").glob("wave=*/*.parquet"):
        flip(path)
    repaired(root, capsys, 0)
    aside = root / "store" / "set_aside"
    assert list(aside.glob("*.parquet"))
    (root / "inbox" / "inbox.sqlite.damaged-1").write_bytes(b"x")
    backend = SqliteBackend(root / "inbox" / "inbox.sqlite")
    backend.withdraw(backend.read(0, 1)[0].number, 1)
    drain(scenario.study, backend)
    backend.close()
    assert not list(aside.glob("*.parquet"))
    assert not list((root / "inbox").glob("*.damaged-*"))


def test_what_was_erased_by_law_does_not_come_back(scenario: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    """A part was emptied in its place at the end of its period, and is damaged then: raw files still have the words."""
    root = scenario.root
    part = min((root / "store" / "texts").glob("wave=*/*.parquet"))
    rows = pq.read_table(part, partitioning=None)
    empty = rows.set_column(rows.column_names.index("text"), "text", pa.nulls(rows.num_rows, pa.string()))
    pq.write_table(empty, part)
    name = part.relative_to(root / "store").as_posix()
    note_erasure(root / "store", EXPIRED, rewritten={name: sha256_of(part)}, wave="W1", kind="texts")
    assert cli.main(["verify", str(root), "--read-only"]) == 0
    capsys.readouterr()
    flip(part)
    said = repaired(root, capsys, 3)
    assert "保存期已满" in said
    assert "逐字节相同" not in said
