"""Checksum of a closed database, in a file beside it.

    decisions.sqlite.sha256     as `sha256sum` writes it and `sha256sum -c` reads it

A database changes in place, so its checksum is durably removed before the first write and written again after the last
one. A crash leaves a database without a checksum, never with a wrong one.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

from survey.host.disk import sha256_of, sync, write_whole

SUFFIX = ".sha256"
LINE = re.compile(r"([0-9a-f]{64})  (.+)\n")
TRIES, PAUSE = 8, 0.02
"""Readings of a database that others write, and the seconds by which the pause between them grows."""


def checksum_file(path: Path) -> Path:
    """Return the path of the checksum of a database."""
    return path.with_name(path.name + SUFFIX)


def unseal(path: Path) -> None:
    """Remove the checksum before a write.

    Raises:
        OSError: the checksum cannot be removed; do not write.
    """
    kept = checksum_file(path)
    if kept.exists():
        kept.unlink()
        sync(kept.parent)


def seal(path: Path) -> None:
    """Write the checksum of a database; the caller ensures that nobody writes meanwhile.

    Raises:
        OSError: it cannot be read or written.
    """
    line = f"{sha256_of(path)}  {path.name}\n"
    write_whole(checksum_file(path), lambda copy: copy.write_text(line, encoding="utf-8"))


def seal_if_closed(path: Path) -> None:
    """Write the checksum of a database with a write-ahead log, unless another connection has it open.

    Opening the database creates the log, and the first write removes the checksum. A connection that opens, writes and
    closes while the checksum is computed changes the modification time; then no checksum is written.

    Raises:
        OSError: it cannot be read or written.
    """
    log, before = path.with_name(f"{path.name}-wal"), path.stat().st_mtime_ns
    if log.exists():
        return
    seal(path)
    if log.exists() or path.stat().st_mtime_ns != before:
        unseal(path)


def copy_with_log(path: Path, folder: Path) -> Path:
    """Copy a database and its write-ahead log; SQLite cannot open one with a log on a disk that it cannot write.

    Raises:
        OSError: the files cannot be read, or the folder cannot be written.
    """
    copy = folder / path.name
    for ending in ("", "-wal"):
        source = path.with_name(path.name + ending)
        if source.exists():
            shutil.copyfile(source, copy.with_name(copy.name + ending))
    return copy


def is_as_sealed(path: Path) -> bool | None:
    """Return whether a database matches its checksum; None where it has none.

    A writer removes the checksum before its first write. So a difference counts only if the checksum stayed the same
    file while the database was read; otherwise both are read again.

    Raises:
        OSError: the database or the checksum cannot be read.
    """
    for attempt in range(TRIES):
        before = _checksum(path)
        if before is None:
            return None
        found = LINE.fullmatch(before[0])
        same = path.exists() and found is not None and found[2] == path.name and sha256_of(path) == found[1]
        if same or _checksum(path) == before:
            return same
        time.sleep(PAUSE * attempt)
    return None


def _checksum(path: Path) -> tuple[str, int, int] | None:
    """Return the checksum beside a database, with the inode and time of its file; None where there is none."""
    try:
        with checksum_file(path).open(encoding="utf-8", errors="replace") as file:
            facts = os.fstat(file.fileno())
            return file.read(), facts.st_ino, facts.st_mtime_ns
    except FileNotFoundError:
        return None
