"""A progress bar on standard error, with the time left, shown only in a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

WIDTH = 24
LONG, KNOWN = 5.0, 0.05
"""Seconds so far, and completed share, from which on the time left is worth stating."""


class ProgressLine:
    """A progress bar that is cleared at the end: `with ProgressLine() as line: line.show("读取", 0.4)`."""

    def __init__(self) -> None:
        """Check whether standard error is a terminal."""
        self._on, self._start = sys.stderr.isatty(), time.monotonic()

    def __enter__(self) -> Self:
        """Return the bar."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Clear the line, also after an error."""
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def show(self, what: str, share: float) -> None:
        """Draw the bar.

        Args:
            what: the current step.
            share: completed share, in [0, 1].
        """
        if self._on:
            done = round(max(0.0, min(share, 1.0)) * WIDTH)
            left = time_left(time.monotonic() - self._start, share)
            sys.stderr.write(f"\r\033[K[{'█' * done}{'░' * (WIDTH - done)}] {share:4.0%} {what}{left}")
            sys.stderr.flush()

    def wait(self, what: str) -> None:
        """Write what is waited for, where nobody knows how much of it is done."""
        if self._on:
            sys.stderr.write(f"\r\033[K{what}……")
            sys.stderr.flush()


def time_left(taken: float, share: float) -> str:
    """Return the time left in words, in proportion to the time taken; "" where it is short or not known yet.

    Args:
        taken: seconds so far.
        share: completed share, in [0, 1].
    """
    if taken < LONG or not KNOWN <= share < 1:
        return ""
    seconds = taken * (1 - share) / share
    return f"，还要约 {round(seconds)} 秒" if seconds < 60 else f"，还要约 {round(seconds / 60)} 分钟"
