"""How much memory this machine, or the container that runs on it, has."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
BASE = 300 * 1024**2
"""What Python and its libraries take before any response is read."""
SHARE = 0.5
"""Share of the machine's memory that a command may take unless somebody says otherwise; others work on it too."""


CHECKED = 1 / 8
"""Share that checks of single responses may take on the way to a table; `silu derive` makes them beforehand."""


def machine_memory() -> int | None:
    """Return the bytes of memory of the machine or of the container, whichever are fewer; None where unknown."""
    found: list[int] = []
    with suppress(OSError, ValueError, AttributeError):  # Windows has no sysconf
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in CONTAINER:
        with suppress(OSError, ValueError):
            found.append(int(path.read_text()))
    return min(found, default=None)


def buffer_limit(wanted: int | None) -> int | None:
    """Return the bytes that an engine may take for its buffers.

    Args:
        wanted: what the command may take as a whole; a share of the machine when None.

    Returns:
        None where nothing was asked for and the machine's memory is unknown.
    """
    if wanted is None:
        there = machine_memory()
        wanted = None if there is None else int(there * SHARE)
    return None if wanted is None else max(wanted - BASE, wanted // 4)


def give_back() -> None:
    """Return the pages of memory that hold nothing to the system, which Arrow and the C library keep for later."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
