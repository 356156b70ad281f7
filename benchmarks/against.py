"""CPU seconds of user commands in this checkout beside another checkout, in alternating runs.

`python -m benchmarks.against OTHER [--runs N]`. Each checkout draws and imports its own demo city with its own code;
every command then runs N times in each, turn about, so that a busy minute weighs on both. The ratio is of the medians.
Both keep their compiled modules in the scratch folder, as an installed program has its own compiled: where Python may
write none (PYTHONDONTWRITEBYTECODE), compiling 400 modules at every start would be most of what is measured.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parents[1]
PAGE = """
from streamlit.testing.v1 import AppTest
page = AppTest.from_file("app.py", default_timeout=300).run()
assert not page.exception, page.exception
"""

COMMANDS: dict[str, tuple[str, ...]] = {
    "silu --help": ("cli.py", "--help"),
    "silu rates --help": ("cli.py", "rates", "--help"),
    "silu rates": ("cli.py", "rates", "--study", "{study}"),
    "silu rates --by district": ("cli.py", "rates", "--by", "district", "--study", "{study}"),
    "silu weak": ("cli.py", "weak", "--study", "{study}"),
    "silu pass": ("cli.py", "pass", "--study", "{study}"),
    "silu text": ("cli.py", "text", "--study", "{study}"),
    "silu quality": ("cli.py", "quality", "--study", "{study}"),
    "first view of 总览": ("-c", PAGE),
}


def child_seconds(checkout: Path, words: Sequence[str], study: Path) -> float:
    """Run one command in a checkout and return its CPU seconds.

    Raises:
        RuntimeError: the command ended with a code other than 0 (fine) or 1 (done, with findings).
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *(word.replace("{study}", str(study)) for word in words)],
        cwd=checkout,
        env={
            **os.environ,
            "SILU_STUDY": str(study),
            "PYTHONPATH": str(checkout),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(study.parent / "compiled"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise RuntimeError(f"{checkout.name}: {' '.join(words)}: {done.stderr[-800:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def draw(checkout: Path, study: Path) -> None:
    """Draw the demo city, answers imported, with the code of a checkout."""
    child_seconds(checkout, ("cli.py", "mock", str(study)), study)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        places = {HERE: Path(scratch) / "here", args.other.resolve(): Path(scratch) / "other"}
        for checkout, study in places.items():
            draw(checkout, study)
        print("| command | other, CPU s | here, CPU s | ratio |\n|---|---|---|---|", flush=True)
        for name, words in COMMANDS.items():
            if args.only in name:
                seconds: dict[Path, list[float]] = {checkout: [] for checkout in places}
                for turn in range(args.runs + 1):
                    for checkout, study in places.items():
                        spent = child_seconds(checkout, words, study)
                        if turn:  # the first run fills caches
                            seconds[checkout].append(spent)
                here, other = (statistics.median(seconds[checkout]) for checkout in places)
                print(f"| {name} | {other:.3f} | {here:.3f} | {here / other:.2f} |", flush=True)


if __name__ == "__main__":
    main()
