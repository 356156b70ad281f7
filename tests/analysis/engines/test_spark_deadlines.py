"""A Spark server that no longer answers holds a command for a bounded time only."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from analysis.engines.spark_errors import explained
from analysis.engines.spark_session import _client, connected
from survey.errors import EngineError

pyspark = pytest.importorskip("pyspark", reason="pyspark-client 没有安装")
_client()  # without its warning about pandas
import grpc  # noqa: E402  comes with the client
from pyspark.sql.connect.proto import base_pb2 as messages  # noqa: E402
from pyspark.sql.connect.proto import base_pb2_grpc as service  # noqa: E402
from pyspark.sql.connect.proto import types_pb2 as types  # noqa: E402

from analysis.engines import spark_deadlines  # noqa: E402

PROMPT = 30.0
"""Seconds that are far from minutes, on a machine with other work."""


class Stuck(service.SparkConnectServiceServicer):  # type: ignore[misc]
    """A server that answers what needs no computing, up to a call in which it is stuck."""

    def __init__(self, freed: threading.Event) -> None:
        self.freed, self.asked, self.plans = freed, list[str](), True

    def _wait(self, request: Any, name: str) -> None:
        self.asked.append(name)
        self.freed.wait(PROMPT)

    def AnalyzePlan(self, request: Any, context: Any) -> Any:  # noqa: N802  names of the protocol
        if request.HasField("spark_version"):
            version = messages.AnalyzePlanResponse.SparkVersion(version=pyspark.__version__)
            return messages.AnalyzePlanResponse(session_id=request.session_id, spark_version=version)
        if not self.plans:
            self._wait(request, "analyze")
        plain = types.DataType(struct=types.DataType.Struct(fields=[]))
        return messages.AnalyzePlanResponse(
            session_id=request.session_id, schema=messages.AnalyzePlanResponse.Schema(schema=plain)
        )

    def Config(self, request: Any, context: Any) -> Any:  # noqa: N802
        return messages.ConfigResponse(session_id=request.session_id)

    def ExecutePlan(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        self._wait(request, "execute")
        yield from ()

    def ReleaseExecute(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._wait(request, "release")
        return messages.ReleaseExecuteResponse(session_id=request.session_id)

    def ReleaseSession(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._wait(request, "leave")
        return messages.ReleaseSessionResponse(session_id=request.session_id)


@pytest.fixture
def stuck() -> Iterator[tuple[str, Stuck]]:
    """Provide the address of a server of this process that is stuck."""
    freed = threading.Event()
    server, servicer = grpc.server(ThreadPoolExecutor(8)), Stuck(freed)
    service.add_SparkConnectServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"sc://127.0.0.1:{port}", servicer
    freed.set()
    server.stop(0)


@pytest.mark.parametrize("results", [True, False])
def test_a_query_that_gets_no_answer_is_given_up(
    stuck: tuple[str, Stuck], results: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark_deadlines, "LONGEST", {True: 1.0, False: 20.0} if results else {True: 20.0, False: 1.0})
    monkeypatch.setattr(spark_deadlines, "LEAVING", 0.2)
    master, server = stuck
    server.plans = results
    start = time.monotonic()
    with pytest.raises(EngineError) as told, connected(master) as session, explained():
        session.range(10).toArrow() if results else session.range(10).columns
    assert "Spark 服务端不再回答，多半是内存不够" in str(told.value)
    assert "答卷没有改动" in str(told.value)
    assert "Deadline" in str(told.value)
    assert server.asked[0] == ("execute" if results else "analyze")
    assert "leave" in server.asked  # the session is closed, which does not take as long again
    assert time.monotonic() - start < PROMPT / 2


def test_a_port_that_accepts_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_deadlines, "LONGEST", {True: 1.0, False: 1.0})
    monkeypatch.setattr(spark_deadlines, "LEAVING", 0.2)
    start = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as held:
        master = f"sc://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(EngineError, match=r"不再回答(.|\n)*答卷没有改动"), connected(master):
            pass
    assert time.monotonic() - start < PROMPT


def test_a_server_may_end_a_call_that_brings_results_before_its_deadline() -> None:
    assert spark_deadlines.LONGEST[True] > 120.0  # senderMaxStreamDuration of Spark
