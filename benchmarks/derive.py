"""What `silu derive` costs: CPU seconds and memory after an import, after 1,000 more answers, and with nothing to do.

python -m benchmarks.derive                    # a mock city of 100,000 answers
python -m benchmarks.derive --rows 1e6
python -m benchmarks.derive --study DIR        # a study of your own, as it is; it is copied first
python -m benchmarks.derive --rows 1e6 --steps    # CPU seconds of each step: as it is, after 1,000 more answers without
                                               # texts, and after as many with texts that nobody has written before
python -m benchmarks.derive --sparse --rows 1e6 1e7    # four waves of answers to the headline questions alone: how
                                               # what 1,000 more answers cost grows with the answers that there are
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import psutil

from benchmarks.__main__ import machine

# Processes that read texts import this module as well, so that it imports what it measures where that is needed, as
# cli.py does.

MORE = 1_000
OWN = "more-"
"""How the names of imports and answers begin that this benchmark adds."""
LOOK = 0.1
"""Seconds between two looks at the process."""


def run(study: Path) -> tuple[float, float]:
    """Derive; return the CPU seconds of the process and its largest memory in MB."""
    from benchmarks.dashboards.servers import ROOT

    process = subprocess.Popen(
        [sys.executable, "cli.py", "derive", "--study", str(study)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    seen, used, peak = psutil.Process(process.pid), 0.0, 0.0
    while process.poll() is None:
        try:
            times = seen.cpu_times()
            used, peak = sum(times[:4]), max(peak, seen.memory_info().rss / 2**20)
        except psutil.Error:
            break
        time.sleep(LOOK)
    if process.wait():
        raise RuntimeError(f"silu derive ended with {process.returncode}")
    return used, peak


def steps(study: Path) -> Iterator[tuple[str, float]]:
    """Derive in this process; yield each step and its CPU seconds, those of workers included."""
    from reports.fieldwork.deriving import derive
    from reports.overview.judging_ahead import judge_ahead
    from survey.study.study import load_study

    seen: list[tuple[str, float]] = []
    derive(load_study(study), lambda what, _: seen.append((what, _used())), judge=judge_ahead)
    for (what, start), (_, end) in pairwise([*seen, ("", _used())]):
        yield what, end - start


def each_step(study: Path) -> Iterator[str]:
    """Yield the lines of the table of steps: as it is, after more answers without texts, and after more with texts."""
    taken = []
    for change in (lambda: None, lambda: append(study), lambda: append(study, texts=True)):
        change()
        taken.append(dict(steps(study)))
    yield f"| step | as it is, CPU s | {MORE:,} more answers | {MORE:,} with new texts |\n|---|---|---|---|"
    for what in dict.fromkeys(name for one in taken for name in one):
        yield f"| {what} | {' | '.join(f'{one[what]:.1f}' if what in one else '–' for one in taken)} |"
    yield f"| in all | {' | '.join(f'{sum(one.values()):.1f}' for one in taken)} |"


def _used() -> float:
    return sum(psutil.Process().cpu_times()[:4])


def append(root: Path, *, texts: bool = False) -> None:
    """Commit some answers of the newest wave once more, as other people: of the mode with most answers.

    Args:
        root: folder of the study.
        texts: whether they bring what the people wrote, with a number that makes it new.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    from survey.storage.import_batch import TEXTS, ImportBatch
    from survey.storage.store import ResponseStore
    from survey.study.study import load_study

    store, study = ResponseStore(root / "store"), load_study(root)
    wave = next(one.name for one in reversed(study.waves) if store.read(["wave"], waves=[one.name]).num_rows)
    rows, version = store.read(waves=[wave]), store.version
    mode = max(pc.value_counts(rows["mode"]).to_pylist(), key=lambda one: one["counts"])["values"]
    # those of earlier calls wrote nothing, and parts are read in the order of their random names
    own = pc.starts_with(rows["import_id"], OWN)
    rows = rows.filter(pc.and_not(pc.equal(rows["mode"], mode), own)).slice(0, MORE)
    known, more = rows["response_id"].to_pylist(), [f"{OWN}{version}-{at}" for at in range(rows.num_rows)]
    said = store.texts(waves=[wave])
    said = said.filter(pc.is_in(said["response_id"], rows["response_id"].combine_chunks()))
    people = dict(zip(known, more, strict=True))
    new = [
        one | {"response_id": people[one["response_id"]], "import_id": f"{OWN}{version}", "text": f"{one['text']}{at}"}
        for at, one in enumerate(said.to_pylist() if texts else [])
    ]
    if texts and not new:
        raise RuntimeError("the people whose answers are repeated wrote nothing")
    for name, values in (("response_id", more), ("import_id", [f"{OWN}{version}"] * len(more))):
        rows = rows.set_column(rows.schema.get_field_index(name), name, pa.array(values))
    store.commit(ImportBatch(wave, rows, pa.Table.from_pylist(new, TEXTS), pa.table({})), expected=store.version)


def main(arguments: Sequence[str]) -> int:
    """Print a row for each state of a study, or of a mock city."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, nargs="+", default=[1e5])
    parser.add_argument("--study", type=Path)
    parser.add_argument("--sparse", action="store_true", help="only the answers that headline rates need")
    parser.add_argument("--steps", action="store_true", help="each step, in one process")
    asked = parser.parse_args(arguments)
    from benchmarks.pages import make

    print(machine(), flush=True)
    found = dict[float, Mapping[str, float]]()
    with tempfile.TemporaryDirectory() as scratch:
        for rows in [0.0] if asked.study else asked.rows:
            city = Path(scratch) / f"city-{rows:.0f}"
            if asked.study:
                shutil.copytree(asked.study, city)
            elif make(city, rows, sparse=asked.sparse, derived=False):
                return 1
            name = asked.study.name if asked.study else f"{rows:,.0f}"
            if asked.steps:
                print("", *each_step(city), sep="\n", flush=True)
            else:
                found[rows] = states(city, name)
            shutil.rmtree(city)
    if len(found) > 1:
        growth(found)
    return 0


def states(city: Path, answers: str) -> Mapping[str, float]:
    """Print a row for each state of a study with so many answers; return its CPU seconds."""
    print("\n| answers | state | CPU s | MB |\n|---|---|---|---|")
    found = dict[str, float]()
    for state, change in (
        ("as it is", lambda: None),
        (f"{MORE:,} more", lambda: append(city)),
        ("again", lambda: None),
    ):
        change()
        found[state], peak = run(city)
        print(f"| {answers} | {state} | {found[state]:.1f} | {peak:.0f} |", flush=True)
    return found


def growth(found: Mapping[float, Mapping[str, float]]) -> None:
    """Print how many times the CPU seconds of the smallest study each state of the largest takes."""
    few, many = min(found), max(found)
    print(f"\n| state | {many:,.0f} answers, times {few:,.0f} |\n|---|---|")
    for state, used in found[few].items():
        print(f"| {state} | {found[many][state] / used:.2f} |")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
