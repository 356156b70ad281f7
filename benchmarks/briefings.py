"""Seconds to make documents: each form, a profile of all 40 districts in three forms, and what a batch begins with.

    python -m benchmarks.briefings                # a mock city of 40 districts
    python -m benchmarks.briefings --study DIR    # a study of your own; it is copied first

"CPU" is that of the process, "clock" the wait; the limits are those of the goals: a second a form, two for PDF, a
minute for 40 districts as DOCX, PPTX and PDF.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from documents.batch import Progress, write_batch
from documents.forms import FORMS
from reports.briefing.build import Source, build, parts, source
from reports.briefing.model import Kind
from reports.sample import gather
from reports.selection import Selection
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.study.study import load_study

T = TypeVar("T")
LIMITS = {"docx": 1.0, "pptx": 1.0, "xlsx": 1.0, "html": 1.0, "pdf": 2.0}
DISTRICTS, BATCH, BATCH_FORMS = 40, 60.0, ("docx", "pptx", "pdf")
REPEATS = 3


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """Return the result, CPU seconds and seconds on the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    found = work()
    return found, time.process_time() - cpu, time.perf_counter() - clock


def city(folder: Path) -> Path:
    """Write a mock city with its answers imported."""
    mock = draw(MockSpec(districts=DISTRICTS, streets_per_district=3, communities_per_street=2))
    root = write_folder(mock, folder)
    import_folder(root, mock)
    return root


def forms(found: Source) -> None:
    """Print the cost of each form: the first one in a process, which loads its library, and those after it."""
    page, deck = build(found, Kind.BRIEF)[0], build(found, Kind.DECK)[0]
    print("| form | first, CPU s | again, CPU s | again, clock s | limit |")
    print("|---|---|---|---|---|")
    for name, limit in LIMITS.items():
        one = deck if name == "pptx" else page
        _, first, _ = timed(lambda name=name, one=one: FORMS[name].render(one))  # type: ignore[misc]
        again = [timed(lambda name=name, one=one: FORMS[name].render(one))[1:] for _ in range(REPEATS)]  # type: ignore[misc]
        cpu, clock = min(again)
        print(f"| {name} | {first:.2f} | {cpu:.2f} | {clock:.2f} | {limit:.0f} |")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        root = Path(shutil.copytree(asked.study, folder)) if asked.study else city(folder)
        selection = Selection(mode="household")
        found, cpu, clock = timed(lambda: source(gather(load_study(root), selection), selection, quotes=True))
        forms(found)
        every = parts(found, Kind.PROFILE)
        some = [FORMS[form] for form in BATCH_FORMS]
        path, batch_cpu, batch_clock = timed(lambda: write_batch(root, Path(name) / "all.zip", every, some, Progress()))
        print(f"\n| batch of {len(every)} districts, {', '.join(BATCH_FORMS)} | CPU s | clock s |\n|---|---|---|")
        print(f"| results of the wave | {cpu:.1f} | {clock:.1f} |")
        print(f"| documents ({path.stat().st_size / 1e6:.1f} MB) | {batch_cpu:.1f} | {batch_clock:.1f} |")
        print(f"| together (limit {BATCH:.0f}) | {cpu + batch_cpu:.1f} | {clock + batch_clock:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
