"""Versions, undo, two writers at once, and a writer killed in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from survey.errors import DamagedError, StoreError
from survey.importing import ingest
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch
from survey.storage.parquet import parts_sql
from survey.storage.store import ResponseStore, StaleVersionError, sort_by_psu
from survey.study.study import load_study
from tests.survey.small_study import answer, make_study, write_csv

REPO = Path(__file__).parents[3]


def batch(
    ids: str, import_id: str, *, code: int = 1, replaced: str = "", wave: str = "W1", extra: str = ""
) -> ImportBatch:
    """A small batch: one row and one text for each submission."""
    count = len(ids)
    columns = {
        "response_id": list(ids),
        "wave": [wave] * count,
        "psu": pa.array(range(count, 0, -1), pa.int64()),
        "import_id": [import_id] * count,
        "E.E1": pa.array([code] * count, pa.int8()),
    }
    if extra:
        columns[extra] = pa.array([7] * count, pa.int8())
    texts = pa.table(
        [list(ids), [wave] * count, ["H1"] * count, [f"{i}{code}" for i in ids], [import_id] * count], schema=TEXTS
    )
    return ImportBatch(wave, pa.table(columns), texts, REJECTED.empty_table(), tuple(replaced))


def codes(store: ResponseStore, version: int | None = None) -> dict[str, int]:
    rows = store.read(["response_id", "E.E1"], version=version)
    return dict(zip(rows["response_id"].to_pylist(), rows["E.E1"].to_pylist(), strict=True))


def texts_of(store: ResponseStore, version: int | None = None) -> dict[str, str]:
    rows = store.texts(version=version)
    assert len(set(rows["response_id"].to_pylist())) == rows.num_rows
    return dict(zip(rows["response_id"].to_pylist(), rows["text"].to_pylist(), strict=True))


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    return ResponseStore(tmp_path / "store")


def test_an_empty_store_reports_the_remedy(store: ResponseStore) -> None:
    assert (store.version, store.files(), store.history(), store.lineage()) == (None, (), (), ())
    assert not store.rejected().num_rows
    with pytest.raises(StoreError, match="silu import"):
        store.read()
    with pytest.raises(StoreError):
        store.undo(who="x", why="y")


def test_versions_are_kept_for_ever(store: ResponseStore) -> None:
    assert store.commit(batch("abc", "i1"), who="甲", note="一") == 1
    assert store.commit(batch("bd", "i2", code=5, replaced="b"), expected=1) == 2
    assert store.commit(batch("e", "i3", wave="W2"), expected=2) == 3
    assert codes(store) == {"a": 1, "b": 5, "c": 1, "d": 5, "e": 1}
    assert codes(store, 1) == {"a": 1, "b": 1, "c": 1}
    assert texts_of(store) == {"a": "a1", "b": "b5", "c": "c1", "d": "d5", "e": "e1"}
    assert texts_of(store, 1) == {"a": "a1", "b": "b1", "c": "c1"}
    assert store.read(waves=["W2"])["response_id"].to_pylist() == ["e"]
    assert store.texts(waves=["W2"])["text"].to_pylist() == ["e1"]
    assert [version.number for version in store.history()] == [3, 2, 1, 0]
    assert [version.number for version in store.lineage()] == [1, 2, 3]
    assert (store.history()[2].who, store.history()[2].note) == ("甲", "一")


def test_rows_of_a_wave_are_sorted_by_place(store: ResponseStore) -> None:
    store.commit(batch("abc", "i1"))
    assert store.read()["psu"].to_pylist() == [1, 2, 3]
    table = pa.table({"psu": pa.array([3, None, 1, 3, 1], pa.int64()), "n": [0, 1, 2, 3, 4]})
    assert sort_by_psu(table)["n"].to_pylist() == [2, 4, 0, 3, 1]  # stable, missing last


def test_duckdb_reads_the_parts_directly(store: ResponseStore) -> None:
    store.commit(batch("abc", "i1"))
    with duckdb.connect() as connection:
        found = connection.sql(f'SELECT wave, count(*), sum("E.E1") FROM {parts_sql(store.files())} GROUP BY wave')
        assert found.fetchall() == [("W1", 3, 3)]


def test_a_new_column_is_null_in_older_rows_and_versions(store: ResponseStore) -> None:
    store.commit(batch("a", "i1"))
    store.commit(batch("b", "i2", extra="J1"), expected=1)
    rows = store.read(["response_id", "J1"])
    assert dict(zip(*rows.to_pydict().values(), strict=True)) == {"a": None, "b": 7}
    with pytest.raises(StoreError, match="没有这些列"):
        store.read(["J1"], version=1)
    store.commit(batch("a", "i3", extra="J2", replaced="a"), expected=2)
    assert store.read(["J1", "J2"]).num_rows == 2
    store.undo(who="x", why="y", to=1)
    assert store.read().num_rows == 1


def test_undo_goes_back_step_by_step_and_can_be_undone(store: ResponseStore) -> None:
    store.commit(batch("a", "i1"))
    store.commit(batch("b", "i2"), expected=1)
    store.commit(batch("c", "i3"), expected=2)
    assert store.undo(who="乙", why="错") == 4
    assert set(codes(store)) == set(texts_of(store)) == {"a", "b"}
    store.undo(who="乙", why="错")
    assert set(codes(store)) == {"a"}
    store.commit(batch("d", "i4"), expected=5)
    assert [version.number for version in store.lineage()] == [1, 6]
    store.undo(who="乙", why="错")
    assert set(codes(store)) == {"a"}
    store.undo(who="乙", why="恢复", to=3)
    assert set(codes(store)) == set(texts_of(store)) == {"a", "b", "c"}
    undone = store.history()[0]
    assert (undone.kind, undone.who, undone.note, undone.meta["restored"]) == ("undo", "乙", "恢复", 3)
    for _ in range(3):
        store.undo(who="乙", why="全部")
    assert codes(store) == {}
    with pytest.raises(StoreError, match="没有可以撤销的导入"):
        store.undo(who="乙", why="再")
    with pytest.raises(StoreError):
        store.undo(who="乙", why="再", to=99)


def test_a_commit_on_an_older_version_is_refused(store: ResponseStore) -> None:
    store.commit(batch("a", "i1"))
    with pytest.raises(StaleVersionError):
        store.commit(batch("b", "i2"))
    store.commit(batch("b", "i3"), expected=1)
    with pytest.raises(StaleVersionError):
        store.commit(batch("c", "i4"), expected=1)
    assert set(codes(store)) == {"a", "b"}


def test_the_switch_itself_refuses_a_stale_commit(store: ResponseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have passed the first check; the second one loses at the log and its texts are never seen."""
    import survey.storage.store

    store.commit(batch("a", "i1"))
    write = survey.storage.store.write_rows

    def overtaken(*arguments: object, **options: object) -> int:
        monkeypatch.setattr(survey.storage.store, "write_rows", write)
        ResponseStore(store.root).commit(batch("b", "i2"), expected=1)
        return write(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(survey.storage.store, "write_rows", overtaken)
    with pytest.raises(StaleVersionError):
        store.commit(batch("c", "i3"), expected=1)
    assert store.version == 2
    assert texts_of(store) == {"a": "a1", "b": "b1"}
    store.commit(batch("c", "i4"), expected=2)
    assert texts_of(store)["c"] == "c1"


def test_a_damaged_store_is_reported(store: ResponseStore) -> None:
    store.commit(batch("a", "i1"))
    logs = sorted((store.root / "responses" / "_delta_log").glob("*.json"))
    for log in logs:
        log.write_bytes(b"{")
    assert codes(store) == {"a": 1}  # put back from the sealed copies
    shutil.rmtree(store.root / "seals")
    for log in logs:
        log.write_bytes(b"{")
    with pytest.raises(DamagedError, match="损坏"):
        store.read()


IMPORT = """
import sys
from survey.importing import ingest
from survey.study.study import load_study
study, path, who = load_study(sys.argv[1]), sys.argv[2], sys.argv[3]
preview = ingest.stage(study, [path], "W1")
print("staged", flush=True)
sys.stdin.readline()
print(ingest.commit(preview, who=who).version, flush=True)
"""
DIE = """
import os, signal
import survey.storage.store
survey.storage.store.write_rows = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
"""


def start(study: Path, path: Path, who: str, before: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", before + IMPORT, str(study), str(path), who],
        cwd=REPO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "staged\n"
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.server
def test_two_importers_at_once_lose_nothing(tmp_path: Path) -> None:
    make_study(tmp_path / "study")
    files = [write_csv(tmp_path / f"{n}.csv", [answer(i) for i in range(n * 20, n * 20 + 30)]) for n in range(3)]
    running = [start(tmp_path / "study", path, path.stem) for path in files]
    for process in running:
        go(process)
    outputs = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], outputs
    store = ResponseStore(tmp_path / "study" / "store")
    ids = store.read(["response_id"])["response_id"].to_pylist()
    assert sorted(ids) == [f"r{i:05d}" for i in range(70)]
    assert sum(version.meta["counts"]["new"] for version in store.lineage()) == 70


@pytest.mark.server
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_killed_between_side_tables_and_switch(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    store = ResponseStore(study.root / "store")
    ingest.import_files(study, [write_csv(tmp_path / "a.csv", [answer(1, H1="旧")])], "W1")
    rows = [answer(1, H1="新"), answer(2, H1="二"), answer(3, A1="甲")]
    path = write_csv(tmp_path / "b.csv", rows)
    process = start(study.root, path, "x", DIE)
    go(process)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert store.version == 1
    assert store.texts()["text"].to_pylist() == ["旧"]
    assert not store.rejected().num_rows
    done = ingest.import_files(study, [path], "W1")
    assert (done.preview.new, done.preview.changed, done.preview.rejected) == (1, 1, 1)
    assert sorted(store.texts()["text"].to_pylist()) == ["二", "新"]
    assert store.rejected().num_rows == 1


@pytest.mark.server
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_killed_at_any_moment_is_all_or_nothing(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    store = ResponseStore(study.root / "store")
    first = [answer(i, H1=f"旧{i}") for i in range(2000)]
    ingest.import_files(study, [write_csv(tmp_path / "a.csv", first)], "W1")
    second = write_csv(tmp_path / "b.csv", [answer(i, H1=f"新{i}") for i in range(1000, 4000)])
    killed = 0
    for wait in (0.0, 0.04, 0.12):
        process = start(study.root, second, "x")
        go(process)
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=120)
        rows, texts = store.read(["response_id"]).num_rows, set(store.texts()["text"].to_pylist())
        before = (2000, {f"旧{i}" for i in range(2000)})
        after = (4000, {f"旧{i}" for i in range(1000)} | {f"新{i}" for i in range(1000, 4000)})
        assert (rows, texts) in (before, after)
        if (rows, texts) == after:
            store.undo(who="x", why="再来", to=1)
        else:
            killed += 1
    assert killed
    done = ingest.import_files(load_study(study.root), [second], "W1")
    assert (done.preview.new, done.preview.changed) == (2000, 1000)


def test_batch_knows_its_import() -> None:
    assert batch("a", "i1").import_id == "i1"
    assert replace(batch("", "i1")).import_id == ""


def test_a_folder_with_blanks_and_chinese_characters(tmp_path: Path) -> None:
    store = ResponseStore(tmp_path / "二〇二六 年#1 100%" / "store")
    store.root.mkdir(parents=True)
    store.commit(batch("ab", "i1"), meta={}, who="", note="", expected=None)
    assert store.read(["response_id"])["response_id"].to_pylist() == ["b", "a"]
    assert store.texts().num_rows == 2
    assert all(Path(file).is_file() for file in store.files())


@pytest.mark.parametrize("name", ["研究[1]", "a%20b"])
def test_a_folder_that_delta_would_take_for_another_is_refused(tmp_path: Path, name: str) -> None:
    store = ResponseStore(tmp_path / name / "store")
    with pytest.raises(StoreError, match="给文件夹改名"):
        store.commit(batch("a", "i1"), meta={}, who="", note="", expected=None)
    assert not (tmp_path / name / "store" / "responses").exists()
