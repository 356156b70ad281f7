"""People who click at the same time: seconds until the page is complete, beside a plain Streamlit page in the same run.

    python -m benchmarks.users                     # the demo city, every page, 10 and 30 people
    python -m benchmarks.users --study DIR --pages overview quality --people 60 --seconds 30

Each person opens the page, then flips a filter, waits about five seconds and flips it back; both results are cached,
as they are for everybody but the first visitor. CPU is the server's own, all threads. The people run on the same cores
as the server, unlike browsers: "clients ms" is their CPU time for each click, which is part of what they wait for.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.dashboards.browser import Visitor
from benchmarks.dashboards.servers import Server, dashboard, hello
from views.shell import navigation

PAGES = tuple(path for pages in navigation.PAGES.values() for *_, path in pages)
PEOPLE = (10, 30)
PAUSE = 5.0
"""Mean seconds between the end of one click and the next."""
SECONDS = 15.0
"""How long people click on a page."""


@dataclass(frozen=True)
class Clicks:
    """What the people of one page saw.

    Attributes:
        taken: seconds of each click.
        cpu: CPU seconds of the server for all of them.
        clients: CPU seconds of the people's side for all of them.
        memory: MB of the server afterwards.
    """

    taken: Sequence[float]
    cpu: float
    clients: float
    memory: float

    def row(self, page: str, people: int) -> str:
        """Return a row of the table."""
        middle, late = statistics.median(self.taken), statistics.quantiles(self.taken, n=20)[-1]
        each = [spent / len(self.taken) for spent in (self.cpu, self.clients)]
        times = " | ".join(f"{one * 1e3:.0f}" for one in (middle, late, *each))
        return f"| {page} | {people} | {len(self.taken)} | {times} | {self.memory:.0f} |"


async def crowd(server: Server, page: str, people: int, seconds: float) -> Clicks:
    """Let people click on a page for a while."""
    tabs = [Visitor(server.port) for _ in range(people)]
    for tab in tabs:
        await tab.__aenter__()
        await tab.open(page)
    await tabs[0].click()
    await tabs[0].click()
    start, own = server.cpu(), time.process_time()
    taken = await asyncio.gather(*(_person(tab, random.Random(at), seconds) for at, tab in enumerate(tabs)))
    spent, own = server.cpu() - start, time.process_time() - own
    for tab in tabs:
        await tab.__aexit__(None, None, None)
    return Clicks([one for some in taken for one in some], spent, own, server.memory())


async def _person(tab: Visitor, draw: random.Random, seconds: float) -> list[float]:
    clock, taken = asyncio.get_running_loop().time, []
    until = clock() + seconds
    while True:
        await asyncio.sleep(draw.uniform(0, 2 * PAUSE))
        if clock() > until:
            return taken
        taken.append(await tab.click())


def measure(
    study: Path, pages: Sequence[str], people: Sequence[int], seconds: float, folder: Path, *, alone: bool = False
) -> None:
    """Print the table of clicks; `alone` leaves out plain Streamlit."""
    heads = ("page", "people", "clicks", "median ms", "p95 ms", "CPU ms a click", "clients ms", "MB")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for count in people:
        if not alone:
            with hello(folder) as server:
                print(asyncio.run(crowd(server, "", count, seconds)).row("plain Streamlit", count), flush=True)
        with dashboard(study) as server:
            for page in pages:
                print(asyncio.run(crowd(server, page, count, seconds)).row(page, count), flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run on a study, or on the demo city made for the purpose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--people", nargs="+", type=int, default=PEOPLE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--alone", action="store_true", help="leave out plain Streamlit, for few pages in a short time")
    asked = parser.parse_args(arguments)
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        study = asked.study or demo(Path(scratch) / "demo")
        measure(study, asked.pages, asked.people, asked.seconds, Path(scratch), alone=asked.alone)
    return 0


def demo(root: Path) -> Path:
    """Make the city of `silu demo`."""
    from cli import main as silu

    assert silu(["mock", str(root)]) == 0
    return root


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
