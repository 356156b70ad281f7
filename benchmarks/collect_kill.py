"""kill -9 under load: no acknowledged answer may be lost, and none stored twice.

    python -m benchmarks.collect_kill --kills 100

Connections send answers to the real `silu collect`; at a random moment the process is killed, started again on the
same files, and every answer in flight is sent once more under its id, as a phone does. At the end each
acknowledged id must be in the inbox with the bytes that were sent, and no id may occur twice.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import socket
import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from benchmarks.collect_load import Requests, free_port

CONNECTIONS = 64


def start(study: Path, port: int) -> int:
    """Fork a server, wait until it answers, and return its process id.

    Forking this process, which has imported everything, spares a hundred starts the time of their imports.
    """
    from commands.collecting import collect, drain  # noqa: F401 - imported before the fork
    from survey.collect.serving import server  # noqa: F401

    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        from cli import main

        main(["collect", str(study), "--port", str(port)])
        os._exit(0)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return child


def end(process: int, with_signal: signal.Signals) -> None:
    """Signal a server and wait until it ends."""
    os.kill(process, with_signal)
    os.waitpid(process, 0)


@dataclass
class Ledger:
    """The record of the phones: bodies sent, ids acknowledged, ids whose fate is unknown."""

    sent: dict[bytes, bytes] = field(default_factory=dict)
    acknowledged: set[bytes] = field(default_factory=set)
    unknown: list[bytes] = field(default_factory=list)
    resent_known: int = 0


def storm(port: int, requests: Requests, ledger: Ledger, until: float, process: int) -> None:
    """Send until the chosen moment, kill the server, and note the requests in flight."""
    poll, open_ = select.epoll(), {}
    for _ in range(CONNECTIONS):
        connection = socket.create_connection(("127.0.0.1", port))
        poll.register(connection, select.EPOLLIN)
        open_[connection.fileno()] = (connection, next_request(connection, requests, ledger))
    while time.perf_counter() < until:
        for handle, _ in poll.poll(0.05):
            connection, identity = open_[handle]
            receive(connection, identity, ledger)
            open_[handle] = (connection, next_request(connection, requests, ledger))
    end(process, signal.SIGKILL)
    for connection, identity in open_.values():
        with suppress(OSError):
            connection.settimeout(0.2)
            receive(connection, identity, ledger)
        if identity not in ledger.acknowledged:
            ledger.unknown.append(identity)
        connection.close()


def next_request(connection: socket.socket, requests: Requests, ledger: Ledger) -> bytes:
    """Return the next request: first those of unknown fate, as phones do."""
    if ledger.unknown:
        identity = ledger.unknown.pop()
    else:
        identity, whole = requests.make()
        ledger.sent[identity] = whole
    with suppress(OSError):
        connection.sendall(ledger.sent[identity])
    return identity


def receive(connection: socket.socket, identity: bytes, ledger: Ledger) -> None:
    """Accept only a complete reply with the request's own id, 201 or 200."""
    reply = connection.recv(4096)
    while reply and not reply.endswith(b"}"):
        reply += connection.recv(4096)
    if reply.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")) and identity in reply:
        ledger.resent_known += reply.startswith(b"HTTP/1.1 200")
        ledger.acknowledged.add(identity)
    elif reply:
        raise RuntimeError(f"unexpected reply {reply[:200]!r}")


def judge(root: Path, ledger: Ledger) -> tuple[int, int, int, bool]:
    """Count ids acknowledged but lost or changed, stored twice, stored but not acknowledged; check the file."""
    connection = sqlite3.connect(root / "inbox" / "inbox.sqlite")
    rows = connection.execute("SELECT id, body FROM letter").fetchall()
    intact = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    stored = {str(UUID(bytes=identity)).encode(): body for identity, body in rows}
    lost = sum(
        identity not in stored or not ledger.sent[identity].endswith(stored[identity])
        for identity in ledger.acknowledged
    )
    return lost, len(rows) - len(stored), len(stored.keys() - ledger.acknowledged), intact


def trial(kills: int, seed: int = 1, longest: float = 1.5) -> str:
    """Kill so many times and return one line of the Markdown table.

    Raises:
        AssertionError: something acknowledged was lost, or something stored twice.
    """
    from tests.survey.collect.town import make_town

    chance, ledger = random.Random(seed), Ledger()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "town"
        make_town(root, "burst = 1000000000\nper_second = 1000000000\ndrain_seconds = 0")
        requests, port = Requests(root, seed), free_port()
        for _ in range(kills):
            process = start(root, port)
            storm(port, requests, ledger, time.perf_counter() + chance.uniform(0.05, longest), process)
        process = start(root, port)
        settle(port, requests, ledger)
        end(process, signal.SIGTERM)
        lost, twice, extra, intact = judge(root, ledger)
    assert (lost, twice, intact) == (0, 0, True), (lost, twice, intact)
    return (
        f"| {kills} | {len(ledger.acknowledged):,} | {lost} | {twice} | {ledger.resent_known} | {extra} "
        f"| {'ok' if intact else 'damaged'} |"
    )


def settle(port: int, requests: Requests, ledger: Ledger) -> None:
    """Send once more what is still unknown."""
    while ledger.unknown:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            receive(connection, next_request(connection, requests, ledger), ledger)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--longest", type=float, default=1.5, help="seconds a server lives at most")
    args = parser.parse_args()
    print("| kill -9 | acknowledged | lost | twice | resent ids answered 200 | stored, never acknowledged | file |")
    print("|---|---|---|---|---|---|---|")
    print(trial(args.kills, longest=args.longest))


if __name__ == "__main__":
    main()
