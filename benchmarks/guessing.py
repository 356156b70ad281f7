"""Wrong passwords at a real dashboard: 10,000 with cheap hashes, and some with those of the product.

    python -m benchmarks.guessing                 # 10,000 with hashes of 8 KiB, 300 with those of the product
    python -m benchmarks.guessing --full 10000    # all at full cost: hours on a slow machine

Guesses come from 40 addresses over 24 connections, for known, unknown and disabled names in an order of chance; the
right user logs in from another address every second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import argon2

from accounts.audit.chain import log_files
from accounts.passwords import AT_ONCE, Hasher
from benchmarks.__main__ import machine
from reports.health.audit import check_log
from tests.accounts.conftest import CHEAP
from tests.security.dashboards import serving
from tests.security.guessing import KINDS, Siege, besiege, besieged_study, quantile

HEADINGS = ("hash", "guesses", "s", "a second", "checked", "locked", "sent again", "right user in", "median ms of them")
HEADINGS += ("95 % ms", "memory MB first tenth", "last tenth", "most")


def row(name: str, found: Siege) -> str:
    """Return the row of a run."""
    owner = [one.seconds * 1e3 for one in found.owner]
    tenth = max(1, len(found.memory) // 10)
    counts = [sum(one.status == status for one in found.answers) for status in (401, 429)]
    cells = [name, f"{len(found.answers):,}", f"{found.seconds:.0f}", f"{len(found.answers) / found.seconds:.0f}"]
    cells += [f"{one:,}" for one in counts] + [f"{found.refused:,}"]
    cells += [f"{sum(one.status == 303 for one in found.owner)} of {len(owner)}"]
    cells += [f"{median(owner):.0f}", f"{quantile(owner, 0.95):.0f}"]
    cells += [f"{median(found.memory[:tenth]):.0f}", f"{median(found.memory[-tenth:]):.0f}", f"{max(found.memory):.0f}"]
    return f"| {' | '.join(cells)} |"


def timing(name: str, found: Siege) -> str:
    """Return rows: how long a checked guess takes, by kind of name."""
    rows = []
    for kind in KINDS:
        taken = [1e3 * one for one in found.checked(kind)]
        share, chance = found.likelier_longer(kind)
        compared = "" if kind == "known" else f"{share:.3f}"
        rows.append(
            f"| {name} | {kind} | {len(taken):,} | {median(taken):.1f} | {compared} | {compared and f'{chance:.2f}'} |"
        )
    return "\n".join(rows)


def one_hash(method: argon2.PasswordHasher) -> float:
    """Return the median milliseconds of one hash."""
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        method.hash("Kp7x-Wm3q")
        taken.append(1e3 * (time.perf_counter() - began))
    return median(taken)


def run(method: argon2.PasswordHasher, count: int) -> tuple[Siege, str]:
    """Besiege a dashboard; return what came of it, and a line about its log."""
    with tempfile.TemporaryDirectory() as folder:
        study = besieged_study(Path(folder) / "study", Hasher(method))
        with serving(study, method) as served:
            found = besiege(served, count)
        checked = check_log(study)
        size = sum(path.stat().st_size for path in log_files(study)) / 2**20
        line = f"audit log: {checked.lines:,} records, {size:.1f} MB, {len(checked.faults)} faults"
    return found, line


def main(arguments: Sequence[str]) -> int:
    """Print the tables; return 1 where an answer tells names apart, or the right user was kept out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cheap", type=int, default=10_000, help="guesses with cheap hashes")
    parser.add_argument("--full", type=int, default=300, help="guesses with the hashes of the product")
    asked = parser.parse_args(arguments)
    full = argon2.PasswordHasher()
    print(machine())
    alone = one_hash(full)
    print(f"one hash of the product ({full.memory_cost // 1024} MiB, t={full.time_cost}, p={full.parallelism}):"
          f" {alone:.0f} ms; {AT_ONCE} at once")  # fmt: skip
    runs = {"8 KiB, t=1": run(CHEAP, asked.cheap), "product": run(full, asked.full)}
    print(f"\n| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    print(*(row(name, found) for name, (found, _) in runs.items()), sep="\n")
    print("\n| hash | name | checked | median ms | longer than for a known name | p |\n|---|---|---|---|---|---|")
    print(*(timing(name, found) for name, (found, _) in runs.items()), sep="\n")
    print()
    for name, (found, line) in runs.items():
        print(f"{name}: {len(found.words(401))} text for wrong ones, {len(found.words(429))} for locked ones; {line}")
    slow = runs["product"][0]
    print(f"10,000 at full cost would take {10_000 / len(slow.answers) * slow.seconds / 60:.0f} min on this machine")
    return int(any(len(one.words(401)) > 1 or {two.status for two in one.owner} - {303} for one, _ in runs.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
