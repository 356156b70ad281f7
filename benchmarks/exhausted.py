"""A Spark server whose heap is exhausted: how `silu rates` ends, and how long after the last sign of progress.

    python -m benchmarks.exhausted [--heap 128m] [--in STUDY]

600,000 responses by wave, district, age and sex on a cluster of its own (see `cluster`), with the real deadlines: a
server that hangs takes `STUCK` seconds (`analysis/engines/spark_session.py`) after the last task that ended. With
enough heap (`--heap 1g`) the command simply succeeds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.cluster import ROOT, Cluster, free_ports, running
from benchmarks.large_store import make

ROWS, PART = 600_000, 25_000
RESERVED = 32 * 2**20
"""Bytes of the heap that Spark keeps for itself; with its own 300 MB it refuses to start in a small one."""
HEAD = (
    "| heap of the server | tasks ended | s in all | s after the last of them | exit code | said |\n" + "|---" * 6 + "|"
)


def ended(cluster: Cluster, heap: str, study: Path) -> str:
    """Run the command; return the row of the table."""
    command = [sys.executable, "cli.py", "rates", "--study", str(study), "--by", "district,age,sex"]
    start, counted, moved = time.monotonic(), 0, time.monotonic()
    with subprocess.Popen(
        [*command, "--engine", "spark", "--master", cluster.url],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as one:
        while one.poll() is None:
            time.sleep(1)
            if (now := len(cluster.tasks())) > counted:
                counted, moved = now, time.monotonic()
        assert one.stderr is not None
        said = " ".join(one.stderr.read().split("\n")[:2])
    over = time.monotonic()
    return f"| {heap} | {counted} | {over - start:.0f} | {over - moved:.0f} | {one.returncode} | {said} |"


def main(arguments: Sequence[str]) -> None:
    """Print how the command ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heap", default="128m")
    parser.add_argument("--in", dest="study", type=Path)
    asked = parser.parse_args(arguments)
    print(f"{machine()}\n\n{HEAD}")
    with tempfile.TemporaryDirectory() as scratch:
        study = asked.study or Path(scratch) / "study"
        if not study.exists():
            make(study, ROWS, part=PART)
        settings = {
            "spark.driver.memory": asked.heap,
            "spark.testing.reservedMemory": str(RESERVED),
            "spark.sql.shuffle.partitions": "64",
            "spark.sql.files.maxPartitionBytes": "1m",
        }
        with running(Path(scratch) / "cluster", free_ports(5), settings=settings) as cluster:
            print(ended(cluster, asked.heap, study))


if __name__ == "__main__":
    main(sys.argv[1:])
