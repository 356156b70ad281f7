"""Seconds since 1970 that no change of the computer's clock moves while the process runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def _elapsed() -> float:
    """Return seconds since the start of the machine, time in standby included where the system counts it."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that is set once, at its start, and then counts.

    Attributes:
        wall: the computer's clock, read once.
        elapsed: a count that only grows.
    """

    wall: Callable[[], float] = time.time
    elapsed: Callable[[], float] = _elapsed
    _offset: float = field(init=False)

    def __post_init__(self) -> None:
        """Set the clock."""
        object.__setattr__(self, "_offset", self.wall() - self.elapsed())

    def now(self) -> float:
        """Return seconds since 1970."""
        return self._offset + self.elapsed()
