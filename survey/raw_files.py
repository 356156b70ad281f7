"""Raw files: every imported file kept for ever as it was given, named by the sha256 of its bytes (rule R-02)."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from survey.errors import StoreError

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
    folder = root / FOLDER
    kept = folder / f"{sha256}{path.suffix.lower()}"
    if kept.exists():
        return kept
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".copy-")
        os.close(handle)
        copy = Path(name)
        try:
            shutil.copyfile(path, copy)
            _check(copy, path, sha256)
            copy.replace(kept)
        finally:
            copy.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            "原始文件不能存入研究文件夹", where=str(folder), got=str(error), cure="检查写权限和磁盘空间"
        ) from error
    return kept


def _check(copy: Path, path: Path, sha256: str) -> None:
    with copy.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise StoreError(
                "文件在导入过程中被改动，没有写入任何数据", where=path.name, cure="关闭编辑它的程序后重新导入"
            )
