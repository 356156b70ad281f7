"""A progress bar on standard error, shown only in a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

WIDTH = 24


class ProgressLine:
    """A progress bar that is cleared at the end: `with ProgressLine() as line: line.show("读取", 0.4)`."""

    def __init__(self) -> None:
        """Check whether standard error is a terminal."""
        self._on = sys.stderr.isatty()

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
            sys.stderr.write(f"\r\033[K[{'█' * done}{'░' * (WIDTH - done)}] {share:4.0%} {what}")
            sys.stderr.flush()
