"""Coverage-guided fuzzing of all readers: `make fuzz MINUTES=60`, or `python -m benchmarks.fuzz_readers MINUTES NAME`.

MINUTES of CPU in total, shared evenly by the targets, one process each. Invariants: nothing but a SiluError leaves a
reader, and rows in = new + changed + unchanged + rejected. Inputs that break them are kept under `.make/fuzz/found`.
An input that kills a third-party parser, here in the fuzzer's own process, is tried again through the child process, as
in the product.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".make" / "fuzz"
NAMES = ("text", "json", "xlsx", "xls", "sav", "dta", "cells", "xlsform", "questionnaire", "mapping", "study")
LONGEST = 2**17
SLOW = 20  # seconds of one input that count as a finding
PATIENCE = 120  # seconds for the same input through the child, start and study included
MEMORY = 3000  # MB
ZIPPED = ("xlsx", "xlsform")


def place_of(error: BaseException) -> str:
    """Return the key of an error: its type, and the last line of our code that it passed."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if str(ROOT / "survey") in frame.filename]
    last = f"{Path(ours[-1].filename).relative_to(ROOT)}:{ours[-1].lineno}" if ours else "benchmarks"
    return f"{type(error).__name__} at {last}"


class Watched:
    """A target that counts its calls, keeps failing inputs, and runs until its CPU time is used."""

    def __init__(self, name: str, call: Callable[[Path, bytes], None], *, folder: Path, seconds: float) -> None:
        """Count from zero.

        Args:
            name: name of the target.
            call: the target.
            folder: folder for its files.
            seconds: CPU seconds.
        """
        self.name, self.call, self.folder, self.seconds = name, call, folder, seconds
        self.calls, self.reported, self.places = 0, 0.0, set[str]()

    def __call__(self, raw: bytes) -> None:
        """Run one input."""
        self.calls += 1
        try:
            self.call(self.folder, raw)
        except Exception as error:  # noqa: BLE001 - any error that is not ours is what is looked for
            self.keep(raw, error)
        if time.monotonic() - self.reported > 1:
            self.report()
            if time.process_time() > self.seconds:
                os._exit(0)  # libFuzzer counts wall time, and the machine may be busy

    def keep(self, raw: bytes, error: BaseException) -> None:
        """Write the input and the trace of an error not seen before."""
        place = place_of(error)
        if place in self.places:
            return
        self.places.add(place)
        found = KEPT / "found"
        found.mkdir(parents=True, exist_ok=True)
        stem = f"{self.name}-{hashlib.sha256(place.encode()).hexdigest()[:10]}"
        (found / f"{stem}.bin").write_bytes(raw)
        (found / f"{stem}.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        print(f"FOUND {self.name}: {place}", flush=True)

    def report(self) -> None:
        """Write the progress to a file, because libFuzzer ends the process without notice."""
        self.reported = time.monotonic()
        facts = {"calls": self.calls, "cpu": time.process_time(), "found": sorted(self.places)}
        (self.folder / "status.json").write_text(json.dumps(facts), encoding="utf-8")


def child(name: str, seconds: int, folder: Path) -> None:
    """Fuzz one target in this process; never returns."""
    import atheris

    with atheris.instrument_imports(include=["survey"]):
        from benchmarks import fuzz_targets
    fuzz_targets.parse_here()
    corpus = KEPT / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in fuzz_targets.seeds(name, folder):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    lines = [_escaped(word) for word in fuzz_targets.words(name, folder)]
    (folder / "words").write_text("\n".join(dict.fromkeys(lines)) + "\n", encoding="ascii")
    options = [f"-max_len={LONGEST}", f"-timeout={SLOW}", f"-rss_limit_mb={MEMORY}"]
    options += [f"-dict={folder / 'words'}", f"-artifact_prefix={KEPT}/crash-{name}-"]
    mutator: Mapping[str, Any] = {}
    if name in ZIPPED:
        mutator = {"custom_mutator": lambda raw, size, seed: fuzz_targets.inside_zip(raw, size, seed, atheris.Mutate)}
    watched = Watched(name, fuzz_targets.TARGETS[name], folder=folder, seconds=seconds)
    atheris.Setup(["fuzz", *options, str(corpus)], watched, **mutator)
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return '"' + "".join(f"\\x{byte:02X}" for byte in word[:60]) + '"'


def fuzz(name: str, seconds: float) -> tuple[int, float, list[str], list[str]]:
    """Run one target until its CPU time is used; restart a process that dies.

    Returns:
        Calls, CPU seconds, places of errors, names of kept inputs that killed the process.
    """
    calls, used, places, before = 0, 0.0, set[str](), set(KEPT.glob(f"crash-{name}-*"))
    while seconds - used > 1:
        with tempfile.TemporaryDirectory(prefix="silu-fuzz-") as folder:
            command = [
                sys.executable,
                "-m",
                "benchmarks.fuzz_readers",
                "--child",
                name,
                str(int(seconds - used)),
                folder,
            ]
            with (KEPT / f"{name}.log").open("ab") as log:
                subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
            status = Path(folder) / "status.json"
            if not status.is_file():
                places.add(f"did not start: see {name}.log")
                break
            facts = json.loads(status.read_text(encoding="utf-8"))
        calls, used, places = calls + facts["calls"], used + max(facts["cpu"], 1.0), places | set(facts["found"])
    killed = sorted(path.name for path in set(KEPT.glob(f"crash-{name}-*")) - before)
    return calls, used, sorted(places), killed


def again(name: str, path: Path) -> None:
    """Read one input as in the product, parsers in child processes with limits; raise what is not reported."""
    from benchmarks import fuzz_targets

    with tempfile.TemporaryDirectory(prefix="silu-fuzz-") as folder:
        fuzz_targets.TARGETS[name](Path(folder), path.read_bytes())


def survived(name: str, path: Path) -> bool:
    """Return whether an input that killed the fuzzer yields rows or a reported error through the child."""
    command = [sys.executable, "-m", "benchmarks.fuzz_readers", "--again", name, str(path)]
    try:
        with (KEPT / f"{name}.log").open("ab") as log:
            done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Run all targets, or those named; return 1 for an error of ours or an unreported failure."""
    if arguments[:1] == ["--child"]:
        child(arguments[1], int(arguments[2]), Path(arguments[3]))
        return 0
    if arguments[:1] == ["--again"]:
        again(arguments[1], Path(arguments[2]))
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: `make fuzz` installs it", file=sys.stderr)
        return 2
    minutes, names = float(arguments[0]) if arguments else 60.0, arguments[1:] or list(NAMES)
    KEPT.mkdir(parents=True, exist_ok=True)
    print("| target | inputs | CPU s | errors | killed a parser | … not reported through the child |", flush=True)
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    bad = 0
    for name in names:
        calls, used, places, killed = fuzz(name, minutes * 60 / len(names))
        lost = [path for path in killed if not survived(name, KEPT / path)]
        counts = f"{'; '.join(places) or 'none'} | {len(killed)} | {', '.join(lost) or 'none'}"
        print(f"| {name} | {calls:,} | {used:.0f} | {counts} |", flush=True)
        bad += len(places) + len(lost)
    kept = KEPT.relative_to(ROOT)
    print(f"\nInputs that killed a parser: {kept}/crash-*; errors of ours: {kept}/found; their output: {kept}/*.log")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
