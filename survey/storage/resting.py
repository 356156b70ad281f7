"""Checksum of a database that nobody has open, in a file beside it.

    decisions.sqlite.sha256     as `sha256sum` writes it and `sha256sum -c` reads it

A database changes in place. Its checksum is therefore taken away, and that is on the disk, before the first write, and
given again after the last one. A crash leaves a database without a checksum, never one with a wrong one.
"""

from __future__ import annotations

import re
from pathlib import Path

from survey.disk import sha256_of, sync, write_whole

SUFFIX = ".sha256"
LINE = re.compile(r"([0-9a-f]{64})  (.+)\n")


def checksum_file(path: Path) -> Path:
    """Where the checksum of a database lies."""
    return path.with_name(path.name + SUFFIX)


def unseal(path: Path) -> None:
    """Take the checksum away, before a write.

    Raises:
        OSError: it cannot be removed; nothing may be written then.
    """
    kept = checksum_file(path)
    if kept.exists():
        kept.unlink()
        sync(kept.parent)


def seal(path: Path) -> None:
    """Give a database its checksum; the caller makes sure that nobody writes meanwhile.

    Raises:
        OSError: it cannot be read or written.
    """
    line = f"{sha256_of(path)}  {path.name}\n"
    write_whole(checksum_file(path), lambda copy: copy.write_text(line, encoding="utf-8"))


def seal_if_closed(path: Path) -> None:
    """Give a database with a write-ahead log its checksum, unless another connection has it open.

    Whoever opens it makes the log, and takes the checksum away before the first write. One that opens, writes and
    closes while the checksum is made leaves another time behind: then there is none.

    Raises:
        OSError: it cannot be read or written.
    """
    log, before = path.with_name(f"{path.name}-wal"), path.stat().st_mtime_ns
    if log.exists():
        return
    seal(path)
    if log.exists() or path.stat().st_mtime_ns != before:
        unseal(path)


def is_as_sealed(path: Path) -> bool | None:
    """Whether a database is what was sealed; None where it has no checksum.

    Raises:
        OSError: one of the two cannot be read.
    """
    kept = checksum_file(path)
    if not kept.exists():
        return None
    found = LINE.fullmatch(kept.read_text(encoding="utf-8", errors="replace"))
    return path.exists() and found is not None and found[2] == path.name and sha256_of(path) == found[1]
