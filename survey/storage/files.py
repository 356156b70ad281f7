"""Files of a study: atomic writes, raw files and the cache of processed texts.

Raw files keep every imported file unchanged, named by the SHA-256 of its bytes (rule R-02). The text cache keeps the
results of text analysis beside the store, so that a new import processes only its own texts.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from survey.errors import StoreError
from survey.host.disk import sha256_of, sync, write_whole
from survey.storage.integrity.erasures import erased


def place(kept: Path, fill: Callable[[Path], object], what: str) -> Path:
    """Write a file of the study atomically; create its folder where missing.

    Args:
        kept: final path; an existing file is replaced and its permissions are kept.
        fill: writes the content to the temporary path it receives, in the same folder.
        what: kind of file for the error, as in 原始文件.

    Returns:
        The final path.

    Raises:
        StoreError: the file cannot be written; an existing one is unchanged.
    """
    try:
        return write_whole(kept, fill)
    except OSError as error:
        raise StoreError(
            f"{what}不能存入调查文件夹", where=str(kept.parent), got=str(error), cure="检查写权限和磁盘空间"
        ) from error


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Remove all but the `count` newest files of a folder that match a pattern; used for caches."""
    found = list(folder.glob(pattern))
    if len(found) > count:
        for old in sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)[count:]:
            old.unlink(missing_ok=True)


FOLDER = "raw"


def keep_raw(root: Path, path: Path, sha256: str) -> Path:
    """Copy a file into the study, once; replace a damaged copy.

    Args:
        root: folder of the study.
        path: the file.
        sha256: SHA-256 of the bytes that were read from it.

    Returns:
        The copy.

    Raises:
        StoreError: the file has changed since it was read, or cannot be copied.
    """
    kept = root / FOLDER / f"{sha256}{path.suffix.lower()}"
    if kept.exists() and raw_is_right(kept):
        return kept
    return place(kept, lambda copy: _copy(path, copy, sha256), "原始文件")


def keep_raw_content(root: Path, content: bytes, suffix: str) -> Path:
    """Keep in-memory content as a raw file of the study, once; replace a damaged copy.

    Args:
        root: folder of the study.
        content: its bytes.
        suffix: file name suffix, such as ".csv".

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
    """Return whether a raw file matches the SHA-256 in its name, or that of its rewrite by a purge.

    Raises:
        OSError: it cannot be read.
    """
    digest = sha256_of(path)
    return digest == path.stem or digest in erased(path.parents[1] / "store").raw.get(path.name, frozenset())


def _copy(path: Path, copy: Path, sha256: str) -> None:
    """Copy a file, which must not have changed since it was read."""
    shutil.copyfile(path, copy)
    if sha256_of(copy) != sha256:
        raise StoreError("文件在导入过程中被改动，没有写入任何数据", where=path.name, cure="关闭编辑它的程序后重新导入")


_CACHED, _ADDED = ".texts", ".added"
KEPT = 3
"""Number of cached results; those of older lexicons are removed."""
GROWN, MOST_ADDED = 4, 16
"""What was added to a result is put into its file when it is more than such a part of it, or in more files."""


class TextCache:
    """One Arrow file per lexicon, named by its fingerprint, with every distinct text processed with it.

    Texts are looked up by their digest, so one file serves every data version; what a few new ones add lies beside it.
    The name ends with the checksum of the content: a damaged file is ignored, because its content can be made again
    from the answers.
    """

    def __init__(self, folder: Path | str, kept: int = KEPT) -> None:
        """Use a folder, which need not exist, for so many results."""
        self.folder, self._kept = Path(folder), kept

    def read(self, key: str, schema: pa.Schema, columns: Sequence[str] = ()) -> pa.Table | None:
        """Return the table kept under a key, with what was added; None where there is none that fits the schema.

        Args:
            key: of the table.
            schema: its columns.
            columns: only these; all when empty.
        """
        found = [self._read(path, schema, columns or schema.names) for path in self._paths(key)]
        there = [table for table in found if table is not None]
        return pa.concat_tables(there).unify_dictionaries() if there else None

    def write(self, key: str, table: pa.Table) -> None:
        """Keep a result atomically, and remove the oldest ones beyond those that may be kept.

        A read-only folder is ignored; it only costs time.
        """
        with suppress(OSError):
            before = self._paths(key)
            named = self._keep(key, table, _CACHED)
            for old in before:
                if old != named:
                    old.unlink(missing_ok=True)
            keep_newest(self.folder, f"*{_CACHED}", self._kept)
            keep_newest(self.folder, "*.parquet", 0)  # of earlier versions
            there = {path.name.split(".")[0] for path in self.folder.glob(f"*{_CACHED}")}
            for path in self.folder.glob(f"*{_ADDED}"):
                if path.name.split(".")[0] not in there:
                    path.unlink(missing_ok=True)

    def add(self, key: str, rows: pa.Table) -> None:
        """Keep rows beside those of a key: in a file of their own, unless such files have become large or many.

        Args:
            key: of the table.
            rows: more rows, of the same columns.
        """
        sizes = [(path.suffix == _CACHED, path.stat().st_size) for path in self._paths(key)]
        added = [size for whole, size in sizes if not whole] + [rows.nbytes]
        if len(added) > MOST_ADDED or sum(added) * GROWN > sum(size for whole, size in sizes if whole):
            known = self.read(key, rows.schema)
            self.write(key, rows if known is None else pa.concat_tables([known, rows]).unify_dictionaries())
            return
        with suppress(OSError):
            self._keep(key, rows, _ADDED)

    def _keep(self, key: str, table: pa.Table, suffix: str) -> Path:
        written = write_whole(self.folder / f"{key}.new{suffix}", lambda draft: _write(table, draft))
        return written.replace(self.folder / f"{key}.{sha256_of(written)}{suffix}")

    def _read(self, path: Path, schema: pa.Schema, columns: Sequence[str]) -> pa.Table | None:
        """Return some columns of a file; None where it is damaged or does not fit the schema."""
        with suppress(OSError, pa.ArrowException):
            if path.name.split(".")[-2] == sha256_of(path):
                with pa.OSFile(str(path)) as source:
                    if (names := pa.ipc.open_file(source).schema.names) == schema.names:
                        options = pa.ipc.IpcReadOptions(included_fields=[names.index(name) for name in columns])
                        table = pa.ipc.open_file(source, options=options).read_all().select(columns)
                        return table.cast(pa.schema([schema.field(name) for name in columns]))
        return None

    def _paths(self, key: str) -> list[Path]:
        """Return the files of a key, that of the whole first."""
        return [path for suffix in (_CACHED, _ADDED) for path in sorted(self.folder.glob(f"{key}.*{suffix}"))]


def _write(table: pa.Table, draft: Path) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=True)
    with draft.open("wb") as file, pa.ipc.new_file(file, table.schema, options=options) as out:
        out.write_table(table)


TEXT_CACHES = ("textcache", "copycache", "themecache")
"""Folders of a store with results derived from free texts; they can be made again."""
CELLS = "cells"
"""Folder of a store with sums of answers by small groups; they can be made again."""


def remove_caches(store: Path, names: Iterable[str] = TEXT_CACHES) -> None:
    """Remove folders of derived results from a store; on return a power cut does not bring them back."""
    there = [store / name for name in names if (store / name).is_dir()]
    for folder in there:
        shutil.rmtree(folder, ignore_errors=True)
    if there:
        sync(store)
