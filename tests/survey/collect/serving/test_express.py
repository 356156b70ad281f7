"""The fast path through the server: same responses as the regular path, in the order of the requests."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from benchmarks.collect_load import free_port, start, stop
from survey.collect.serving.express import ExpressProtocol
from survey.collect.serving.server import build
from survey.study.study import Study
from tests.survey.collect.town import answers_of, body_of, make_town, uuid7

pytestmark = pytest.mark.server
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Study, int]]:
    """A study and the port of its server."""
    study = make_town(tmp_path_factory.mktemp("study") / "town", "drain_seconds = 0")
    port = free_port()
    process = start(Path(study.root), port)
    yield study, port
    stop(process)


def put(study: Study, identity: str, *extra: bytes, version: bytes = b"1.1", chunked: bool = False) -> bytes:
    body = body_of(study, identity, answers_of(study.questionnaire, random.Random(3)))
    line = f"PUT /r/silu-default/{identity} HTTP/".encode() + version
    if chunked:
        half = len(body) // 2
        pieces = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:]))
        return b"\r\n".join([line, b"Host: a", b"Transfer-Encoding: chunked", *extra, b"", pieces + b"0\r\n\r\n"])
    return b"\r\n".join([line, b"Host: a", b"Content-Length: %d" % len(body), *extra, b"", body])


def replies(port: int, sent: list[bytes], count: int) -> list[tuple[int, bytes]]:
    """Send the pieces one after another; status and body of so many replies."""
    found: list[tuple[int, bytes]] = []
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        for piece in sent:
            connection.sendall(piece)
        stream = connection.makefile("rb")
        while len(found) < count:
            status = int(stream.readline().split()[1])
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if status != 100:
                found.append((status, stream.read(length)))
    return found


def test_requests_sent_at_once_are_answered_in_their_order(town: tuple[Study, int]) -> None:
    study, port = town
    ids = [uuid7() for _ in range(3)]
    sent = put(study, ids[0]) + HEALTH + put(study, ids[1]) + put(study, ids[1]) + HEALTH + put(study, ids[2])
    found = replies(port, [sent], 6)
    assert [status for status, _ in found] == [201, 200, 201, 200, 200, 201]
    assert [json.loads(body).get("id") for _, body in found] == [ids[0], None, ids[1], ids[1], None, ids[2]]


@pytest.mark.parametrize("way", ["plain", "split", "chunked", "expect", "old"])
def test_every_path_stores_and_replies_the_same(town: tuple[Study, int], way: str) -> None:
    study, port = town
    identity = uuid7()
    request = put(study, identity)
    pieces = {
        "plain": [request],
        "split": [request[:30], request[30:200], request[200:]],
        "chunked": [put(study, identity, chunked=True)],
        "expect": [put(study, identity, b"Expect: 100-continue")],
        "old": [put(study, identity, version=b"1.0")],
    }[way]
    (status, body), (again, same) = replies(port, pieces, 1)[0], replies(port, [put(study, identity)], 1)[0]
    assert (status, again) == (201, 200)
    assert body == same
    with sqlite3.connect(Path(study.root) / "inbox" / "inbox.sqlite") as inbox:
        kept = inbox.execute("SELECT body FROM letter WHERE id = ?", (bytes.fromhex(identity.replace("-", "")),))
        assert kept.fetchall() == [(request.partition(b"\r\n\r\n")[2],)]
    inbox.close()


def test_a_long_body_and_endless_headers_are_cut_off(town: tuple[Study, int]) -> None:
    _, port = town
    line = f"PUT /r/silu-default/{uuid7()} HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n".encode()
    assert replies(port, [line + b"x" * 70000], 1)[0][0] == 413
    assert replies(port, [b"GET / HTTP/1.1\r\nX: " + b"x" * 70000], 1)[0][0] == 400


def test_an_invalid_submission_gets_the_names_of_its_questions(town: tuple[Study, int]) -> None:
    study, port = town
    identity = uuid7()
    body = body_of(study, identity, {"S1": 2, "S2": 1})
    line = f"PUT /r/silu-default/{identity} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    status, content = replies(port, [line + body], 1)[0]
    assert status == 422
    assert {"question": "A1", "reason": "required", "message": "请填写此问题"} in json.loads(content)["questions"]


def test_requests_that_do_not_end_are_given_up(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "drain_seconds = 0")
    sent = {
        "silent": b"",
        "headers": b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
        "body": put(study, uuid7())[:-20],
        "ordinary": b"POST /w/silu-default HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n2",
        "unread": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 2000,
    }

    async def run() -> None:
        app, loop = build(study), asyncio.get_running_loop()
        app.receiver.inbox.start()
        config = uvicorn.Config(app, timeout_keep_alive=1, log_config=None, proxy_headers=False)
        state = ServerState()
        server = await loop.create_server(lambda: ExpressProtocol(config, state, {}), "127.0.0.1", 0)
        writers = {}
        for way, first in sent.items():
            _, writers[way] = await asyncio.open_connection(*server.sockets[0].getsockname(), limit=1024)
            writers[way].write(first)
        await asyncio.sleep(0.2)
        assert len(state.connections) == len(sent)
        for _ in range(8):
            await asyncio.sleep(0.4)
            for way in ("headers", "body"):
                writers[way].write(b"x")  # drop by drop
        left = len(state.connections)
        server.close()
        for writer in writers.values():
            writer.transport.abort()
        await asyncio.sleep(0.05)
        app.receiver.inbox.close()
        assert left == 0

    asyncio.run(run())
