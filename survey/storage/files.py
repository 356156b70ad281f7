"""A file is put in its place whole or not at all, so that neither an error nor a power cut leaves half of one.

Raw files: every imported file kept for ever as it was given, named by the sha256 of its bytes (rule R-02).

What was read out of free texts, kept beside the store so that a new import costs only its own text.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from survey.disk import sha256_of, write_whole
from survey.errors import StoreError
from survey.storage.erasures import erased


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


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Remove all but the so many newest files of a folder that match a pattern: results that can be made again."""
    found = sorted(folder.glob(pattern), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in found[count:]:
        old.unlink(missing_ok=True)


FOLDER = "raw"


def keep_raw(root: Path, path: Path, sha256: str) -> Path:
    """Copy a file into the study, once; a copy that was damaged since is replaced.

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
    if kept.exists() and raw_is_right(kept):
        return kept
    return place(kept, lambda copy: _copy(path, copy, sha256), "原始文件")


def keep_raw_content(root: Path, content: bytes, suffix: str) -> Path:
    """Keep what never was a file as a raw file of the study, once; a copy that was damaged since is replaced.

    Args:
        root: folder of the study.
        content: its bytes.
        suffix: of its name, such as ".csv".

    Returns:
        The raw file.

    Raises:
        StoreError: it cannot be written.
    """
    kept = root / FOLDER / f"{hashlib.sha256(content).hexdigest()}{suffix}"
    if kept.exists() and raw_is_right(kept):
        return kept
    return place(kept, lambda copy: copy.write_bytes(content), "原始文件")


def raw_is_right(path: Path) -> bool:
    """Whether a raw file is what its name promises, or what a purge has left of it.

    Raises:
        OSError: it cannot be read.
    """
    digest = sha256_of(path)
    return digest == path.stem or digest in erased(path.parents[1] / "store").raw.get(path.name, frozenset())


def _copy(path: Path, copy: Path, sha256: str) -> None:
    """Copy a file, which must still be the one that was read."""
    shutil.copyfile(path, copy)
    if sha256_of(copy) != sha256:
        raise StoreError("文件在导入过程中被改动，没有写入任何数据", where=path.name, cure="关闭编辑它的程序后重新导入")


KEPT = 3
"""So many results stay: older lexicons' are removed."""


class TextCache:
    """One Parquet file a lexicon, named by its fingerprint; it holds every distinct text ever read with it.

    A text is looked up by its digest, so every data version is served from the same file.
    """

    def __init__(self, folder: Path | str) -> None:
        """Take the folder, which need not exist."""
        self.folder = Path(folder)

    def read(self, key: str, schema: pa.Schema) -> pa.Table | None:
        """What is kept under a key; None where nothing is, or where it does not fit the schema."""
        path = self._path(key)
        try:
            table = pq.read_table(path)
            return table.cast(schema) if table.schema.names == schema.names else None
        except (OSError, pa.ArrowException):
            # A damaged file is not worth an error: everything in it can be read again from the answers.
            return None

    def write(self, key: str, table: pa.Table) -> None:
        """Keep a result, whole or not at all, and remove the oldest beyond `KEPT`.

        A folder that cannot be written costs time and no result.
        """
        with suppress(OSError):
            write_whole(self._path(key), lambda draft: pq.write_table(table, draft, compression="zstd"))
            keep_newest(self.folder, "*.parquet", KEPT)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.parquet"
