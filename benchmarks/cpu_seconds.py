"""CPU seconds of a task."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

Result = TypeVar("Result")


def cpu(task: Callable[[], Result], repeats: int = 3) -> tuple[float, Result]:
    """Return the median CPU seconds of a task, all threads of this process, and its last result."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        result = task()
        taken.append(time.process_time() - start)
    return median(taken), result
