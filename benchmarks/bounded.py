"""Rates within a limit of memory: CPU seconds, peak memory and spilled bytes of `silu rates`, by `--memory`.

    python -m benchmarks.bounded [ROWS] [--in STUDY] [--limits none 1GB ...] [--groups district ...] [--keep]

By default 3e6 rows, all limits and groups. 1e8 rows take 1 GB of disk and half an hour to draw: `--in` names the study,
which is drawn where it is not there yet and stays, so that single rows can be measured again; `--keep` puts them into
`benchmarks/results.json`.

A study of four waves is drawn by `benchmarks.large_store` (模拟数据), each answer with a weight of its own. The command
runs in a process of its own, as users run it; what it spills is watched in the folder of the study. The first run
checks single answers, where the machine is large enough, and keeps their lights; the others find them. Every way must
print the same table, but for the caption.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import results
from benchmarks.__main__ import machine
from benchmarks.large_store import make

ROOT = Path(__file__).parents[1]
GROUPS = ("district", "district,age,sex")
LIMITS = ("", "1GB", "512MB")
WATCH = 0.05
HEAD = "| rows, `--memory`, groups | CPU s | peak MB | spilled MB | ratio to no limit |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Cost:
    """CPU seconds, MB of memory at the peak, MB spilled at the peak, and the table that was printed."""

    seconds: float
    memory: float
    spilled: float
    table: str


def run(study: Path, *options: str) -> Cost:
    """Run `silu rates` on a study.

    Raises:
        RuntimeError: the command failed.
    """
    command = [sys.executable, "cli.py", "rates", "--study", str(study), "--format", "csv", *options]
    before, spilled = sum(_size(study).values()), 0
    peak, seconds = 0.0, 0.0
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.PIPE) as one,
    ):
        watched = psutil.Process(one.pid)
        while one.poll() is None:
            try:
                peak, used = max(peak, watched.memory_info().rss / 1e6), watched.cpu_times()
                seconds = used.user + used.system
            except psutil.NoSuchProcess:
                break
            spilled = max(spilled, sum(_size(study).values()) - before)
            time.sleep(WATCH)
        out.seek(0)
        table = out.read().decode()
        if one.wait():
            raise RuntimeError(one.stderr.read().decode())  # type: ignore[union-attr]
    return Cost(seconds, peak, spilled / 1e6, table)


def _size(folder: Path) -> dict[Path, int]:
    """Return the bytes of each file of a folder; files that go meanwhile are left out."""
    found = {}
    for path in folder.rglob("*"):
        try:
            found[path] = path.stat().st_size
        except FileNotFoundError:
            continue
    return found


def row(name: str, cost: Cost, ratio: float | None) -> str:
    """Return a line of the table."""
    last = "–" if ratio is None else f"{ratio:.2f}"
    return f"| {name} | {cost.seconds:.1f} | {cost.memory:.0f} | {cost.spilled:.0f} | {last} |"


def every(study: Path, rows: int, limits: Sequence[str], groups: Sequence[str]) -> Iterator[str]:
    """Yield a row for each limit and grouping.

    Raises:
        RuntimeError: two limits gave different tables.
    """
    for by in groups:
        first: Cost | None = None
        for limit in limits:
            cost = run(study, "--by", by, *(["--memory", limit] if limit else []))
            first = first or cost
            ratio = cost.seconds / first.seconds if len(limits) > 1 else None
            yield row(f"{rows:,}, {limit or 'none'}, {by}", cost, ratio)
            if cost.table.splitlines()[:-1] != first.table.splitlines()[:-1]:
                raise RuntimeError(f"another table with {limit}")


def main(arguments: Sequence[str]) -> None:
    """Print a row for each limit and grouping."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="?", type=float, default=3e6)
    parser.add_argument("--in", dest="study", type=Path)
    parser.add_argument("--limits", nargs="+", default=LIMITS)
    parser.add_argument("--groups", nargs="+", default=GROUPS)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args(arguments)
    limits, rows, here = ["" if one == "none" else one for one in asked.limits], int(asked.rows), machine()
    print(f"{here}\n\n{HEAD}")
    with tempfile.TemporaryDirectory() as scratch:
        study = asked.study or Path(scratch) / "study"
        if not study.exists():
            make(study, rows)
        for line in every(study, rows, limits, asked.groups):
            print(line, flush=True)
            if asked.keep:
                results.merge(here, "bounded", results.tables(f"{HEAD}\n{line}"))


if __name__ == "__main__":
    main(sys.argv[1:])
