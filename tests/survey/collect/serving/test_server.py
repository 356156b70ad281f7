"""The real server: killed under load, stopped gracefully, and sent malformed requests."""

from __future__ import annotations

import http.client
import json
import logging
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.collect_load import Requests, drive, free_port, start, stop
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.serving.scheduler import FAILED, Scheduler
from survey.collect.serving.server import JsonLines
from tests.survey.collect.town import make_town

pytestmark = pytest.mark.server
NOBODY = b"00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that lives as long as this file."""
    root = tmp_path_factory.mktemp("study") / "town"
    make_town(root, "drain_seconds = 0")
    chosen = free_port()
    process = start(root, chosen)
    yield chosen
    stop(process)


def test_five_kills_under_load_lose_nothing_and_double_nothing() -> None:
    command = [sys.executable, "-m", "benchmarks.collect_kill", "--kills", "5", "--longest", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    _, kills, acknowledged, lost, twice, *_ = (cell.strip() for cell in done.stdout.splitlines()[-1].split("|"))
    assert (kills, lost, twice) == ("5", "0", "0")
    assert int(acknowledged.replace(",", "")) > 50


def test_a_graceful_stop_stores_what_it_has_taken_and_logs_nothing_personal(tmp_path: Path) -> None:
    make_town(tmp_path / "town", "burst = 100000\nper_second = 100000.0\ndrain_seconds = 0")
    port = free_port()
    process = start(tmp_path / "town", port)
    requests = Requests(tmp_path / "town")
    drive(port, requests, 300, 16)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
        metrics = page.read().decode()
    assert 'silu_answers_total{status="201"} 300' in metrics
    assert "silu_committed_answers_total 300" in metrics
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) in (0, -signal.SIGTERM)
    log = process.stderr.read().decode() if process.stderr else ""
    if process.stderr:
        process.stderr.close()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert lines
    assert "127.0.0.1" not in "".join(line["event"] for line in lines if "running" not in line["event"])
    backend = SqliteBackend(tmp_path / "town" / "inbox" / "inbox.sqlite")
    assert len(backend.read(0, 1000)) == 300
    backend.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"PUT /r/silu-default/x HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"PUT /r/\xff\xfe/%00%ff HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
        b'PUT /r/silu-default/%b HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n\xff\xff{[[[["\x00' % NOBODY,
        b"POST /w/silu-default HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\xff\xfe\xfd\r\n0\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_get_no_500(port: int, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        reply = connection.recv(4096)
    assert not reply.startswith(b"HTTP/1.1 5"), reply
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as page:
        assert page.status == 200


def test_a_body_above_the_limit_is_refused_whatever_its_length(port: int) -> None:
    for length in (70_000, 10_000_000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("PUT", f"/r/silu-default/{NOBODY.decode()}", b'{"id":' + b"9" * length + b"}")
        assert connection.getresponse().status == 413
        connection.close()


def test_the_log_keeps_one_line_of_messages_of_the_event_loop() -> None:
    message = "socket.accept() out of system resource\nsocket: <raddr=('203.0.113.5', 9)>\nhandle: <put({'H1': '话'})>"
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, message, None, None)
    line = json.loads(JsonLines().format(record))
    assert line["event"] == "socket.accept() out of system resource"


def test_a_failed_drain_is_an_error_in_the_log_without_its_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "silu.collect")
    drainer = Scheduler(("drain", str(tmp_path / "nothing")), 1)
    drainer._seconds = 0.01
    drainer.start()
    while not caplog.records:
        time.sleep(0.05)
    drainer.stop()
    assert (caplog.records[0].levelname, caplog.records[0].getMessage()) == ("ERROR", f"drain: {FAILED}")


def test_the_server_takes_as_many_connections_as_the_system_allows(tmp_path: Path) -> None:
    make_town(tmp_path / "town", "drain_seconds = 0")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        process = start(tmp_path / "town", free_port())
        limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        stop(process)
    line = next(line for line in limits.splitlines() if line.startswith("Max open files"))
    assert line.split()[3:5] == [str(hard)] * 2
