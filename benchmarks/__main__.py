"""`python -m benchmarks [NAME ...]`: run all benchmarks, or those named, one process each."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def machine() -> str:
    """Describe in one line the machine of the run."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, load {load:.1f}"


def main(names: list[str]) -> int:
    """Run the benchmarks; return the number of those that failed."""
    # fuzzing has its own make target: it needs an extra package, and an hour
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith(("__", "fuzz_")))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(machine(), flush=True)
    failed = 0
    for name in names or known:
        print(f"\n## {name}\n", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=HERE.parent, check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
