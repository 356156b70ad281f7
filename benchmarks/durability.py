"""What a durable and verifiable import costs, beside the import of an earlier revision in the same run.

    python -m benchmarks.durability [--before REVISION] [--rows 100000] [--rounds 9]

Both take turns, one fresh process each, from the start of the imports of Python to a committed store on a real disk.
Wall time counts, for a sync is waited for and takes no processor; the least of the rounds is the one that others
disturbed least. The default revision is the last one that acknowledged before syncing.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.import_ import make_study, write

TARGET = 1.15
BEFORE = "f797ead"
ROOT = Path(__file__).parents[1]
WORK = """
import json, resource, sys, time
from pathlib import Path
start = time.perf_counter()
try:
    from survey.importing.ingest import import_files
    from survey.study.study import load_study
except ImportError:  # before the modules moved
    from survey.ingest import import_files
    from survey.study import load_study
done = import_files(load_study(Path(sys.argv[1])), [Path(sys.argv[2])], "W1", mode="online")
assert done.preview.rejected == 0, done.preview.issues
wall = time.perf_counter() - start
usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"wall": wall, "cpu": sum(one.ru_utime + one.ru_stime for one in usage)}))
"""


def check_out(revision: str, folder: Path) -> None:
    """Write the tree of a revision to a folder."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def measure(code: Path, template: Path, path: Path) -> dict[str, float]:
    """Return the seconds of one import into an empty study, in a fresh process that runs the code of a folder."""
    study = template.with_name("study")
    shutil.rmtree(study, ignore_errors=True)
    shutil.copytree(template, study)
    command = [sys.executable, "-c", WORK, str(study), str(path)]
    done = subprocess.run(command, cwd=code, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    seconds: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return seconds


def line(path: Path, rows: int, found: dict[str, list[dict[str, float]]]) -> tuple[str, float]:
    """Return a line of the table, and the ratio of the least wall times."""
    before, now = ([one["wall"] for one in found[way]] for way in ("before", "now"))
    cpu = [min(one["cpu"] for one in found[way]) for way in ("before", "now")]
    least = min(now) / min(before)
    return (
        f"| {path.suffix[1:]} {rows:,} rows | {len(now)} | {min(before):.2f}, {min(now):.2f} | {least:.2f} "
        f"| {median(before):.2f}, {median(now):.2f} | {median(now) / median(before):.2f} "
        f"| {cpu[0]:.2f}, {cpu[1]:.2f} | <= {TARGET} |"
    ), least


def main(arguments: list[str]) -> int:
    """Print the table; return 1 when the target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", default=BEFORE)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args(arguments)
    missed = 0
    print("| file | rounds | least s before, now | ratio | median s before, now | ratio | CPU s | target |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_out(args.before, folder / "code")
        make_study(folder / "template")
        ways = {"before": folder / "code", "now": ROOT}
        for suffix in ("csv", "xlsx"):
            path = folder / f"answers.{suffix}"
            write(path, args.rows)
            found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
            for _ in range(args.rounds):
                for way, code in ways.items():
                    found[way].append(measure(code, folder / "template", path))
            text, least = line(path, args.rows, found)
            print(text, flush=True)
            missed += least > TARGET
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
