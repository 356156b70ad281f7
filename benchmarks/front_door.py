"""Start-up time for a statistician: each line in a fresh interpreter, CPU seconds, median of five.

    python -m benchmarks.front_door

"from the start" counts the interpreter and every import; "after Python" is the part above an empty program.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

ROOT = Path(__file__).parent.parent
FRAME = "import pandas as pd; frame = pd.read_csv('tests/golden/nhanes.csv')"
DECLARE = (
    "from analysis import survey_design; d = survey_design(frame, strata='SDMVSTRA', psu='SDMVPSU', weight='WTMEC2YR')"
)
STEPS = {
    "empty program": "",
    "import analysis": "import analysis",
    "frame read by pandas": FRAME,
    "first survey_design": f"{FRAME}; {DECLARE}",
    "first rates": f"{FRAME}; {DECLARE}; d.rates('HI_CHOL', 'race')",
    "first compare": f"{FRAME}; {DECLARE}; d.compare('HI_CHOL', 'race')",
    "first regress": f"{FRAME}; {DECLARE}; d.regress('HI_CHOL ~ C(race) + C(RIAGENDR)')",
}
LIMITS = {"import analysis": 0.05, "first survey_design": 1.0}
"""Limit of CPU seconds after Python."""


def seconds(*words: str) -> float:
    """Return the median CPU seconds of a command."""
    taken = []
    for _ in range(5):
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        after = getrusage(RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(taken)


def main() -> int:
    """Print the table; return 1 where a limit is missed."""
    print("| step | CPU s from the start | after Python | limit |\n|---|---|---|---|")
    spent = {name: seconds("-c", code) for name, code in STEPS.items()}
    bare = spent["empty program"]
    for name, taken in spent.items():
        print(f"| {name} | {taken:.3f} | {taken - bare:.3f} | {LIMITS.get(name, '')} |")
    helped = seconds("cli.py", "--help")
    print(f"| silu --help | {helped:.3f} | {helped - bare:.3f} | 0.12 from the start |")
    late = [name for name, limit in LIMITS.items() if spent[name] - bare > limit]
    print(f"\nMissed: {', '.join(late)}" if late else "\nAll within their limits.")
    return bool(late)


if __name__ == "__main__":
    sys.exit(main())
