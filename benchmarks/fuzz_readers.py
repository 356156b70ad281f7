"""Fuzz the readers for as long as wanted: `python -m benchmarks.fuzz_readers [examples]` (default 2,000 a test).

The properties of tests/survey/readers/test_fuzz.py: no crash; every row of a file is stored, unchanged or rejected.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

TEST = Path(__file__).parent.parent / "tests" / "survey" / "readers" / "test_fuzz.py"


def main(arguments: list[str]) -> int:
    """Run the fuzz tests and print one line of a Markdown table."""
    examples = arguments[0] if arguments else "2000"
    command = [sys.executable, "-m", "pytest", str(TEST), "-q", "-p", "no:xdist", "-x", "-o", "timeout=0"]
    begun = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, "SILU_FUZZ": examples}, check=False)
    print("| examples a test | minutes | result |\n| --- | --- | --- |")
    print(
        f"| {examples} | {(time.perf_counter() - begun) / 60:.1f} | {'clean' if done.returncode == 0 else 'FAILED'} |"
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
