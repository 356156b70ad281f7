"""Run commands periodically beside the receiver, each in its own process.

Coding and committing thousands of submissions, or copying them, must not slow the receiver, and a failure must not stop
it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Sequence

LOG = logging.getLogger("silu.collect")
FAILED = "failed, run the command to see why; nothing is lost"
HOUR = 3600.0


class Scheduler:
    """Runs a command of `silu` periodically.

    Args:
        command: arguments of `silu`.
        seconds: pause between the end of one run and the start of the next; 0 for never.
    """

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        """Create the scheduler without starting it."""
        self._command, self._seconds = tuple(command), seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=command[0], daemon=True)

    def start(self) -> None:
        """Start, unless the interval is 0."""
        if self._seconds:
            self._thread.start()

    def stop(self) -> None:
        """Wait for the current run and stop."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            words = [sys.executable, "-m", "cli", *self._command]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            printed = done.stdout.strip()
            # Standard error may contain answers, so it is not logged.
            failed = done.returncode > 1 or not printed
            level = logging.ERROR if failed else logging.INFO
            LOG.log(level, "%s: %s", self._command[0], " ".join(printed.split("\n")) or FAILED)
