"""Durable files: atomic writes, synced directories, checksums, and locks for one writer at a time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from survey.host.scratch import DRAFT, owner


def write_whole(kept: Path, fill: Callable[[Path], object], *, durable: bool = True) -> Path:
    """Write a file atomically; on return it survives a power cut.

    Without syncing the file, a power cut may leave it empty; without syncing the folder, the name may be lost.

    Args:
        kept: final path; an existing file is replaced and its permissions are kept.
        fill: writes the content to the temporary path it receives, in the same folder.
        durable: sync file and folder; without it a power cut may leave the former content, or an empty file.

    Returns:
        The final path.

    Raises:
        OSError: the file cannot be written; an existing one is unchanged.
    """
    make_folder(kept.parent)
    copy = draft_beside(kept)
    try:
        copy.touch(exist_ok=False)
        fill(copy)
        if kept.exists():
            copy.chmod(kept.stat().st_mode)
        if durable:
            sync(copy)
        copy.replace(kept)
        if durable:
            sync(kept.parent)
    finally:
        copy.unlink(missing_ok=True)
    return kept


def draft_beside(kept: Path) -> Path:
    """Return a temporary path beside the final one; leftovers of killed processes may be deleted."""
    return kept.with_name(f"{DRAFT}{owner()}{uuid4().hex}{kept.suffix}")


def make_folder(path: Path) -> None:
    """Make a folder and its parents; sync each directory entry before writing into it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync(path.parent)


def make_file(path: Path) -> None:
    """Make an empty file where there is none, with default permissions; SQLite itself would deny write to the group.

    Raises:
        OSError: the file cannot be made.
    """
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex, read in chunks.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Sync the content of a file, or the entries of a folder, to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders; NTFS journals its directory entries
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, wait: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Run the block in one process at a time.

    Args:
        path: the lock file, in an existing folder.
        wait: called before waiting for another process.

    Raises:
        OSError: the file cannot be made.
    """
    with path.open("w") as lock:
        hold(lock, wait)
        yield


def hold(file: IO[Any], wait: Callable[[], object] = lambda: None) -> None:
    """Lock an open file for this process until it is closed; see `locked`."""
    if not hold_if_free(file):
        import fcntl

        wait()
        fcntl.flock(file, fcntl.LOCK_EX)


def hold_if_free(file: IO[Any]) -> bool:
    """Lock an open file for this process until it is closed; return False where another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
