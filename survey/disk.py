"""What is on the disk: files put in their place whole, names of folders synced, checksums, one writer at a time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

PREFIX = ".copy-"
"""How the name of a copy begins that is not yet in its place."""


def write_whole(kept: Path, fill: Callable[[Path], object]) -> Path:
    """Put a file in its place whole or not at all; on return it survives a power cut.

    Without the first sync a power cut may leave an empty file under the name, without the second no file at all.

    Args:
        kept: where the file is to lie; one that is there is replaced and hands on its rights.
        fill: writes the content to the path it is given, beside that place.

    Returns:
        The place.

    Raises:
        OSError: it cannot be written; what lay there before is untouched.
    """
    make_folder(kept.parent)
    copy = draft_beside(kept)
    try:
        copy.touch(exist_ok=False)
        fill(copy)
        if kept.exists():
            copy.chmod(kept.stat().st_mode)
        sync(copy)
        copy.replace(kept)
        sync(kept.parent)
    finally:
        copy.unlink(missing_ok=True)
    return kept


def draft_beside(kept: Path) -> Path:
    """A name for a file that is not yet in its place; what a killed process leaves under it is nobody's."""
    return kept.with_name(f"{PREFIX}{uuid4().hex}{kept.suffix}")


def make_folder(path: Path) -> None:
    """Make a folder and those above it; each name is on the disk before anything is put into it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def make_file(path: Path) -> None:
    """Make an empty file with the rights of a new file where there is none; SQLite itself would not let a group write.

    Raises:
        OSError: it cannot be made.
    """
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes in hex, read in pieces.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Ask the system to bring a file's content, or a folder's names, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folder; NTFS keeps its names in a log of its own
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, wait: Callable[[], object] = lambda: None) -> Iterator[None]:
    """One process at a time does what is in the block.

    Args:
        path: the lock file, in a folder that is there.
        wait: called before waiting for another process.

    Raises:
        OSError: the file cannot be made.
    """
    with path.open("w") as lock:
        hold(lock, wait)
        yield


def hold(file: IO[Any], wait: Callable[[], object] = lambda: None) -> None:
    """Keep an open file for this process until it is closed; see `locked`."""
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        wait()
        fcntl.flock(file, fcntl.LOCK_EX)
