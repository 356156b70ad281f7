"""What a durable and verifiable import costs: the same import with and without syncs, checksums and seals.

    python -m benchmarks.durability [rows [rounds]]

Both ways take turns, one fresh process each, from loading the study to a committed store on a real disk. Wall time
counts, for a sync is waited for and takes no processor; the least of several rounds is the one that others disturbed
least.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from unittest.mock import patch

from benchmarks.import_ import make_study, silu, write

TARGET = 1.15
WAYS = ("without", "durable")
OFF = (
    "survey.disk.sync",
    "survey.storage.log.sync",
    "survey.storage.parquet.sync",
    "survey.storage.store.settle",
)


def one(way: str, path: Path) -> None:
    """Import in this process and print its seconds, wall and CPU."""
    with ExitStack() as stack:
        for name in OFF if way == "without" else ():
            stack.enter_context(patch(name))
        if way == "without":
            stack.enter_context(patch("survey.storage.parquet.sha256_of", lambda _: "0" * 64))
        start, before = time.perf_counter(), _cpu()
        silu(path)
        print(json.dumps({"wall": time.perf_counter() - start, "cpu": _cpu() - before}))


def _cpu() -> float:
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in usage)


def measure(way: str, path: Path) -> dict[str, float]:
    """Seconds of one import into an empty study, in a fresh process."""
    study = path.parent / f"study-{path.suffix[1:]}"
    shutil.rmtree(study, ignore_errors=True)
    make_study(study)
    command = [sys.executable, "-m", "benchmarks.durability", "--one", way, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return seconds


def main(arguments: list[str]) -> int:
    """Print the table; return 1 when the target is missed."""
    if arguments[:1] == ["--one"]:
        one(arguments[1], Path(arguments[2]))
        return 0
    rows, rounds = (int(text) for text in (*arguments, *("100000", "9")[len(arguments) :]))
    missed = 0
    print("| file | rounds | least s without, durable | ratio | median s without, durable | ratio | CPU s | target |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("csv", "xlsx"):
            path = Path(folder) / f"answers.{suffix}"
            write(path, rows)
            found = {way: [] for way in WAYS}
            for _ in range(rounds):
                for way in WAYS:
                    found[way].append(measure(way, path))
            plain, durable = ([one["wall"] for one in found[way]] for way in WAYS)
            cpu = [min(one["cpu"] for one in found[way]) for way in WAYS]
            least = min(durable) / min(plain)
            print(f"| {suffix} {rows:,} rows | {rounds} | {min(plain):.2f}, {min(durable):.2f} | {least:.2f} "
                  f"| {median(plain):.2f}, {median(durable):.2f} | {median(durable) / median(plain):.2f} "
                  f"| {cpu[0]:.2f}, {cpu[1]:.2f} | <= {TARGET} |", flush=True)  # fmt: skip
            missed += least > TARGET
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
