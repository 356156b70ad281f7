"""A session on a Spark Connect server: checked before the first query, and closed after the last."""

from __future__ import annotations

import socket
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from analysis.engines.spark_errors import UNTOUCHED, explained
from survey.errors import EngineError
from survey.host.engine import address, master_fault

ANSWER = 5.0
"""Seconds within which a server must accept a connection."""
IDLE = 180.0
"""Seconds without any running task after which a query is given up: the cluster has no worker left."""
STUCK = 600.0
"""Seconds without any further task that ends after which a query is given up: a task takes seconds."""
SETTINGS = {
    "spark.sql.caseSensitive": "true",  # A1 and a1 are two questions
    "spark.sql.ansi.enabled": "true",  # a sum beyond int64 is an error
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
}


@contextmanager
def connected(master: str) -> Iterator[Any]:
    """Provide a session of its own on a Spark Connect server.

    Args:
        master: its address, sc://host:port.

    Raises:
        EngineError: the client is not installed, the address is wrong, no server answers, or its version differs.
    """
    client = _client()
    _reach(master)
    with explained():
        session: Any = client.SparkSession.builder.channelBuilder(client.channel(master)).create()
    try:
        with explained():
            session.client.set_retry_policies([client.DefaultPolicy(max_retries=4, max_backoff=4000)])
            _same_version(client.version, session.version)
            for name, value in SETTINGS.items():
                session.conf.set(name, value)
            session.registerProgressHandler(_Watch(session))
        yield session
    finally:
        with suppress(Exception):  # the server may be gone
            session.stop()


class _Client:
    """The parts of pyspark that are used."""

    def __init__(self) -> None:
        from pyspark import __version__
        from pyspark.sql.connect.client.core import DefaultChannelBuilder
        from pyspark.sql.connect.client.retries import DefaultPolicy
        from pyspark.sql.connect.session import SparkSession

        from analysis.engines.spark_deadlines import Deadlines

        self.version, self.DefaultPolicy, self.SparkSession = __version__, DefaultPolicy, SparkSession
        self._channel, self._deadlines = DefaultChannelBuilder, Deadlines

    def channel(self, master: str) -> Any:
        """Return how to reach a server, with a deadline for each call."""
        found = self._channel(master)
        found.add_interceptor(self._deadlines())
        return found


def _client() -> _Client:
    """Import the client, which warns about pandas 3 although nothing here goes through pandas."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", append=False)
            return _Client()
    except ImportError as error:
        cure = 'pip install "silu[spark]"，小版本与集群一致，例如集群是 4.2 就装 pyspark-client==4.2.*'
        raise EngineError("这台电脑没有安装 Spark 客户端", got=str(error)[:200], cure=cure) from error


def _reach(master: str) -> None:
    """Refuse an address that is no Spark Connect server's, or where nobody answers."""
    if expected := master_fault(master):
        cure = "写 --master sc://主机:端口，或写在 study.toml 的 [engine] 里"
        raise EngineError("Spark 的地址不对", where="--master", got=master or "没有写", expected=expected, cure=cure)
    host, port = address(master)
    try:
        socket.create_connection((host, port), ANSWER).close()
    except OSError as error:
        cure = f"核对地址；在集群上启动 Spark Connect 服务端（需要 Java 17），见 docs/spark.md。{UNTOUCHED}"
        raise EngineError("连不上 Spark 服务端", where=f"{host}:{port}", got=str(error), cure=cure) from error


def _same_version(client: str, server: str) -> None:
    """Refuse a server of another minor version: its messages differ."""
    ours, theirs = (".".join(version.split(".")[:2]) for version in (client, server))
    if ours != theirs:
        raise EngineError(
            "Spark 客户端与服务端的小版本不同",
            got=f"客户端 {client}，服务端 {server}",
            expected="两边的前两段版本号相同",
            cure=f'pip install "pyspark-client=={theirs}.*"',
        )


class _Watch:
    """Gives up a query that no worker works on, or whose tasks do not end, or only those that ran before."""

    def __init__(self, session: Any) -> None:
        self._session, self._since = session, time.monotonic()
        self._moved, self._ended = self._since, -1
        self._operation: str | None = ""

    def __call__(self, stages: Iterable[Any] | None, inflight_tasks: int, operation_id: str | None, done: bool) -> None:
        """Take a report of progress, which the server sends every few seconds."""
        now, reported = time.monotonic(), list(stages or ())
        waiting = any(not stage.done and stage.num_tasks for stage in reported)
        if done or inflight_tasks or not waiting:
            self._since = now
        elif now - self._since > IDLE:
            cure = f"检查集群的工作机器（Worker）是否在运行，恢复后重试。{UNTOUCHED}"
            self._give_up("Spark 集群里没有工作机器在计算", IDLE, cure)
        ended = sum(min(one.num_completed_tasks, one.num_tasks) for one in reported)  # without those that run again
        if done or operation_id != self._operation or ended > self._ended:
            self._moved, self._operation, self._ended = now, "" if done else operation_id, ended
        elif now - self._moved > STUCK:
            cure = "看服务端的日志；把 spark.driver.memory 调大并重新启动，或减少分组、题目后重试"
            self._give_up("Spark 的计算停住了，多半是服务端的内存不够", STUCK, f"{cure}。{UNTOUCHED}")

    def _give_up(self, what: str, waited: float, cure: str) -> None:
        with suppress(Exception):
            self._session.interruptAll()
        raise EngineError(what, got=f"等了 {waited:.0f} 秒", cure=cure)
