"""What a person waits for: CPU seconds of the first view, of one after a restart, of a new filter and of a click.

    python -m benchmarks.pages                     # a mock city of 100,000 answers
    python -m benchmarks.pages --rows 1e5 1e6 --pages overview quality
    python -m benchmarks.pages --study DIR         # a study of your own; it is copied first
    python -m benchmarks.pages --sparse --rows 1e5 1e6 1e7 --pages overview   # only headline items (large_store)
    python -m benchmarks.pages --rows 1e6 --hurry  # checks of a million answers take minutes: do not wait for them
    python -m benchmarks.pages --rows 1e6 --pages all --derived   # with all that `silu derive` makes
    python -m benchmarks.pages --study DIR --derived   # with what it has made of DIR

Each page is opened in a dashboard of its own through the websocket, as a browser does, once the server has prepared
itself (`views/cached/warming.py`; CPU seconds of that in "start", modules included). "first" has nothing beside the
store but what imports keep, as after an import; "restart" is the same page in a new process; "new filter" counts some
people for the first time; "click" repeats what is known. "wait" is the wall clock of the first view and "later" what a
process in the background computes meanwhile, in CPU seconds. "MB" is the largest memory of the server. With several
sizes, the last table has the exponents by which the costs grow from the smallest to the largest.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, log, nan
from pathlib import Path

import psutil

from benchmarks import large_store
from benchmarks.__main__ import machine
from benchmarks.dashboards.browser import Visitor
from benchmarks.dashboards.servers import Server, dashboard
from benchmarks.users import PAGES as EVERY
from reports.fieldwork.kept.verdicts import SUFFIX
from survey.storage.files import CELLS

PAGES = ("overview", "weak_areas", "change", "voices", "passing", "quality", "ledger")
DERIVED = ("lights", "textcache", "copycache", "themecache")
"""Folders of a store that are not there after an import."""
CLICKS = 5
CITY = ("--districts", "40")


@dataclass(frozen=True)
class View:
    """The costs of one page in one process: CPU seconds, seconds on the clock, and MB."""

    started: float
    opened: float
    wait: float
    filtered: float
    click: float
    later: float
    memory: float


async def look(server: Server, page: str, *, hurry: bool = False) -> View:
    """Open a page, set a filter, and click between known results; `hurry` ends the processes in the background."""
    start = server.settle()
    async with Visitor(server.port) as tab:
        wait = await tab.open(page)
        opened = server.cpu()
        await tab.click()
        filtered = server.cpu()
        for _ in range(CLICKS):
            await tab.click()
        clicked = (server.cpu() - filtered) / CLICKS
    later = nan if hurry else _finish(server)
    return View(start, opened - start, wait, filtered - opened, clicked, later, server.peak())


def _finish(server: Server) -> float:
    """Wait for the processes in the background; return the CPU seconds of all of them."""
    living = [child for child in server.process.children() if "derive" in child.cmdline()]
    last = dict.fromkeys(living, 0.0)
    while going := [child for child in living if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]:
        last |= {child: sum(child.cpu_times()[:4]) for child in going}
        psutil.wait_procs(going, timeout=0.2)
    ended = server.process.cpu_times()
    return float(ended.children_user + ended.children_system) + sum(last.values())


def measure(study: Path, page: str, *, hurry: bool = False, derived: bool = False) -> tuple[View, View]:
    """Return the first view of a page and one after a restart; `derived` keeps what lies beside the store."""
    if not derived:
        forget(study / "store")
    views = []
    for _ in range(2):
        with dashboard(study) as server:
            views.append(asyncio.run(look(server, page, hurry=hurry)))
    return views[0], views[1]


def forget(store: Path) -> None:
    """Remove from a store what was made after its imports."""
    for name in DERIVED:
        shutil.rmtree(store / name, ignore_errors=True)
    for path in (store / CELLS).glob(f"*{SUFFIX}"):
        path.unlink()


def costs(first: View, again: View) -> dict[str, float]:
    """Return the costs of a page by name: those of a first view, and those after a restart."""
    early = {"start": first.started, "first": first.opened, "wait": first.wait, "later": first.later}
    late = {"restart": again.opened, "new filter": again.filtered, "click": again.click}
    return early | late | {"MB": first.memory, "MB restart": again.memory}


def table(study: Path, answers: str, pages: Sequence[str], **how: bool) -> dict[str, dict[str, float]]:
    """Print a row for each page of a study with so many answers; return the costs of each page."""
    heads = ("answers", "page", "start", "first", "wait", "later", "restart", "new filter", "click ms")
    heads = (*heads, "MB", "MB restart")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    found = {}
    for page in pages:
        first, again = measure(study, page, **how)
        found[page] = costs(first, again)
        behind = "–" if isnan(first.later) else f"{first.later:.1f}"
        early = f"{first.started:.2f} | {first.opened:.2f} | {first.wait:.1f} | {behind} | {again.opened:.2f}"
        later = f"{again.filtered:.2f} | {again.click * 1e3:.0f} | {first.memory:.0f} | {again.memory:.0f}"
        print(f"| {answers} | {page} | {early} | {later} |", flush=True)
    return found


def exponents(found: Mapping[float, Mapping[str, Mapping[str, float]]]) -> None:
    """Print by which power of the number of answers each cost grows, from the smallest number to the largest."""
    few, many = min(found), max(found)
    names = ("start", "first", "restart", "new filter", "click", "MB", "MB restart")
    print(f"\n| exponent {few:,.0f} to {many:,.0f} | {' | '.join(names)} |\n{'|---' * (len(names) + 1)}|")
    for page in found[few]:
        powers = (log(found[many][page][name] / found[few][page][name]) / log(many / few) for name in names)
        print(f"| {page} | {' | '.join(f'{power:.2f}' for power in powers)} |")


def make(city: Path, rows: float, *, sparse: bool, derived: bool) -> int:
    """Make a mock city of so many answers, and derive what pages need if asked; return the exit code."""
    from cli import main as silu

    if sparse:
        large_store.make(city, round(rows))
    elif failed := silu(["mock", str(city), *CITY, "--responses", f"{rows:.0f}"]):
        return failed
    return silu(["derive", "--study", str(city)]) if derived else 0


def main(arguments: Sequence[str]) -> int:
    """Measure a study, or mock cities of some sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--rows", nargs="+", type=float, default=[1e5])
    parser.add_argument("--pages", nargs="+", default=PAGES, help="some pages, or all")
    parser.add_argument("--sparse", action="store_true", help="only the answers that headline rates need")
    parser.add_argument("--hurry", action="store_true", help="do not wait for the processes in the background")
    parser.add_argument("--derived", action="store_true", help="with what `silu derive` makes")
    asked = parser.parse_args(arguments)
    print(machine())
    pages, found = EVERY if asked.pages == ["all"] else asked.pages, {}
    with tempfile.TemporaryDirectory() as scratch:
        for rows in [0.0] if asked.study else asked.rows:
            city = Path(scratch) / f"city-{rows:.0f}"
            if asked.study:
                shutil.copytree(asked.study, city)
            elif make(city, rows, sparse=asked.sparse, derived=asked.derived):
                return 1
            print()
            name = asked.study.name if asked.study else f"{rows:,.0f}"
            found[rows] = table(city, name, pages, hurry=asked.hurry, derived=asked.derived)
            shutil.rmtree(city)
    if len(found) > 1:
        exponents(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
