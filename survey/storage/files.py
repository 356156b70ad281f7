"""A file is put in its place whole or not at all, so that neither an error nor a power cut leaves half of one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from survey.errors import StoreError

PREFIX = ".copy-"
"""How the name of a copy begins that is not yet in its place."""


def place(kept: Path, fill: Callable[[Path], object], what: str) -> Path:
    """Put a file of the study in its place, which is made where it is missing.

    Args:
        kept: where the file is to lie; one that is there is replaced and hands on its rights.
        fill: writes the content to the path it is given, beside that place.
        what: what the file is, for the error, as in 原始文件.

    Returns:
        The place.

    Raises:
        StoreError: it cannot be written; what lay there before is untouched.
    """
    try:
        return write_whole(kept, fill)
    except OSError as error:
        raise StoreError(
            f"{what}不能存入研究文件夹", where=str(kept.parent), got=str(error), cure="检查写权限和磁盘空间"
        ) from error


def write_whole(kept: Path, fill: Callable[[Path], object]) -> Path:
    """The same as `place`, for those who have their own word for an OSError.

    Without the first sync a power cut may leave an empty file under the name, without the second no file at all.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    copy = kept.with_name(f"{PREFIX}{uuid4().hex}")
    try:
        copy.touch(exist_ok=False)
        fill(copy)
        if kept.exists():
            copy.chmod(kept.stat().st_mode)
        _sync(copy)
        copy.replace(kept)
        _sync(kept.parent)
    finally:
        copy.unlink(missing_ok=True)
    return kept


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Remove all but the so many newest files of a folder that match a pattern: results that can be made again."""
    found = sorted(folder.glob(pattern), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in found[count:]:
        old.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Ask the system to bring a file's content, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
