"""A clock that starts `silu drain` now and then while the receiver runs, in a process of its own.

Coding and committing thousands of answers must not take the receiver's time, and if it fails the receiver goes on.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

LOG = logging.getLogger("silu.collect")
FAILED = "failed, run silu drain to see why; the answers wait in the inbox"


class Drainer:
    """Runs a drain every so many seconds.

    Args:
        study: folder of the study.
        seconds: between the end of one drain and the start of the next; 0 for never.
    """

    def __init__(self, study: Path, seconds: float) -> None:
        """Start nothing yet."""
        self._study, self._seconds = study, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drainer", daemon=True)

    def start(self) -> None:
        """Begin, unless the interval is 0."""
        if self._seconds:
            self._thread.start()

    def stop(self) -> None:
        """Wait for a drain under way and end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            done = subprocess.run(
                [sys.executable, "-m", "cli", "drain", str(self._study)], capture_output=True, text=True, check=False
            )
            told = done.stdout.strip()
            # What went wrong stands on standard error, with values of answers in it: no matter for a log.
            failed = done.returncode > 1 or not told
            LOG.log(logging.ERROR if failed else logging.INFO, "drain: %s", " ".join(told.split("\n")) or FAILED)
