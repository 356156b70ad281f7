"""Residents behind one carrier address and scripts of fifty addresses, played through the real receiver and drained.

    python -m benchmarks.stuffing

One table: what is set apart of each, and the CPU of looking for it. Times are those of the play (a clock of its own);
the durations that the phones state are all plausible.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from survey.collect.draining.bursts_apart import bursts_of
from survey.collect.inbox.sqlite import SqliteBackend
from tests.survey.collect.stuffed import Act, residents, script, submit
from tests.survey.collect.town import make_town

ADDRESSES, EACH, HONEST, HOUSEHOLDS = 50, 200, 300, 200
SCRIPTS = {"4 s": 4.0, "10 min": 600.0, "1 h": 3600.0}


def plays(chance: random.Random) -> Iterator[tuple[str, list[Act]]]:
    """Yield the name of each play and its submissions."""
    people = residents("203.0.113.9", HONEST, chance)
    homes = [act for at in range(HOUSEHOLDS) for act in residents(f"192.0.{at}.5", 1, chance)]
    yield "residents alone", people
    for name, seconds in SCRIPTS.items():
        attack = script(ADDRESSES, EACH, seconds, chance)
        yield f"script within {name}, residents, {HOUSEHOLDS} households", [*people, *homes, *attack]


def main() -> None:
    """Print the table."""
    print("| play | submissions | script set apart | others set apart | CPU s of the search |\n|---|---|---|---|---|")
    chance = random.Random(14)
    for name, acts in plays(chance):
        with tempfile.TemporaryDirectory() as folder:
            study = make_town(Path(folder) / "town", "burst = 1000000")
            statuses = submit(study, acts, time.time() - 7200, chance)
            assert set(statuses) == {201}, statuses
            backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
            began = time.process_time()
            found = frozenset().union(*(one.responses for one in bursts_of(study, backend, 0, 1 << 40)))
            seconds = time.process_time() - began
            backend.close()
        scripted = {act.identity for act in acts if act.opened is None}
        caught = f"{len(found & scripted) / len(scripted):.2%} of {len(scripted):,}" if scripted else "–"
        others = f"{len(found - scripted)} of {len(acts) - len(scripted):,}"
        print(f"| {name} | {len(acts):,} | {caught} | {others} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
