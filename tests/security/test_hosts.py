"""Foreign names and pages are refused by the dashboard, over HTTP and websocket, without a look-up elsewhere."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidStatus

from survey.errors import ArgumentError
from survey.study.template.new_study import init_study
from tests.security.conftest import Attack
from views.shell.hosts import CLOSED, Authority, KnownHosts, read_authority, read_name

ROOT = Path(__file__).parent.parent.parent
WATCHED = """
import sys, pathlib
import streamlit.net_util as net
def asked(*_, **__):
    pathlib.Path(sys.argv[2]).write_text("asked")
net.get_external_ip = net.get_internal_ip = net._make_blocking_http_get = asked
from views import server
from views.shell.hosts import read_name
door = server.listen("127.0.0.1", 0)
print(f"http://127.0.0.1:{door.getsockname()[1]}", flush=True)
server.serve(pathlib.Path(sys.argv[1]), door, [read_name("http://silu.example.cn:8080/silu/")])
"""
"""A dashboard without accounts, in which every look-up of the machine's own addresses leaves a trace."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve a real dashboard; assert at the end that nothing was looked up."""
    folder = tmp_path_factory.mktemp("hosts")
    trace, study = folder / "trace", init_study(folder / "study")
    command = [sys.executable, "-c", WATCHED, str(study), str(trace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found is not None
        yield int(found[1])
        server.send_signal(signal.SIGINT)
        _, log = server.communicate(timeout=60)
    assert not trace.exists()
    assert "看板不认识这个地址：evil.example" in log


def asked(port: int, lines: list[str], path: str = "/") -> int:
    """Return the status of a request with these header lines."""
    with socket.create_connection(("127.0.0.1", port), 30) as link:
        link.sendall("\r\n".join([f"GET {path} HTTP/1.1", *lines, "Connection: close", "", ""]).encode())
        return int(link.makefile("rb").readline().split()[1])


async def opened(port: int, host: str, origin: str | None, path: str = "/_stcore/stream") -> int:
    """Return the status of a websocket handshake; 101 where it was accepted."""
    headers = {} if origin is None else {"Origin": origin}
    try:
        async with connect(f"ws://{host}{path}", host="127.0.0.1", port=port, additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
    except InvalidMessage:
        return 400


FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:{port}",
    "localhost.evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "10.0.0.5:{port}",
    "0.0.0.0:{port}",
    "2130706433:{port}",
    "[::1]:{port}",
    "[::ffff:7f00:1]:{port}",
    "silu.example.cn.evil.example:8080",
]
FOREIGN_PAGES = [
    "http://evil.example",
    "http://evil.example:{port}",
    "http://localhost:9999",
    "http://127.0.0.1:9999",
    "http://127.0.0.1",
    "http://localhost:{port}",
    "http://silu.example.cn",
    "http://silu.example.cn:9999",
    "http://127.0.0.1:{port}@evil.example",
    "null",
    "file://",
    "chrome-extension://abcdef",
]


@pytest.mark.server
def test_a_name_that_was_made_to_point_here(port: int, attack: Attack) -> None:
    hosts = [host.format(port=port) for host in FOREIGN_HOSTS]
    for host in hosts:
        assert asked(port, [f"Host: {host}"]) == 403
        assert asked(port, [f"Host: {host}", f"Origin: http://{host}"]) == 403
        assert asyncio.run(opened(port, host, f"http://{host}")) == 403
    odd = [[], ["Host:"], [f"Host: 127.0.0.1:{port}", "Host: evil.example"], [f"Host: a@127.0.0.1:{port}"]]
    assert all(asked(port, lines) in (400, 403) for lines in odd)
    attack("DNS rebinding: foreign `Host`, alone or with its own `Origin`", 3 * len(hosts) + len(odd), "403, 400")


@pytest.mark.server
def test_a_page_of_another_origin(port: int, attack: Attack) -> None:
    pages = [page.format(port=port) for page in FOREIGN_PAGES]
    own = f"127.0.0.1:{port}"
    for page in pages:
        assert asked(port, [f"Host: {own}", f"Origin: {page}"]) == 403
        assert asked(port, [f"Host: {own}", f"Origin: {page}"], "/_stcore/host-config") == 403
        assert asyncio.run(opened(port, own, page)) == 403
    attack("a page of another origin, other ports of this machine included", 3 * len(pages), "403")


@pytest.mark.server
def test_our_own_names_and_pages_are_let_in(port: int) -> None:
    own = [(f"127.0.0.1:{port}",) * 2, (f"localhost:{port}",) * 2, ("silu.example.cn:8080",) * 2]
    own += [("silu.example.cn", "silu.example.cn:8080"), ("127.0.0.1", "silu.example.cn:8080")]
    for host, page in own:
        assert asked(port, [f"Host: {host}"]) == 200
        assert asked(port, [f"Host: {host}", f"Origin: http://{page}"], "/_stcore/health") == 200
        for path in ("/_stcore/stream", "/_silu/socket"):
            assert asyncio.run(opened(port, host, f"http://{page}", path)) == 101
    assert asyncio.run(opened(port, f"127.0.0.1:{port}", None)) == 101


@pytest.mark.server
def test_machine_routes_of_streamlit_are_closed(port: int, attack: Attack) -> None:
    own = f"Host: 127.0.0.1:{port}"
    tries = [*CLOSED, "/_stcore/metrics?families=session_events", "/_stcore/%6detrics", "/_stcore/agent/openapi.json"]
    tries += ["/_stcore/agent/mcp", "/_stcore/agent/interact"]
    assert {asked(port, [own], path) for path in tries} == {404}
    attack("`/_stcore/metrics`, agent API and script check of Streamlit", len(tries), "404")


@pytest.mark.server
def test_the_page_learns_why_it_is_not_served(port: int) -> None:
    def reason(of: str) -> str:
        with socket.create_connection(("127.0.0.1", port), 30) as link:
            link.sendall(f"GET /_silu/socket?of={of} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            return link.makefile("rb").read().decode().partition("\r\n\r\n")[2]

    assert "启动时加上：--name 127.0.0.1:8080" in reason("http%3A%2F%2F127.0.0.1%3A8080")
    assert "没有转发 WebSocket" in reason("http%3A%2F%2F127.0.0.1")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("silu.lan", Authority("silu.lan")),
        ("SILU.lan.:80", Authority("silu.lan", 80)),
        ("[::1]:8501", Authority("::1", 8501)),
        ("a b", None),
        ("a/b", None),
        ("u:p@a", None),
        ("a:99999", None),
        ("", None),
        ("四率.中国", None),
    ],
)
def test_authorities(text: str, read: Authority | None) -> None:
    assert read_authority(text) == read


def test_a_name_that_is_none_is_refused() -> None:
    assert read_name("https://silu.example.cn/x") == Authority("silu.example.cn")
    with pytest.raises(ArgumentError, match="名称写法不对"):
        read_name("silu example")


def test_a_flood_of_foreign_names_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    guard = KnownHosts(None)
    with caplog.at_level(logging.WARNING, logger="silu"):
        for at in range(3000):
            guard._log_once(f"{at}.evil.example" + "x" * 300)
            guard._log_once("evil.example")
    assert len(caplog.records) == 1000
    assert max(len(record.getMessage()) for record in caplog.records) < 600
