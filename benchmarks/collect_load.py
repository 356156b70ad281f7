"""Durable acknowledged answers a second, beside a raw fdatasync probe of the same minute and one commit per request.

    python -m benchmarks.collect_load --answers 100000 --connections 64

Starts the real `silu collect` on a scratch study and sends full answers of the default questionnaire, each with its
own id, over keep-alive connections. Only a 201 with the answer's own id counts. The client is a few lines of epoll on
ready-made bytes, so that it takes as little of the two cores as it can. CPU is the server's own (user + system).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SERVER = """
import sys
import survey.inbox
survey.inbox.BATCH = int(sys.argv[3])
from cli import main
main(["collect", sys.argv[1], "--port", sys.argv[2]])
"""


@dataclass(frozen=True)
class Load:
    """What one run showed."""

    name: str
    rate: float
    p50: float
    p99: float
    worst: float
    cpu: float
    before: float
    after: float
    probe: float


def probe(folder: Path, seconds: float = 2.0) -> float:
    """Raw fdatasync calls a second, 1 kB each into a file that is long enough already."""
    path = folder / "probe"
    path.write_bytes(bytes(1 << 22))
    handle = os.open(path, os.O_WRONLY)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        os.pwrite(handle, b"x" * 1024, (count % 4096) * 1024)
        os.fdatasync(handle)
        count += 1
    os.close(handle)
    return count / seconds


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(study: Path, port: int, batch: int = 512) -> subprocess.Popen[bytes]:
    """The server, answering."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(study), str(port), str(batch)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read().decode()) from None  # type: ignore[union-attr]
    raise RuntimeError("the server did not start")


class Requests:
    """Ready-made requests: bodies of the questionnaire with a fresh id each."""

    def __init__(self, study_folder: Path, seed: int = 1) -> None:
        """Make bodies for a study."""
        from survey.collect.receiver import short_name
        from survey.study import load_study
        from tests.survey.collect.town import answers_of, body_of

        study = load_study(study_folder)
        self.chance = random.Random(seed)
        self.path = f"/r/{short_name(study)}/"
        blank = "00000000-0000-7000-8000-000000000000"
        bodies = [body_of(study, blank, answers_of(study.questionnaire, self.chance)) for _ in range(500)]
        self.parts = [body.split(blank.encode()) for body in bodies]
        self.bytes = sum(map(len, bodies)) / len(bodies)

    def make(self) -> tuple[bytes, bytes]:
        """Id and complete request."""
        digits = f"{self.chance.getrandbits(92):023x}"
        tick = int(time.time() * 1000)
        identity = f"{tick >> 16:08x}-{tick & 0xFFFF:04x}-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}".encode()
        head, tail = self.chance.choice(self.parts)
        body = head + identity + tail
        lines = b"PUT %b%b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return identity, lines % (self.path.encode(), identity, len(body)) + body


def acknowledged(connection: socket.socket, identity: bytes) -> None:
    """Read one reply; anything but a 201 with the id of the answer is an error."""
    reply = connection.recv(4096)
    while reply.startswith(b"HTTP/1.1 20") and not reply.endswith(b"}"):
        reply += connection.recv(4096)
    if not reply.startswith(b"HTTP/1.1 201") or identity not in reply:
        raise RuntimeError(f"not acknowledged: {reply[:300]!r}")


def drive(port: int, requests: Requests, total: int, connections: int) -> list[float]:
    """Send `total` answers and wait for each; seconds of every one."""
    poll = select.epoll()
    open_: dict[int, tuple[socket.socket, bytes, float]] = {}
    taken: list[float] = []
    sent = 0

    def send(connection: socket.socket) -> None:
        nonlocal sent
        identity, request = requests.make()
        open_[connection.fileno()] = (connection, identity, time.perf_counter())
        connection.sendall(request)
        sent += 1

    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(connection, select.EPOLLIN)
        send(connection)
    while len(taken) < total:
        for handle, _ in poll.poll():
            connection, identity, began = open_[handle]
            acknowledged(connection, identity)
            taken.append(time.perf_counter() - began)
            if sent < total:
                send(connection)
    for connection, _, _ in open_.values():
        connection.close()
    return taken


def stop(process: subprocess.Popen[bytes]) -> None:
    """Graceful."""
    process.terminate()
    process.wait(30)
    if process.stderr is not None:
        process.stderr.close()


def run(name: str, answers: int, connections: int, batch: int) -> Load:
    """One server, one load."""
    from tests.survey.collect.town import make_town

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "town"
        make_town(root, "burst = 1000000000\nper_second = 1000000000\ndrain_seconds = 0")
        requests = Requests(root)
        probed = probe(Path(folder))
        port = free_port()
        process = start(root, port, batch)
        try:
            drive(port, requests, min(2000, answers), connections)
            watched = psutil.Process(process.pid)
            before, times = watched.memory_info().rss, watched.cpu_times()
            began = time.perf_counter()
            taken = sorted(drive(port, requests, answers, connections))
            seconds = time.perf_counter() - began
            done = watched.cpu_times()
            after = watched.memory_info().rss
        finally:
            stop(process)
        cpu = (done.user + done.system - times.user - times.system) / answers * 1e6
        probed = (probed + probe(Path(folder))) / 2
        worst = taken[-1]
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    return Load(name, answers / seconds, p50, p99, worst, cpu, before / 1e6, after / 1e6, probed)


def table(loads: list[Load]) -> str:
    """The Markdown table."""
    lines = [
        "| store | acked/s | p50 ms | p99 ms | max ms | CPU us each | RSS MB before / after | fdatasync/s | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for load in loads:
        lines.append(
            f"| {load.name} | {load.rate:,.0f} | {load.p50 * 1e3:.1f} | {load.p99 * 1e3:.1f} | {load.worst * 1e3:.0f} "
            f"| {load.cpu:.0f} | {load.before:.0f} / {load.after:.0f} | {load.probe:,.0f} "
            f"| {load.rate / load.probe:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    loads = [
        run("group commit", args.answers, args.connections, 512),
        run("one commit per answer (rival)", max(1000, args.answers // 50), args.connections, 1),
    ]
    print(json.dumps([load.__dict__ for load in loads]) if args.json else table(loads))


if __name__ == "__main__":
    main()
