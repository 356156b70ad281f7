"""Disks: measure the rate of syncs, and slow a disk down by a fixed time per sync.

The same delay precedes each sync of the probe and of the inbox (its checkpoints too), so their ratio is that of a
machine with a disk as slow. The delay sleeps, as a thread sleeps while a real disk works.
"""

# ruff: noqa: N802, D102, D107 - the methods of a VFS have the names that SQLite gave them

from __future__ import annotations

import os
import time
from pathlib import Path

import apsw


def probe(folder: Path, seconds: float = 2.0, delay: float = 0.0) -> float:
    """Measure raw fdatasync calls per second, 1 kB each, into a file that is already long enough.

    Args:
        folder: a folder on the disk to measure.
        seconds: duration.
        delay: seconds added to each sync.
    """
    path = folder / "probe"
    path.write_bytes(bytes(1 << 22))
    handle = os.open(path, os.O_WRONLY)
    os.fsync(handle)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        os.pwrite(handle, b"x" * 1024, (count % 4096) * 1024)
        if delay:
            time.sleep(delay)
        os.fdatasync(handle)
        count += 1
    os.close(handle)
    return count / seconds


class SlowFile(apsw.VFSFile):
    """A file of the real disk with a delayed sync."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], delay: float) -> None:
        super().__init__("", name, flags)
        self.delay = delay

    def xSync(self, flags: int) -> None:
        time.sleep(self.delay)
        super().xSync(flags)


class SlowDisk(apsw.VFS):
    """The real disk with a delay at every sync.

    Args:
        delay: seconds.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        super().__init__("slow", base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> SlowFile:
        return SlowFile(name, flags, self.delay)

    def connect(self, path: Path) -> apsw.Connection:
        """Connect to this disk; exclusive, because shared memory does not pass through it."""
        connection = apsw.Connection(str(path), vfs="slow")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        return connection
