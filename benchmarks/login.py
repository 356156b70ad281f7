"""What a login adds to a rerun: two dashboards of one city, with and without accounts, clicked in turn.

    python -m benchmarks.login               # a small mock city
    python -m benchmarks.login --study DIR   # a study, of which two copies are made

CPU is the server's own, all threads. The parts are measured alone, in this process: the look-up when a message arrives
and the look-up when the page runs; whatever else acts for a visitor asks the person of the run.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from accounts.entry import Entry, entry_of
from accounts.passwords import one_time_password
from accounts.sessions import key_of
from accounts.users import User, add_users
from benchmarks.__main__ import machine
from benchmarks.dashboards.browser import Visitor
from benchmarks.dashboards.servers import Server, dashboard
from commands.upkeep.demo import prepare
from survey.host.access import Role
from views.door.door import Doorway

CLICKS = 40
LIMIT = 10.0
"""Milliseconds that a login may add to a rerun."""


@dataclass
class Clicks:
    """Seconds of each click, and the server's CPU seconds for all of them."""

    taken: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def row(self, name: str) -> str:
        """Return a row of the table."""
        each = self.cpu / len(self.taken)
        return f"| {name} | {len(self.taken)} | {statistics.median(self.taken) * 1e3:.1f} | {each * 1e3:.1f} |"


def logged_in(study: Path) -> tuple[Entry, str, str]:
    """Make an account for an analyst and log in; return the accounts, the name of the cookie, and the token."""
    entry, password = entry_of(study), one_time_password()
    entry.file.make()
    now = entry.clock.now()
    add_users(entry.file, [(User("ana", role=Role.ANALYST, made=now, changed=now), entry.hasher.hash(password))])
    return entry, Doorway(entry, study).cookie, entry.log_in("ana", password, "127.0.0.1")


async def click(servers: Sequence[tuple[Server, dict[str, str]]], page: str) -> list[Clicks]:
    """Click on a page of each server in turn."""
    found = [Clicks() for _ in servers]
    tabs = [Visitor(server.port, headers) for server, headers in servers]
    for tab in tabs:
        await tab.__aenter__()
        for _ in range(4):
            await tab.open(page)
            await tab.click()
    for _ in range(CLICKS):
        for tab, (server, _), clicks in zip(tabs, servers, found, strict=True):
            before = server.cpu()
            clicks.taken.append(await tab.click())
            clicks.cpu += server.cpu() - before
    for tab in tabs:
        await tab.__aexit__(None, None, None)
    return found


def look_ups(entry: Entry, token: str) -> float:
    """Return the milliseconds of the two look-ups of a rerun."""
    taken = []
    for _ in range(200):
        start = time.perf_counter()
        for _ in range(2):
            assert entry.find(key_of(token)) is not None
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1e3


def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 1 where the CPU of a login is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path)
    parser.add_argument("--page", default="overview")
    asked = parser.parse_args(arguments)
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        studies = [Path(folder) / name for name in ("open", "closed")]
        if asked.study is None:
            prepare(studies[0])
        else:
            shutil.copytree(asked.study, studies[0])
        shutil.copytree(studies[0], studies[1])
        entry, cookie, token = logged_in(studies[1])
        with dashboard(studies[0]) as first, dashboard(studies[1]) as second:
            headers: list[dict[str, str]] = [{}, {"Cookie": f"{cookie}={token}"}]
            open_, closed = asyncio.run(click(list(zip((first, second), headers, strict=True)), asked.page))
        alone = look_ups(entry, token)
    added = (closed.cpu - open_.cpu) / CLICKS * 1e3
    print("\n| dashboard | clicks | median ms | CPU ms a click |\n|---|---|---|---|")
    print(open_.row("no accounts"), closed.row("logged in"), sep="\n")
    print(
        f"\nA login adds {added:.1f} ms of CPU to a rerun (limit {LIMIT:.0f}); the look-ups alone take {alone:.2f} ms"
    )
    return int(added > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
