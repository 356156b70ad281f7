"""People who click at the same time: seconds until the page is complete, beside a plain Streamlit page in the same run.

    python -m benchmarks.users                     # the demo city, 10, 30 and 60 people
    python -m benchmarks.users --study DIR --pages overview quality --people 30
    python -m benchmarks.users --clicks 14400      # memory: 8 hours of 30 people who click once a minute

Each person opens the page, then flips a filter, waits about five seconds and flips it back; both results are cached,
as they are for everybody but the first visitor. CPU is the server's own, all threads. For the memory, people click as
fast as the server answers, change the page every ten clicks and leave every fifty; the growth counts from the time
when every page has been seen by everybody.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.dashboards.browser import Visitor
from benchmarks.dashboards.servers import Server, dashboard, hello

PAGES = ("overview", "weak_areas", "change", "voices", "quality", "ledger")
PEOPLE = (10, 30, 60)
PAUSE = 5.0
"""Mean seconds between the end of one click and the next."""
SECONDS = 15.0
"""How long people click on a page."""
TABS = 12
"""Tabs at a time while memory is watched."""
LIMIT = 50.0
"""MB by which a server may grow in 8 hours."""


@dataclass(frozen=True)
class Clicks:
    """What the people of one page saw: seconds of each click, and the server's CPU seconds for all of them."""

    taken: Sequence[float]
    cpu: float

    def row(self, page: str, people: int) -> str:
        """Return a row of the table."""
        middle, late = statistics.median(self.taken), statistics.quantiles(self.taken, n=20)[-1]
        each = self.cpu / len(self.taken)
        return f"| {page} | {people} | {len(self.taken)} | {middle * 1e3:.0f} | {late * 1e3:.0f} | {each * 1e3:.0f} |"


async def crowd(server: Server, page: str, people: int) -> Clicks:
    """Let people click on a page for a while."""
    tabs = [Visitor(server.port) for _ in range(people)]
    for tab in tabs:
        await tab.__aenter__()
        await tab.open(page)
    await tabs[0].click()
    await tabs[0].click()
    start = server.cpu()
    taken = await asyncio.gather(*(_person(tab, random.Random(at)) for at, tab in enumerate(tabs)))
    spent = server.cpu() - start
    for tab in tabs:
        await tab.__aexit__(None, None, None)
    return Clicks([one for some in taken for one in some], spent)


async def _person(tab: Visitor, draw: random.Random) -> list[float]:
    clock, taken = asyncio.get_running_loop().time, []
    until = clock() + SECONDS
    while True:
        await asyncio.sleep(draw.uniform(0, 2 * PAUSE))
        if clock() > until:
            return taken
        taken.append(await tab.click())


async def day(server: Server, pages: Sequence[str], clicks: int) -> list[tuple[int, float]]:
    """Spread many clicks over pages and tabs; return the memory in MB after each fifth of them."""
    seen = []
    for part in range(6):  # the first part fills the caches
        todo = asyncio.Semaphore(clicks // 5)
        await asyncio.gather(*(_tabs(server, pages, todo, random.Random(100 * part + at)) for at in range(TABS)))
        seen.append((part * clicks // 5, server.memory()))
    return seen


async def _tabs(server: Server, pages: Sequence[str], todo: asyncio.Semaphore, draw: random.Random) -> None:
    while not todo.locked():
        async with Visitor(server.port) as tab:
            for step in range(50):
                if todo.locked():
                    return
                await todo.acquire()
                await (tab.click() if step % 10 else tab.open(draw.choice(pages)))


def measure(study: Path, pages: Sequence[str], people: Sequence[int], folder: Path) -> None:
    """Print the table of clicks."""
    print("| page | people | clicks | median ms | p95 ms | CPU ms a click |\n|---|---|---|---|---|---|")
    for count in people:
        with hello(folder) as server:
            print(asyncio.run(crowd(server, "", count)).row("plain Streamlit", count), flush=True)
        with dashboard(study) as server:
            for page in pages:
                print(asyncio.run(crowd(server, page, count)).row(page, count), flush=True)


def watch(study: Path, pages: Sequence[str], clicks: int) -> int:
    """Print the memory on the way; return 1 where it grows by more than the limit in 14,400 clicks."""
    with dashboard(study) as server:
        seen = asyncio.run(day(server, pages, clicks))
    print("| clicks | MB |\n|---|---|")
    for count, memory in seen:
        print(f"| {count:,} | {memory:.0f} |")
    growth = seen[-1][1] - seen[0][1]
    print(f"\nGrowth over {clicks:,} clicks: {growth:.0f} MB (limit {LIMIT:.0f} in 14,400)")
    return int(growth > LIMIT)


def main(arguments: Sequence[str]) -> int:
    """Run on a study, or on the demo city made for the purpose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--people", nargs="+", type=int, default=PEOPLE)
    parser.add_argument("--clicks", type=int, default=0)
    asked = parser.parse_args(arguments)
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        study = asked.study or demo(Path(scratch) / "demo")
        if asked.clicks:
            return watch(study, asked.pages, asked.clicks)
        measure(study, asked.pages, asked.people, Path(scratch))
    return 0


def demo(root: Path) -> Path:
    """Make the city of `silu demo`."""
    from cli import main as silu

    assert silu(["mock", str(root)]) == 0
    return root


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
