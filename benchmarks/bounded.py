"""Rates within a limit of memory: CPU seconds, peak memory and spilled bytes of `silu rates`, by `--memory`.

    python -m benchmarks.bounded [ROWS]        (default 3e6; 1e8 takes 1 GB of disk and an hour)

A study of four waves is drawn by `benchmarks.large_store` (模拟数据), each answer with a weight of its own. The command
runs in a process of its own, as users run it; what it spills is watched in the folder of the study. The first run
checks single answers, where the machine is large enough, and keeps their lights; the others find them. Every way must
print the same table, but for the caption.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.__main__ import machine
from benchmarks.large_store import make

ROOT = Path(__file__).parents[1]
GROUPS = ("district", "district,age,sex")
LIMITS = ("", "1GB", "512MB")
WATCH = 0.05


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


def main(rows: int) -> None:
    """Print a row for each limit and grouping."""
    print(machine())
    print("\n| rows, `--memory`, groups | CPU s | peak MB | spilled MB | ratio to no limit |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        study = make(Path(scratch) / "study", rows)
        for by in GROUPS:
            first: Cost | None = None
            for limit in LIMITS:
                cost = run(study, "--by", by, *(["--memory", limit] if limit else []))
                first = first or cost
                name = f"{rows:,}, {limit or 'none'}, {by}"
                ratio = cost.seconds / first.seconds
                print(
                    f"| {name} | {cost.seconds:.1f} | {cost.memory:.0f} | {cost.spilled:.0f} | {ratio:.2f} |",
                    flush=True,
                )
                if cost.table.splitlines()[:-1] != first.table.splitlines()[:-1]:
                    raise RuntimeError(f"another table with {limit}")


if __name__ == "__main__":
    main(int(float((sys.argv[1:] or ["3e6"])[0])))
