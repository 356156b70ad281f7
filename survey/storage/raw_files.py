"""Raw files: every imported file kept for ever as it was given, named by the sha256 of its bytes (rule R-02)."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from survey.errors import StoreError
from survey.storage.files import place

FOLDER = "raw"


def keep_raw(root: Path, path: Path, sha256: str) -> Path:
    """Copy a file into the study, once.

    Args:
        root: folder of the study.
        path: the file.
        sha256: of the bytes that were read from it.

    Returns:
        The copy.

    Raises:
        StoreError: it has changed since it was read, or cannot be copied.
    """
    kept = root / FOLDER / f"{sha256}{path.suffix.lower()}"
    if kept.exists():
        return kept
    return place(kept, lambda copy: _copy(path, copy, sha256), "原始文件")


def _copy(path: Path, copy: Path, sha256: str) -> None:
    """Copy a file, which must still be the one that was read."""
    shutil.copyfile(path, copy)
    with copy.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise StoreError(
                "文件在导入过程中被改动，没有写入任何数据", where=path.name, cure="关闭编辑它的程序后重新导入"
            )
