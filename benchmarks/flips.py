"""Flipped bits in every kind of file of a study: how many `silu verify` finds, and how many are read as other answers.

    python -m benchmarks.flips --flips 1000
    python -m benchmarks.flips --kinds 网上答卷   only these kinds
    python -m benchmarks.flips --cost 300000     cost of the check of a part beside reading it

One bit at a time, drawn among all bits of all files of a kind, headers, unused bytes and checksum files included.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from benchmarks.import_ import make_study as make_large_study
from benchmarks.import_ import write
from survey.host.disk import sha256_of
from survey.importing.ingest import import_files
from survey.storage.repair.verify import Stored
from survey.storage.store import ResponseStore
from survey.study.study import load_study
from tests.chaos.flips import files_of, flip_kind, make_study
from tests.survey.collect.town import make_town

MEMORY = Path("/dev/shm")
ROUNDS = 7


def flips(count: int, kinds: Collection[Stored]) -> int:
    """Print one line per kind; return how many flips were not found or read as something else."""
    print("| files | number | bytes | flips | found | refused when read | other answers | tracebacks | CPU s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    missed = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        study = make_study(make_town(Path(folder) / "town"))
        for kind in kinds:
            files, start = files_of(study.root, kind), time.process_time()
            size = sum(path.stat().st_size for path in files)
            seen = flip_kind(study, kind, count, random.Random(f"{kind} {count}"))
            spent = time.process_time() - start
            print(f"| {kind} | {len(files)} | {size:,} | {seen.flips} | {seen.found} | {seen.refused} | {seen.other} "
                  f"| {seen.traces} | {spent:.0f} |", flush=True)  # fmt: skip
            missed += len(seen.missed)
            for line in seen.missed:
                print(line, file=sys.stderr)
    return missed


def cost(rows: int) -> None:
    """Print the cost of checking the parts beside that of reading them, median of several rounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        write(path, rows)
        make_large_study(Path(folder) / "study")
        study = load_study(Path(folder) / "study")
        import_files(study, [path], "W1", mode="online")
        store = ResponseStore(study.root / "store")
        files, reading, checking = store.files(), [], []
        for _ in range(ROUNDS):
            start = time.process_time()
            store.read()
            reading.append(time.process_time() - start)
            start = time.process_time()
            for file in files:
                sha256_of(Path(file))
            checking.append(time.process_time() - start)
        read, check = sorted(reading)[ROUNDS // 2], sorted(checking)[ROUNDS // 2]
        size = sum(Path(file).stat().st_size for file in files)
    print("| rows | MB | reading, CPU ms | first check, CPU ms | share |\n| --- | --- | --- | --- | --- |")
    print(f"| {rows:,} | {size / 1e6:.1f} | {read * 1e3:.1f} | {check * 1e3:.1f} | {check / read:.1%} |")


def main(arguments: list[str]) -> int:
    """Print the tables; 1 when a flip was missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", type=Stored, default=[*Stored])
    parser.add_argument("--cost", type=int, metavar="ROWS")
    args = parser.parse_args(arguments)
    logging.disable(logging.WARNING)  # entries restored from their copies
    if args.cost:
        cost(args.cost)
        return 0
    return int(flips(args.flips, args.kinds) > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
