"""Power cuts in the store: acknowledged imports, drains, undos, exclusions and purges must survive.

    python -m benchmarks.store_powercut --cuts 1050

A study is worked on while `tests.chaos.platter` watches what was synced. At random moments, as many in each kind of
step, the power goes: everything that was not synced may be there, be missing or be torn. The study is opened again,
compared with what was acknowledged, drained, and compared again. The last line is the same without a single sync: it
must lose answers, or the disk would prove nothing.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from tests.chaos.scenario import Outcome, run

MEMORY = Path("/dev/shm")
STEPS = 12
EACH = 125
"""Number of cuts per scenario."""
SYNCS = ("survey.host.disk.sync", "survey.storage.integrity.log.sync", "survey.storage.parquet.sync")


def trial(seed: int, cuts: int, outcome: Outcome, *, synced: bool = True) -> None:
    """Run one scenario, in memory where possible: the simulated disk decides what is safe."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None))
        for name in () if synced else SYNCS:
            stack.enter_context(patch(name))
        run(Path(folder), seed, steps=STEPS, cuts=cuts, outcome=outcome)


def lines(cuts: int) -> Iterator[tuple[str, Outcome, float]]:
    """Return what was tried, what was seen, and the CPU seconds used."""
    for title, synced, count in (("as it is", True, cuts), ("without any sync", False, 20)):
        outcome, start = Outcome(), time.process_time()
        for seed in range(-(-count // EACH)):
            trial(seed, min(EACH, count - EACH * seed), outcome, synced=synced)
        yield title, outcome, time.process_time() - start


def main(arguments: list[str]) -> int:
    """Print the table; return 1 for a lost answer, a half-written version, or a disk that loses nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=1050)
    print(
        "| store | cuts: import, drain, undo, exclude, purge | acknowledged | lost | half versions | faults | CPU s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    failed = 0
    logging.disable(logging.WARNING)  # restored and set-aside files are expected here
    for title, seen, seconds in lines(parser.parse_args(arguments).cuts):
        spread = ", ".join(str(seen.cuts[kind]) for kind in ("import", "drain", "undo", "exclude", "purge"))
        print(f"| {title} | {sum(seen.cuts.values())}: {spread} | {seen.acknowledged:,} | {seen.lost} | {seen.half} "
              f"| {len(seen.faults)} | {seconds:.0f} |", flush=True)  # fmt: skip
        bad = bool(seen.lost or seen.half or seen.faults)
        failed += bad if title == "as it is" else not bad
        for fault in seen.faults if title == "as it is" else ():
            print(fault, file=sys.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
