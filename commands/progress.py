"""A progress bar on standard error; silent where nobody is looking."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

WIDTH = 24


class ProgressLine:
    """`with Bar() as bar: bar.show("读取", 0.4)`; cleared at the end, so that the result stands alone."""

    def __init__(self) -> None:
        """Drawn only on a terminal."""
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Self:
        """The bar."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Clear the line, also when an error ends the work."""
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def show(self, what: str, share: float) -> None:
        """Draw.

        Args:
            what: what is being done.
            share: how much is done, 0 to 1.
        """
        if self._on:
            done = round(max(0.0, min(share, 1.0)) * WIDTH)
            sys.stderr.write(f"\r\033[K[{'█' * done}{'░' * (WIDTH - done)}] {share:4.0%} {what}")
            sys.stderr.flush()
