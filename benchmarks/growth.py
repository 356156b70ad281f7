"""Memory of a dashboard over a day: 8 hours of 30 people who click once a minute, as fast as the server answers.

    python -m benchmarks.growth                    # a tenth of the clicks of a day, all pages of the demo city
    python -m benchmarks.growth --clicks 14400     # all of them
    python -m benchmarks.growth --study DIR --pages overview quality

People change the page every ten clicks and leave every fifty. The growth is the trend after the first tenth of the
clicks, which fills the caches, carried to 14,400 clicks; a short run fails only where that exceeds the limit by more
than twice its standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.dashboards.browser import Visitor
from benchmarks.dashboards.servers import Server, dashboard
from benchmarks.users import PAGES, demo

TABS = 12
"""Tabs at a time."""
PARTS = 10
DAY, LIMIT = 14_400, 50.0
"""Clicks of 8 hours, and MB by which a server may grow meanwhile."""


async def day(server: Server, pages: Sequence[str], clicks: int) -> list[tuple[int, float]]:
    """Spread many clicks over pages and tabs; return the memory in MB after each tenth of them."""
    seen = []
    for part in range(1, PARTS + 1):
        todo = asyncio.Semaphore(clicks // PARTS)
        await asyncio.gather(*(_tabs(server, pages, todo, random.Random(100 * part + at)) for at in range(TABS)))
        seen.append((part * (clicks // PARTS), server.memory()))
    return seen


def growth(seen: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return the trend of the memory carried to a day, in MB, and its standard error.

    Args:
        seen: clicks so far and memory in MB, three times or more.
    """
    at, memory = [clicks for clicks, _ in seen], [one for _, one in seen]
    slope, start = statistics.linear_regression(at, memory)
    off = sum((one - start - slope * clicks) ** 2 for clicks, one in seen) / (len(seen) - 2)
    spread = sum((clicks - statistics.fmean(at)) ** 2 for clicks in at)
    return slope * DAY, (off / spread) ** 0.5 * DAY


async def _tabs(server: Server, pages: Sequence[str], todo: asyncio.Semaphore, draw: random.Random) -> None:
    while not todo.locked():
        async with Visitor(server.port) as tab:
            for step in range(50):
                if todo.locked():
                    return
                await todo.acquire()
                await (tab.click() if step % 10 else tab.open(draw.choice(pages)))


def watch(study: Path, pages: Sequence[str], clicks: int) -> int:
    """Print the memory on the way; return 1 where it surely grows by more than the limit in a day."""
    with dashboard(study) as server:
        seen = asyncio.run(day(server, pages, clicks))
    print("| clicks | MB |\n|---|---|")
    for count, memory in seen:
        print(f"| {count:,} | {memory:.0f} |")
    more, error = growth(seen)
    print(f"\nGrowth in {DAY:,} clicks: {more:.0f} MB, standard error {error:.0f} (limit {LIMIT:.0f})")
    return int(more - 2 * error > LIMIT)


def main(arguments: Sequence[str]) -> int:
    """Run on a study, or on the demo city made for the purpose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--clicks", type=int, default=DAY // 10)
    asked = parser.parse_args(arguments)
    print(f"{machine()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        return watch(asked.study or demo(Path(scratch) / "demo"), asked.pages, asked.clicks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
