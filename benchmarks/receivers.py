"""Receivers on one PostgreSQL: durable acknowledged answers per second of one, two and four, and what stops them.

    python -m benchmarks.receivers [ANSWERS [CONNECTIONS]]        (default 20000 a receiver, 32 connections each)

Each receiver is a real `silu collect` on a study folder of its own with the same key and the same database, as several
hosts would have; each has a client of its own, a process that sends full answers and counts only a 201 with the
answer's id. PostgreSQL runs for the benchmark in a scratch folder. In the same run: a probe of fdatasync on that disk,
one receiver on SQLite, the CPU of clients, receivers and PostgreSQL, and the share of the machine that they took
together. Every acknowledged answer must be in the database.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.__main__ import machine
from benchmarks.collect_load import WARM, cpu_of
from benchmarks.collecting.disks import probe
from benchmarks.collecting.phones import Requests, drive
from benchmarks.collecting.servers import GENEROUS, free_port, start, stop

COUNTS = (1, 2, 4)


@dataclass(frozen=True)
class Taken:
    """What a number of receivers took.

    Attributes:
        rate: acknowledged answers per second, all receivers together.
        p99: seconds.
        clients: microseconds of CPU per answer.
        receivers: the same.
        database: the same; 0 without PostgreSQL.
        busy: share of all cores that the three took together.
        synced: fdatasync per second of the disk, before.
        all_there: whether the database holds every acknowledged answer; True where it was not asked.
    """

    rate: float
    p99: float
    clients: float
    receivers: float
    database: float
    busy: float
    synced: float
    all_there: bool


def _client(root: Path, port: int, seed: int, total: int, connections: int) -> tuple[list[float], float]:
    """Send answers; return the seconds of each, and the CPU seconds of the client."""
    requests, began = Requests(root, seed), time.process_time()
    return drive(port, requests, total, connections), time.process_time() - began


@contextmanager
def receivers(folder: Path, count: int, database: str) -> Iterator[list[tuple[Path, int, psutil.Process]]]:
    """Run receivers on study folders with one key: folder, port and process of each."""
    from tests.survey.collect.town import make_town

    first = folder / "town 1"
    make_town(first, GENEROUS + (f'\ndatabase = "{database}"' if database else ""))
    with ExitStack() as stack:
        found = []
        for at in range(count):
            root = folder / f"town {at + 1}"
            if at:
                shutil.copytree(first, root)
            process = start(root, port := free_port())
            stack.callback(stop, process)
            found.append((root, port, psutil.Process(process.pid)))
        yield found


def run(folder: Path, count: int, answers: int, connections: int, database: str, server: int | None) -> Taken:
    """Run one load against some receivers; `server` is the process of PostgreSQL."""
    synced = probe(folder)
    with receivers(folder, count, database) as found, multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.starmap(_client, [(root, port, at, WARM, connections) for at, (root, port, _) in enumerate(found)])
        worked, stored = [cpu_of(process) for *_, process in found], _of_database(server)
        began = time.perf_counter()
        sent = [(root, port, 100 + at, answers, connections) for at, (root, port, _) in enumerate(found)]
        done = pool.starmap(_client, sent)
        seconds = time.perf_counter() - began
        own = sum(cpu_of(process) for *_, process in found) - sum(worked)
        stored = _of_database(server) - stored
    total, clients = count * answers, sum(cpu for _, cpu in done)
    taken = sorted(one for some, _ in done for one in some)
    busy = (clients + own + stored) / seconds / (os.cpu_count() or 1)
    each = [cpu / total * 1e6 for cpu in (clients, own, stored)]
    there = not database or _rows(database) == total + count * WARM
    return Taken(total / seconds, taken[int(len(taken) * 0.99)], *each, busy, synced, there)


def _of_database(server: int | None) -> float:
    """Return the CPU seconds of PostgreSQL: of its processes, and of those that ended."""
    if server is None:
        return 0.0
    whole = psutil.Process(server)
    ended = whole.cpu_times()
    alive = sum(cpu_of(one) for one in whole.children(recursive=True))
    return alive + cpu_of(whole) + float(ended.children_user + ended.children_system)


def _rows(database: str) -> int:
    import psycopg

    with psycopg.connect(database) as connection:
        return int(connection.execute("SELECT count(*) FROM letter").fetchone()[0])  # type: ignore[index]


def _row(name: str, one: Taken) -> str:
    return (
        f"| {name} | {one.rate:,.0f} | {one.p99 * 1e3:.0f} | {one.clients:.0f} | {one.receivers:.0f} "
        f"| {one.database:.0f} | {one.busy:.0%} | {one.synced:,.0f} | {'yes' if one.all_there else 'NO'} |"
    )


def main(numbers: Sequence[int]) -> None:
    """Print a row for one receiver on SQLite, and for one, two and four on PostgreSQL."""
    from tests.survey.collect.inbox.postgres import running

    answers, connections = (*numbers, *(20_000, 32)[len(numbers) :])
    print(machine())
    costs = "client us | receiver us | PostgreSQL us"
    print(f"\n| receivers | acked/s | p99 ms | {costs} | machine | fdatasync/s | all there |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        print(_row("1, SQLite", run(Path(scratch), 1, answers, connections, "", None)), flush=True)
    for count in COUNTS:
        with tempfile.TemporaryDirectory() as scratch, running() as server:
            assert server.process is not None
            found = run(Path(scratch), count, answers, connections, server.url, server.process.pid)
            print(_row(f"{count}, PostgreSQL", found), flush=True)


if __name__ == "__main__":
    main([int(float(one)) for one in sys.argv[1:]])
