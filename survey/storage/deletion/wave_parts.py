"""Parts of one wave: looked at, written anew in their place, or dropped with all versions that hold them.

A part that is written anew keeps its name, so every version stays what it was but for the columns that were emptied;
the erasure log has the checksum that it may have since.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from survey.host.disk import sha256_of, sync, write_whole
from survey.storage.deletion.purge import ABANDONED, forget_statistics, is_whole_part, rewrite_log
from survey.storage.delta import StaleVersionError, open_table, write_rows
from survey.storage.integrity.checks import path_in_store
from survey.storage.integrity.erasures import EXPIRED, erased, note_erasure
from survey.storage.integrity.log import added_parts, read_log
from survey.storage.integrity.settling import settle
from survey.storage.parquet import read_parts, write_body

ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Held:
    """How much lies somewhere.

    Attributes:
        files: files, or parts of the store.
        rows: answers, texts, submissions or lines in them.
        size: bytes.
    """

    files: int = 0
    rows: int = 0
    size: int = 0

    def __add__(self, other: Held) -> Held:
        """Both together."""
        return Held(self.files + other.files, self.rows + other.rows, self.size + other.size)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.files or self.rows)


def wave_parts(folder: Path, wave: str) -> list[Path]:
    """Parts of a wave that lie in the folder of a table, those of old versions and of killed imports too."""
    folders = [path for path in folder.glob("wave=*") if unquote(path.name.removeprefix("wave=")) == wave]
    return sorted(path for each in folders for path in each.glob("*.parquet"))


def held_in(paths: Sequence[Path]) -> Held:
    """How much parts hold; the rows of one that was never finished are not known."""
    whole = [path for path in paths if is_whole_part(path)]
    rows = sum(pq.read_metadata(path).num_rows for path in whole)
    return Held(len(paths), rows, sum(path.stat().st_size for path in paths))


def parts_with(folder: Path, wave: str, columns: Sequence[str]) -> list[tuple[Path, int]]:
    """Parts of a wave that hold something in one of some columns, and in how many rows."""
    found = []
    for path in wave_parts(folder, wave):
        if not is_whole_part(path):
            continue
        there = [name for name in columns if name in pq.read_schema(path).names]
        rows = pq.read_table(path, columns=there, partitioning=None)
        empty = sum(name not in there or rows[name].null_count == len(rows) for name in columns)
        if empty < len(columns):
            filled = reduce(pc.or_, (pc.is_valid(rows[name]) for name in there))
            found.append((path, int(pc.sum(filled).as_py())))
    return found


def rewrite_wave(store: Path, wave: str, change: Callable[[pa.Table], pa.Table]) -> int:
    """Write every part of the responses of a wave anew; a part that a change leaves as it is stays.

    Args:
        store: folder of the store.
        wave: name of the wave.
        change: takes the rows of a part, without the column wave, and gives them back with columns emptied.

    Returns:
        Parts that were written anew.

    Raises:
        OSError: the disk cannot be written; every part is whole, old or new.
    """
    folder = store / "responses"
    changed = 0
    for path in wave_parts(folder, wave):
        if is_whole_part(path):
            rows = pq.read_table(path, partitioning=None)
            new = change(rows)
            if not new.equals(rows):
                _replace(path, new)
                changed += 1
    _resize_log(folder, erased(store).rewritten.keys())
    return changed


def _replace(path: Path, rows: pa.Table) -> None:
    def fill(draft: Path) -> None:
        write_body(rows, draft)
        note_erasure(path.parents[2], EXPIRED, rewritten={path_in_store(path): sha256_of(draft)})

    write_whole(path, fill)


def _resize_log(folder: Path, rewritten: Any) -> None:
    """Let the log say how large the parts are that were written anew: other readers of the table go by it."""
    names = {path.removeprefix(f"{folder.name}/") for path in rewritten if path.startswith(f"{folder.name}/")}

    def resized(action: dict[str, Any]) -> dict[str, Any]:
        kind = next((kind for kind in ("add", "remove") if kind in action), "")
        path = folder / unquote(action[kind]["path"]) if kind else folder
        if not kind or unquote(action[kind]["path"]) not in names or not path.exists() or "size" not in action[kind]:
            return action
        return {**action, kind: {**action[kind], "size": path.stat().st_size}}

    rewrite_log(folder, resized)


def drop_wave(store: Path, table: str, wave: str, said: dict[str, Any]) -> Held:
    """Take the rows of a wave out of a table, then all its parts off the disk; what is interrupted is done anew.

    Args:
        store: folder of the store.
        table: "responses", "texts" or "rejected".
        wave: name of the wave.
        said: metadata of the commit: kind, who, note.

    Returns:
        What is gone.

    Raises:
        StoreError: the store cannot be written, or others keep writing.
        OSError: a part cannot be removed.
    """
    folder = store / table
    for attempt in range(ATTEMPTS):
        try:
            _take_out(folder, wave, said)
            break
        except StaleVersionError:  # an import was faster
            if attempt == ATTEMPTS - 1:
                raise
    settle(store)
    gone = _unneeded(folder, wave)
    held = held_in(gone)
    if gone:
        note_erasure(store, EXPIRED, parts=[path_in_store(path) for path in gone])
    for path in gone:
        path.unlink()
    for path in {path.parent for path in gone}:
        sync(path)
    if gone:
        forget_statistics(folder)
    return held


def _take_out(folder: Path, wave: str, said: dict[str, Any]) -> None:
    """A new version without the wave, where the newest one has it."""
    table = open_table(folder)
    if table is not None and any(value["wave"] == wave for value in table.partitions()):
        nothing = read_parts(table, waves=[wave]).slice(0, 0)
        write_rows(folder, table, nothing, said, replace_wave=wave)


def _unneeded(folder: Path, wave: str) -> list[Path]:
    """Parts of a wave that the newest version does not need; one that an import may be writing just now is left."""
    table = open_table(folder)
    if table is None:
        return []
    live = {Path(unquote(uri)).name for uri in table.file_uris()}
    known = {Path(part).name for _, found in read_log(folder) for part in added_parts(found)}
    young = time.time() - ABANDONED
    parts = [path for path in wave_parts(folder, wave) if path.name not in live]
    return [path for path in parts if path.name in known or path.stat().st_mtime < young]
