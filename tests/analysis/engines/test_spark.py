"""Spark without a cluster: the text it is sent, and what goes wrong before and after, in Chinese."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analysis.design.cube import cube_sql
from analysis.engines import spark_session
from analysis.engines.spark import SparkEngine
from analysis.engines.spark_errors import explained, problem
from analysis.text.answers import SCHEMA
from analysis.text.on_spark import PLAIN, coded, mapper, write_package
from analysis.text.reader import read_texts
from survey.errors import DamagedError, EngineError
from survey.instrument.rate import Rate
from survey.study.lexicon import load_lexicon

RATE = Rate("A{1}", "", "awareness", (("A{1}", (1,)),), "all")


class Sent:
    """A DataFrame of a session that keeps what it is sent."""

    columns = ("psu", "A{1}")

    def __init__(self) -> None:
        self.sparkSession, self.text, self.rows = self, "", None

    def sql(self, text: str, **frames: Any) -> Sent:
        self.text, self.rows = text.format(rows="some_view"), frames["rows"]
        return self

    def toArrow(self) -> str:  # noqa: N802  Spark's name
        return self.text


def test_spark_runs_the_text_of_duckdb_but_for_the_quotes_and_names_nothing() -> None:
    frame = Sent()
    theirs = cube_sql(["psu"], [RATE], weight="1", scale=1, quote=SparkEngine.quote)
    sent = SparkEngine(frame).aggregate(theirs)
    assert sent == f"WITH responses AS (SELECT * FROM some_view) {theirs}"
    assert theirs.replace("`", '"') == cube_sql(["psu"], [RATE], weight="1", scale=1)
    assert frame.rows is frame


def test_a_missing_client_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    told = r'没有安装 Spark 客户端(.|\n)*pip install "silu\[spark\]"'
    with pytest.raises(EngineError, match=told), spark_session.connected("sc://127.0.0.1:1"):
        pass


@pytest.mark.parametrize("master", ["", "spark://a:7077", "local[2]", "sc://", "sc://a:port", "10.0.0.8"])
def test_an_address_that_is_no_connect_server_is_refused(master: str) -> None:
    pytest.importorskip("pyspark", reason="pyspark-client 没有安装")
    with pytest.raises(EngineError, match=r"Spark 的地址不对(.|\n)*sc://主机:端口"), spark_session.connected(master):
        pass


def test_an_address_where_nobody_answers_is_named() -> None:
    pytest.importorskip("pyspark", reason="pyspark-client 没有安装")
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        told = rf"连不上 Spark 服务端(.|\n)*127.0.0.1:{port}(.|\n)*Java 17"
        with pytest.raises(EngineError, match=told), spark_session.connected(f"sc://127.0.0.1:{port}"):
            pass


def test_another_minor_version_is_refused_and_another_patch_is_not() -> None:
    spark_session._same_version("4.2.0", "4.2.7")
    with pytest.raises(EngineError, match=r"客户端 4.2.0，服务端 4.1.4(.|\n)*pyspark-client==4.1\.\*"):
        spark_session._same_version("4.2.0", "4.1.4")


class Stage:
    """A stage as the server reports it."""

    done, num_tasks = False, 8

    def __init__(self, ended: int = 0) -> None:
        self.num_completed_tasks = ended


class Session:
    interrupted = 0

    def interruptAll(self) -> None:  # noqa: N802  Spark's name
        self.interrupted += 1


def test_a_query_that_no_worker_works_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    session, now = Session(), [0.0]
    monkeypatch.setattr(spark_session.time, "monotonic", lambda: now[0])
    watch = spark_session._Watch(session)
    for now[0], tasks in ((100.0, 0), (150.0, 2), (300.0, 0)):
        watch([Stage()], tasks, "", False)
    now[0] = 331.0
    with pytest.raises(EngineError, match=r"没有工作机器在计算"):
        watch([Stage()], 0, "", False)
    assert session.interrupted == 1


def test_a_query_whose_tasks_end_no_more_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    session, now = Session(), [0.0]
    monkeypatch.setattr(spark_session.time, "monotonic", lambda: now[0])
    watch = spark_session._Watch(session)
    for now[0], ended, tasks in ((0.0, 0, 2), (590.0, 1, 2), (1180.0, 2, 1), (1770.0, 8, 1)):
        watch([Stage(ended)], tasks, "one", False)
    watch([Stage(8)], 0, "one", True)
    for now[0], ended, tasks in ((9000.0, 1, 1), (9300.0, 0, 2), (9590.0, 1, 1)):  # lost, and run again
        watch([Stage(ended)], tasks, "two", False)
    now[0] = 9601.0
    with pytest.raises(EngineError, match=r"计算停住了(.|\n)*spark.driver.memory(.|\n)*答卷没有改动"):
        watch([Stage(1)], 1, "two", False)
    assert session.interrupted == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("[JVM] java.lang.OutOfMemoryError: Java heap space", "Spark 服务端的内存不够"),
        ("Cannot call methods on a stopped SparkContext.", "中途停止了计算，多半是内存不够"),
        ("Lost task 0: TaskResultLost (result lost from block manager)", "中途停止了计算，多半是内存不够"),
        ("Total size of serialized results of 3 tasks is bigger than spark.driver.maxResultSize", "内存不够"),
        ("[PATH_NOT_FOUND] Path does not exist: file:/a", "集群看不到答卷文件"),
        ("Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited)", "工作机器中断"),
        ("ModuleNotFoundError: No module named 'rjieba'", "缺少读留言要用的 Python 包"),
        ("[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.9", "Python 版本与本机不同"),
        ("<_InactiveRpcError status = StatusCode.UNAVAILABLE details = 'Socket closed'>", "连接断了"),
        ("<_MultiThreadedRendezvous status = StatusCode.DEADLINE_EXCEEDED details = 'Deadline'>", "不再回答"),
        ("[FAILED_READ_FILE.NO_HINT] Encountered error while reading file a.parquet", "读不出一个答卷文件"),
        ("[ARITHMETIC_OVERFLOW] long overflow", "Spark 没有算出结果"),
    ],
)
def test_what_spark_says_is_explained(told: str, said: str) -> None:
    found = problem(RuntimeError(f"{told}\n\tat org.apache.spark.Some.java"))
    assert said in str(found)
    assert "答卷没有改动" in str(found)
    assert "\tat" not in str(found)


def test_a_damaged_part_on_the_cluster_is_a_damaged_store() -> None:
    found = problem(
        RuntimeError("[FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER] Could not read footer: a is not a Parquet file")
    )
    assert isinstance(found, DamagedError)
    assert "silu verify" in str(found)


def test_an_error_of_our_own_is_not_explained_away() -> None:
    with pytest.raises(ZeroDivisionError), explained():
        _ = 1 / 0


def test_the_package_for_workers_imports_without_the_repository(tmp_path: Path) -> None:
    package = write_package(tmp_path)
    assert not [name for name in zipfile.ZipFile(package).namelist() if "__pycache__" in name]
    code = "import analysis.text.on_spark as a, analysis.text.sentiment.learned as b; print(a.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(package)!r}); {code}"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(package) in done.stdout


def test_a_worker_reads_texts_as_this_machine_does() -> None:
    raws = ["路灯坏了三个月没人修，打电话13800138000也没用", "停车太难", "无", "停车太难", "hello"]
    lexicon = load_lexicon()
    batches = [pa.record_batch({"text": ["停车太难", "无"]}), pa.record_batch({"text": [raws[0], "hello"]})]
    none = pa.array([], pa.int64()).to_numpy()
    read = coded(pa.Table.from_batches(mapper(lexicon, "auto", none)(iter(batches)), schema=PLAIN))
    here = read_texts(raws, lexicon)
    assert read.schema.equals(SCHEMA)
    assert sorted(read.to_pylist(), key=str) == sorted(here.to_pylist(), key=str)
    again = mapper(lexicon, "auto", read["digest"].to_numpy())(iter(batches))
    assert list(again) == []


def test_client_server_and_extra_are_of_one_minor_version() -> None:
    home = Path(__file__).parents[3]
    extra = tomllib.loads((home / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["spark"]
    asked = (home / "requirements" / "spark.in").read_text("utf-8").splitlines()
    assert extra == [line for line in asked if line.startswith("pyspark")]
    locks = [
        (home / "requirements" / name).read_text("utf-8") for name in ("spark.txt", "test.txt", "spark-server.txt")
    ]
    versions = [re.search(r"^pyspark(?:-client)?==(\d+\.\d+)\.", lock, re.MULTILINE) for lock in locks]
    assert {found[1] for found in versions if found} == {"4.2"}
    assert all(versions)
