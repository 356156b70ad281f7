"""Durable acknowledged answers per second, beside a raw fdatasync probe of the same minute and one commit per request.

    python -m benchmarks.collect_load --answers 100000 --connections 64
    python -m benchmarks.collect_load --rounds 9               # the middle one of nine, stores in turn
    python -m benchmarks.collect_load --sync-delay-ms 2        # the same on a slower disk, probe and inbox alike
    python -m benchmarks.collect_load --postgres
    python -m benchmarks.collect_load --memory                 # 1,000,000 answers, memory on the way

Starts the real `silu collect` on a scratch study and sends full answers of the default questionnaire, each with its
own id, over keep-alive connections. Only a 201 with the answer's own id counts. CPU is the server's own (user and
system), without that of the client or of PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.collecting.disks import probe
from benchmarks.collecting.phones import Requests, Storm, drive
from benchmarks.collecting.servers import GENEROUS, free_port, start, stop

__all__ = ["Requests", "drive", "free_port", "start", "stop"]

STOPS = (100_000, 250_000, 500_000, 1_000_000)
"""Number of answers between two readings of the memory."""
WARM = 2000


@dataclass(frozen=True)
class Load:
    """What one run showed: answers per second, seconds, microseconds of CPU per answer, megabytes."""

    name: str
    rate: float
    p50: float
    p99: float
    worst: float
    cpu: float
    before: float
    after: float
    probe: float


@dataclass(frozen=True)
class Way:
    """How a run is made: answers, connections, submissions a commit, seconds more a sync, PostgreSQL's address."""

    name: str
    answers: int
    connections: int
    batch: int = 512
    delay: float = 0.0
    database: str = ""


def cpu_of(process: psutil.Process) -> float:
    """Return the CPU seconds of a process, user and system."""
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def town(way: Way) -> Iterator[tuple[Path, Requests, int, psutil.Process]]:
    """Make a scratch study with its server: folder, requests, port, process."""
    from tests.survey.collect.town import make_town

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "town"
        make_town(root, GENEROUS + (f'\ndatabase = "{way.database}"' if way.database else ""))
        port = free_port()
        process = start(root, port, way.batch, way.delay)
        try:
            yield Path(folder), Requests(root), port, psutil.Process(process.pid)
        finally:
            stop(process)


def run(way: Way) -> Load:
    """Run one load against one server."""
    with town(way) as (folder, requests, port, watched):
        probed = probe(folder, delay=way.delay)
        drive(port, requests, min(WARM, way.answers), way.connections)
        before, worked, began = watched.memory_info().rss, cpu_of(watched), time.perf_counter()
        taken = sorted(drive(port, requests, way.answers, way.connections))
        seconds, worked = time.perf_counter() - began, cpu_of(watched) - worked
        after = watched.memory_info().rss
        probed = (probed + probe(folder, delay=way.delay)) / 2
    p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    cpu = worked / way.answers * 1e6
    return Load(way.name, way.answers / seconds, p50, p99, taken[-1], cpu, before / 1e6, after / 1e6, probed)


def rounds_of(ways: list[Way], rounds: int) -> list[list[Load]]:
    """Run every way so many times, in turn, so that all share the good and bad minutes of the machine."""
    found = [[run(way) for way in ways] for _ in range(rounds)]
    return [list(loads) for loads in zip(*found, strict=True)]


def middle(loads: list[Load]) -> Load:
    """Return the median of every figure separately; the worst wait is the maximum of all."""
    figures = {
        name: statistics.median(getattr(load, name) for load in loads)
        for name in ("rate", "p50", "p99", "cpu", "before", "after", "probe")
    }
    return Load(loads[0].name, worst=max(load.worst for load in loads), **figures)


def table(runs: list[list[Load]]) -> str:
    """Return the Markdown table: medians of the rounds, and the range of the CPU."""
    lines = [
        "| store | acked/s | p50 ms | p99 ms | max ms | CPU us each | RSS MB before / after | fdatasync/s | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for loads in runs:
        load, cpu = middle(loads), [one.cpu for one in loads]
        spread = f" ({min(cpu):.0f} to {max(cpu):.0f})" if len(loads) > 1 else ""
        lines.append(
            f"| {load.name} | {load.rate:,.0f} | {load.p50 * 1e3:.1f} | {load.p99 * 1e3:.1f} | {load.worst * 1e3:.0f} "
            f"| {load.cpu:.0f}{spread} | {load.before:.0f} / {load.after:.0f} | {load.probe:,.0f} "
            f"| {load.rate / load.probe:.1f} |"
        )
    return "\n".join(lines)


def memory(connections: int, stops: tuple[int, ...] = STOPS) -> Iterator[str]:
    """Print the rows of the memory table as they are measured."""
    yield "| answers | RSS MB | acked/s since the row above | p99 ms | inbox MB |\n|---|---|---|---|---|"
    with town(Way("memory", stops[-1], connections)) as (folder, requests, port, watched):
        yield f"| 0 | {watched.memory_info().rss / 1e6:.0f} | | | |"
        sent = 0
        for upto in stops:
            began = time.perf_counter()
            taken = sorted(Storm(port, requests, connections).run(upto - sent))
            rate, sent = (upto - sent) / (time.perf_counter() - began), upto
            size = sum(path.stat().st_size for path in (folder / "town" / "inbox").iterdir()) / 1e6
            rss, p99 = watched.memory_info().rss / 1e6, taken[int(len(taken) * 0.99)] * 1e3
            yield f"| {upto:,} | {rss:.0f} | {rate:,.0f} | {p99:.1f} | {size:,.0f} |"


def postgres(args: argparse.Namespace) -> Load:
    """Send the same answers to a PostgreSQL started for this run."""
    from tests.survey.collect.inbox.postgres import running

    with running() as server:
        assert server.process is not None
        return run(Way("PostgreSQL, group commit", args.answers, args.connections, database=server.url))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1, help="repeat, and report the median")
    parser.add_argument("--sync-delay-ms", type=float, default=0.0, help="each sync takes so much longer")
    parser.add_argument("--postgres", action="store_true", help="into PostgreSQL instead")
    parser.add_argument("--memory", action="store_true", help="1,000,000 answers, memory on the way")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.memory:
        for line in memory(args.connections):
            print(line, flush=True)
        return
    delay, more = args.sync_delay_ms / 1000, f", sync + {args.sync_delay_ms:g} ms" if args.sync_delay_ms else ""
    few = max(1000, args.answers // 50)
    if args.postgres:
        runs = [[postgres(args)]]
    else:
        ways = [
            Way("group commit" + more, args.answers, args.connections, 512, delay),
            Way("one commit per answer (rival)" + more, few, args.connections, 1, delay),
        ]
        runs = rounds_of(ways, args.rounds)
    print(json.dumps([[asdict(load) for load in loads] for loads in runs]) if args.json else table(runs))


if __name__ == "__main__":
    main()
