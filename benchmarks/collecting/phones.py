"""Phones: ready-made answers of the default questionnaire and a few lines of epoll that send them.

The client shares two cores with the server, so it does as little as possible: only the id differs between requests.
"""

from __future__ import annotations

import json
import random
import select
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

BLANK = "00000000-0000-7000-8000-000000000000"
ODD = 0x9E3779B97F4A7C15


class Requests:
    """Ready-made requests: bodies of the questionnaire, each with a fresh id."""

    def __init__(self, study_folder: Path, seed: int = 1) -> None:
        """Make bodies for a study."""
        from survey.collect.serving.receiver import short_name
        from survey.study.study import load_study
        from tests.survey.collect.town import answers_of, body_of

        study = load_study(study_folder)
        self.chance = random.Random(seed)
        path = f"/r/{short_name(study)}/"
        bodies = [body_of(study, BLANK, answers_of(study.questionnaire, self.chance)) for _ in range(500)]
        self.bytes = sum(map(len, bodies)) / len(bodies)
        head = "PUT {}{} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
        whole = [head.format(path, BLANK, len(body)).encode() + body for body in bodies]
        self._parts = [request.split(BLANK.encode()) for request in whole]
        self._made = self.chance.getrandbits(60)

    def make(self) -> tuple[bytes, bytes]:
        """Return an id and its complete request."""
        self._made += 1
        mixed = self._made * ODD & 0xFFFFFFFFFFFFFFFF
        tick = int(time.time() * 1000)
        low = (self._made & 15) << 44 | mixed >> 4 & 0xFFFFFFFFFF
        identity = b"%08x-%04x-7%03x-8%03x-%012x" % (
            tick >> 16, tick & 0xFFFF, mixed >> 52, mixed >> 40 & 0xFFF, low,
        )  # fmt: skip
        return identity, identity.join(self._parts[self._made % 500])


def acknowledged(connection: socket.socket, identity: bytes) -> None:
    """Read one reply; raise for anything but a 201 with the id of the answer."""
    reply = connection.recv(4096)
    while reply.startswith(b"HTTP/1.1 20") and not reply.endswith(b"}"):
        reply += connection.recv(4096)
    if not reply.startswith(b"HTTP/1.1 201") or json.loads(reply.partition(b"\r\n\r\n")[2])["id"].encode() != identity:
        raise RuntimeError(f"not acknowledged: {reply[:300]!r}")


@dataclass
class Storm:
    """Connections that send one answer after another.

    Attributes:
        port: port of the server.
        requests: the requests to send.
        connections: number of phones.
        taken: seconds from sending to the acknowledgement, of every answer.
    """

    port: int
    requests: Requests
    connections: int
    taken: list[float] = field(default_factory=list)

    def run(self, total: int) -> list[float]:
        """Send so many answers, wait for each, and return their seconds."""
        begun = len(self.taken)
        poll = select.epoll()
        open_: dict[int, tuple[socket.socket, bytes, float]] = {}
        for _ in range(min(self.connections, total)):
            connection = socket.create_connection(("127.0.0.1", self.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            poll.register(connection, select.EPOLLIN)
            open_[connection.fileno()] = self._send(connection)
        left = total - len(open_)
        while len(self.taken) - begun < total:
            for handle, _ in poll.poll():
                connection, identity, sent = open_[handle]
                acknowledged(connection, identity)
                self.taken.append(time.perf_counter() - sent)
                if left > 0:
                    left -= 1
                    open_[handle] = self._send(connection)
        for connection, _, _ in open_.values():
            connection.close()
        poll.close()
        return self.taken[begun:]

    def _send(self, connection: socket.socket) -> tuple[socket.socket, bytes, float]:
        identity, request = self.requests.make()
        began = time.perf_counter()
        connection.sendall(request)
        return connection, identity, began


def drive(port: int, requests: Requests, total: int, connections: int) -> list[float]:
    """Send `total` answers over so many connections; return the seconds of each."""
    return Storm(port, requests, connections).run(total)
