"""A real Spark: master, workers and Connect server on this machine; workers and server are killed in the middle.

It needs Java and the environment that `make .make/spark` makes; without them the tests are SKIPPED, and say so.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cli
from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.engines import spark_deadlines, spark_session
from analysis.engines.duck import DuckEngine, Limits, limited
from analysis.engines.spark import SparkEngine
from analysis.engines.spark_errors import explained
from analysis.engines.spark_session import connected
from benchmarks.cluster import Cluster, NoServerError, free_ports, running
from benchmarks.large_store import make
from reports.counted.engine_cells import parts_on_spark, read_on_spark
from reports.sample import gather
from reports.selection import Selection
from reports.voices.open_answers import load_answers
from survey.errors import DamagedError, EngineError
from survey.host.engine import EngineSettings
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import stored_parts
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

pytestmark = [pytest.mark.server, pytest.mark.timeout(1500)]
EVERYONE = Selection(mode="household")
HEADLINES = ("A1", "C1", "D1", "E0")
FIELDS = ("n", "w", "ww", "n_i", "wo", "wy", "ny")
SMALL_TASKS = {"spark.sql.files.maxPartitionBytes": "4m", "spark.connect.progress.reportInterval": "200ms"}


@contextmanager
def a_cluster(folder: Path, workers: int, **settings: str) -> Iterator[Cluster]:
    pytest.importorskip("pyspark", reason="SKIPPED: pyspark-client is not installed")
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(running(folder, free_ports(3 + workers), workers=workers, settings=settings))
        except NoServerError as error:
            pytest.skip(f"SKIPPED, no Spark server on this machine: {error}")
        yield cluster


def on(study: Study, url: str) -> Study:
    return replace(study, engine=EngineSettings("spark", url))


def bits(cells: Cells) -> bytes:
    keys = cells.keys.to_csv(index=False).encode()
    return keys + b"".join(np.asarray(getattr(cells, name)).tobytes() for name in FIELDS)


def computed(study: Study, asked: Selection = EVERYONE) -> tuple[bytes, str]:
    """Return the cells of the four headline rates, and estimates from them."""
    found = gather(study, asked, rates=HEADLINES)
    return bits(found.sample.cells), found.estimates(replace(asked, items=HEADLINES, by=("district",))).table.to_csv()


def test_a_small_study_gives_the_same_bits_on_a_real_cluster(tmp_path: Path) -> None:
    with a_cluster(tmp_path / "cluster", 1) as cluster:
        study = load_study(imported_city(tmp_path / "city", districts=2, streets_per_district=2, texts=False))
        ids = ResponseStore(study.root / "store").read(["response_id"], waves=["W1"])["response_id"].to_pylist()[:7]
        decisions_of(study).exclude(ids, wave="W1", who="张三", why="测试")
        without = replace(EVERYONE, without_excluded=True)
        for asked in (EVERYONE, without):
            assert computed(study, asked) == computed(on(study, cluster.url), asked)
        assert computed(study, without) != computed(study)


@pytest.mark.slow
def test_bits_are_equal_over_runs_threads_and_engines(tmp_path: Path) -> None:
    study = load_study(make(tmp_path / "study", 500_000, communities=200, waves=2, part=25_000))
    parts = stored_parts(study.root / "store", ResponseStore(study.root / "store").version or 0)
    rates = [study.questionnaire.rate(name) for name in HEADLINES]
    by = ["wave", "age", "sex"]
    found = set()
    files = [str(part.path) for part in parts]
    for threads in (1, 2, 8):
        for _ in range(5):
            with limited(Limits(threads=threads)) as connection:
                found.add(
                    bits(build_cells(DuckEngine(connection.read_parquet(files, hive_partitioning=True)), rates, by))
                )
    assert len(found) == 1
    with a_cluster(tmp_path / "cluster", 2, **SMALL_TASKS) as cluster, connected(cluster.url) as session:
        engine = SparkEngine(read_on_spark(session, study, parts))
        for tasks in (1, 2, 8):
            session.conf.set("spark.sql.shuffle.partitions", str(tasks))
            found |= {bits(build_cells(engine, rates, by)) for _ in range(5)}
        assert session.catalog.listTables() == []
        assert len(cluster.tasks()) > 15 * len(parts)
    assert len(found) == 1


class Killer(spark_session._Watch):
    """Kills a worker when a quarter of the tasks of a query have ended."""

    cluster: Cluster
    killed: list[tuple[int, int, int]] = []

    def __call__(self, stages: Any, inflight_tasks: int, operation_id: str | None, done: bool) -> None:
        reported = list(stages or ())
        ended, total = sum(one.num_completed_tasks for one in reported), sum(one.num_tasks for one in reported)
        if not self.killed and total >= 16 and total // 4 <= ended < total // 2:
            self.killed.append((ended, total, self.cluster.kill("worker-0")))
        super().__call__(reported, inflight_tasks, operation_id, done)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_changes_no_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(make(tmp_path / "study", 600_000, communities=200, waves=4, part=25_000))
    start = time.monotonic()
    right = computed(study)
    print(f"counted here in {time.monotonic() - start:.1f} s")
    before = {path: path.stat().st_mtime_ns for path in (study.root / "store").rglob("*")}
    with a_cluster(tmp_path / "cluster", 2, **SMALL_TASKS) as cluster:
        there = on(study, cluster.url)
        start = time.monotonic()
        assert computed(there) == right
        print(f"two workers, none killed: {time.monotonic() - start:.1f} s, {len(cluster.tasks())} tasks")
        monkeypatch.setattr(Killer, "cluster", cluster, raising=False)
        monkeypatch.setattr(spark_session, "_Watch", Killer)
        start = time.monotonic()
        assert computed(there) == right
        ((ended, total, processes),) = Killer.killed
        print(f"worker-0 and its executor ({processes} processes) killed -9 at task {ended} of {total}: "
              f"{time.monotonic() - start:.1f} s, identical")  # fmt: skip
        assert processes >= 2
        assert 0 < ended < total
        assert "Lost executor" in cluster.log("connect")
        _without_workers_and_server(cluster, there, monkeypatch)
    assert {path: path.stat().st_mtime_ns for path in (study.root / "store").rglob("*")} == before


def _without_workers_and_server(cluster: Cluster, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last worker goes, the server stands still, and ends in the middle of a session: each is named, none hangs."""
    monkeypatch.setattr(spark_session, "IDLE", 5.0)
    cluster.kill("worker-1")
    with pytest.raises(EngineError, match=r"没有工作机器在计算|工作机器中断") as told:
        computed(study)
    print(told.value)
    with monkeypatch.context() as patch, connected(cluster.url) as session:
        patch.setattr(spark_deadlines, "LONGEST", {True: 5.0, False: 5.0})
        os.killpg(cluster.processes["connect"].pid, signal.SIGSTOP)
        start = time.monotonic()
        with pytest.raises(EngineError, match=r"Spark 服务端不再回答") as told, explained():
            session.range(10).toArrow()
        print(f"server stopped, given up after {time.monotonic() - start:.1f} s: {told.value}")
    os.killpg(cluster.processes["connect"].pid, signal.SIGCONT)
    with connected(cluster.url) as session:
        os.killpg(cluster.processes["connect"].pid, signal.SIGKILL)
        with pytest.raises(EngineError, match=r"连接断了") as told, explained():
            session.range(10).toArrow()
    print(told.value)


@pytest.mark.slow
def test_bad_input_on_a_cluster(tmp_path: Path) -> None:
    study = load_study(make(tmp_path / "study", 40_000, communities=2000, waves=2, part=10_000))
    parts = stored_parts(study.root / "store", ResponseStore(study.root / "store").version or 0)
    with a_cluster(tmp_path / "cluster", 1, **{"spark.driver.maxResultSize": "1m"}) as cluster:
        with pytest.raises(EngineError, match=r"Spark 服务端的内存不够(.|\n)*maxResultSize") as told:
            computed(on(study, cluster.url))
        print(told.value)
        with connected(cluster.url) as session:
            _grown(session, study, [str(part.path) for part in parts], parts[0].schema)
            _elsewhere(session, study, parts)
            broken = Path(parts[0].path)
            broken.write_bytes(broken.read_bytes()[:-200])
            with pytest.raises(DamagedError, match=r"Spark 读到损坏的答卷文件(.|\n)*silu verify") as damaged:
                SparkEngine(read_on_spark(session, study, parts)).aggregate("SELECT SUM(psu) FROM responses")
            print(damaged.value)


def _grown(session: Any, study: Study, files: list[str], schema: pa.Schema) -> None:
    """A column that only the newest part has is NULL in the others, and one that no part has yet everywhere."""
    newest = pq.read_table(files[0])
    newest = newest.append_column("Z1", pa.array(np.ones(len(newest), dtype=np.int8)))
    where = study.root / "store" / "responses" / "wave=W1" / "part-new.zstd.parquet"
    pq.write_table(newest, where)
    wider = schema.append(pa.field("Z1", pa.int8())).append(pa.field("Z2", pa.int8()))
    engine = SparkEngine(parts_on_spark(session, study, [*files, str(where)], wider, "responses"))
    query = "SELECT wave, COUNT(*) AS n, COUNT(`Z1`) AS z1, COUNT(`Z2`) AS z2 FROM responses GROUP BY wave"
    found = {row["wave"]: row for row in engine.aggregate(query).to_pylist()}
    assert set(found) == {"W1", "W2"}
    assert (found["W1"]["n"], found["W1"]["z1"], found["W1"]["z2"]) == (20_000 + len(newest), len(newest), 0)
    assert (found["W2"]["n"], found["W2"]["z1"]) == (20_000, 0)
    where.unlink()


def _elsewhere(session: Any, study: Study, parts: Any) -> None:
    """A store that the cluster does not see is named."""
    lost = replace(study, engine=EngineSettings(store="/nowhere/store"))
    with pytest.raises(EngineError, match=r"集群看不到答卷文件"):
        SparkEngine(read_on_spark(session, lost, parts)).aggregate("SELECT COUNT(*) FROM responses")


@pytest.mark.slow
def test_texts_are_read_on_the_workers_as_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = imported_city(tmp_path / "city", districts=4)
    study = load_study(city)
    item = next(question.name for question in study.questionnaire.questions if question.type.open)
    here = load_answers(study, item)
    shutil.rmtree(city / "store" / "textcache")
    shutil.rmtree(city / "store" / "themecache")
    with a_cluster(tmp_path / "cluster", 2) as cluster:
        there = load_answers(on(study, cluster.url), item)
        assert sum(task.good for task in cluster.tasks()) > 0
        _commands_print_the_same(city, cluster, capsys)
    assert there.table.column_names == here.table.column_names
    for name in here.table.column_names:
        assert there.table[name].to_pylist() == here.table[name].to_pylist(), name
    assert np.array_equal(there.coded.assigned, here.coded.assigned)


def _commands_print_the_same(city: Path, cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for command in ("rates", "weak", "text"):
        told = []
        for options in ([], ["--engine", "spark", "--master", cluster.url]):
            shutil.rmtree(city / "store" / "textcache", ignore_errors=True)
            shutil.rmtree(city / "store" / "themecache", ignore_errors=True)
            assert cli.main([command, "--study", str(city), *options]) == 0
            told.append(capsys.readouterr().out)
        assert told[0] == told[1], command
