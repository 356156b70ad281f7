"""Run benchmarks, one process each: those named, or all that documents show and every other one without options.

python -m benchmarks [NAME ...]            # print
python -m benchmarks --keep [NAME ...]     # and keep the tables in benchmarks/results.json and in the documents
python -m benchmarks --check [NAME ...]    # and compare their ratios with the kept ones; 1 where one grew
python -m benchmarks --keep pages -- --rows 1e6 --hurry     # with options of their own

A name stands for every command with it that documents show (`benchmarks.documented`), else for itself.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.markers import Marker

from benchmarks import documented, results

HERE = Path(__file__).parent
OTHERWISE = ("against", "documented", "house", "large_store", "pictures", "results")
"""Modules that measure nothing by themselves: one needs another checkout, three write or draw for the documents."""


def machine() -> str:
    """Describe in one line the machine of the run."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, load {load:.1f}"


def known() -> list[str]:
    """Return the names of the benchmarks: the modules that can be run, without fuzzing, which has a make target."""
    found = (path for path in HERE.glob("*.py") if not path.stem.startswith(("__", "fuzz_")))
    return sorted(path.stem for path in found if path.stem not in OTHERWISE and "__main__" in path.read_text("utf-8"))


def lacking() -> list[str]:
    """Return the rivals and tools of requirements/bench.in that are not installed."""
    found = []
    for line in (HERE.parent / "requirements" / "bench.in").read_text("utf-8").splitlines():
        name, _, marker = line.partition("#")[0].partition(";")
        if name.strip() and not name.startswith("-") and (not marker or Marker(marker).evaluate()):
            try:
                version(name.strip())
            except PackageNotFoundError:
                found.append(name.strip())
    return found


def run(name: str, options: Sequence[str] = ()) -> tuple[str, bool]:
    """Run one benchmark; show its lines as they come, and return them and whether it ended well."""
    print(f"\n## {' '.join((name, *options))}\n", flush=True)
    lines = []
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines), process.returncode == 0


def divided(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the arguments before the first `--`, and those behind it, which are for the benchmarks."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def asked_for(names: Sequence[str], options: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the commands to run: a name and its options each.

    Args:
        names: of benchmarks; all when empty.
        options: of all of them; those that documents show when empty.
    """
    shown = [tuple(command.split()) for command in documented.commands()]
    found = list[tuple[str, ...]]()
    for name in names or known():
        own = [command for command in shown if command[0] == name]
        found += [(name, *options)] if options or not own else own
    return found


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks; return the number of those that failed, or of the ratios that grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*known(), []], metavar="NAME", help=", ".join(known()))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--keep", action="store_true")
    what.add_argument("--check", action="store_true")
    own, options = divided(arguments)
    asked = parser.parse_args(own)
    print(machine(), flush=True)
    if absent := lacking():
        print(f"not installed, so that some benchmarks fail: {', '.join(absent)} (requirements/bench.txt)", flush=True)
    failed, fresh = 0, dict[str, list[results.Table]]()
    for name, *chosen in asked_for(asked.names, options):
        here, command = machine(), " ".join((name, *chosen))
        printed, well = run(name, chosen)
        failed += not well
        if well:
            fresh[command] = results.tables(printed)
        if well and asked.keep:  # at once: `scale` draws from what `cells` has kept
            results.keep(here, {command: fresh[command]})
            documented.fill()
    grown = results.slower(results.read(), fresh) if asked.check else []
    print(*grown, sep="\n", end="\n" if grown else "", file=sys.stderr)
    return failed + len(grown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
