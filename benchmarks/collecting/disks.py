"""Disks: how often one can sync, and one that is slower by so much at every sync.

The same delay stands before each sync of the probe and of the inbox (its checkpoints too), so their ratio is that of
a machine whose disk is as slow. The delay is slept, as a thread sleeps while a real disk works.
"""

# ruff: noqa: N802, D102, D107 - the methods of a VFS have the names that SQLite gave them

from __future__ import annotations

import os
import time
from pathlib import Path

import apsw


def probe(folder: Path, seconds: float = 2.0, delay: float = 0.0) -> float:
    """Raw fdatasync calls a second, 1 kB each into a file that is long enough already.

    Args:
        folder: on the disk to be looked at.
        seconds: how long.
        delay: seconds that each sync takes longer than it does.
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
    """A file of the real disk whose sync takes longer."""

    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], delay: float) -> None:
        super().__init__("", name, flags)
        self.delay = delay

    def xSync(self, flags: int) -> None:
        time.sleep(self.delay)
        super().xSync(flags)


class SlowDisk(apsw.VFS):
    """The real disk, slower at every sync.

    Args:
        delay: seconds.
    """

    def __init__(self, delay: float) -> None:
        self.delay = delay
        super().__init__("slow", base="")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> SlowFile:
        return SlowFile(name, flags, self.delay)

    def connect(self, path: Path) -> apsw.Connection:
        """A connection on this disk; exclusive, for shared memory does not go through it."""
        connection = apsw.Connection(str(path), vfs="slow")
        connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        return connection
