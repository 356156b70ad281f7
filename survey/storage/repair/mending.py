"""Mending: what is damaged in a store is found, put back byte by byte, or replaced by a part that says the same."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import RemoveAction

from survey.errors import DamagedError, StoreError
from survey.host.disk import make_folder, sync
from survey.storage.delta import CURE, NO_CHECKPOINT, commit_properties, open_table, words_of
from survey.storage.integrity.checks import erased_parts, is_right, replaced_parts
from survey.storage.integrity.erasures import REPLACED, erased, note_erasure
from survey.storage.integrity.log import (
    LOG,
    added_parts,
    entry_name,
    is_whole,
    live_parts,
    read_log,
    removed_parts,
    sync_log,
)
from survey.storage.integrity.seals import FOLDER as SEALS
from survey.storage.integrity.seals import read_seals
from survey.storage.integrity.settling import SET_ASIDE, TABLES, settle
from survey.storage.parquet import write_parts


@dataclass(frozen=True, slots=True)
class DamagedPart:
    """A part that is missing or not what was written.

    Attributes:
        table: name of the table.
        path: path inside the table, with slashes.
        logged: the same as the log writes it.
        version: version of the table that added it.
        rows: how many rows it had; -1 where the log does not say.
        live: whether the newest version is built on it.
        built: versions that are built on it.
        emptied: whether some of its content was erased at the end of its retention period.
    """

    table: str
    path: str
    logged: str
    version: int
    rows: int
    live: bool
    built: tuple[int, ...]
    emptied: bool = False

    @property
    def wave(self) -> str:
        """The wave whose rows it held."""
        return self.path.partition("/")[0].removeprefix("wave=")


def damaged_parts(store: Path) -> list[DamagedPart]:
    """Parts that are missing without being erased, or not what was written; by table and version.

    Raises:
        OSError: one cannot be read.
    """
    return [one for table in TABLES for one in _damaged(store / table)]


def replace_parts(folder: Path, parts: Sequence[DamagedPart], rows: pa.Table, told: Mapping[str, Any]) -> int:
    """A new version of a table in which rows stand in the place of damaged parts.

    Args:
        folder: of the table.
        parts: live parts, of one wave.
        rows: what they said, or what of it could be made again.
        told: commit metadata.

    Returns:
        The new version.

    Raises:
        StoreError: it cannot be written, or somebody else was faster.
    """
    table = _need(folder)
    schema = pa.schema(table.schema().to_arrow())
    try:
        adds = write_parts(folder, rows.select([name for name in schema.names if name in rows.column_names]))
        removes = [
            RemoveAction(
                path=one.logged,
                data_change=True,
                deletion_timestamp=int(time.time() * 1000),
                partition_values={"wave": one.wave},
            )
            for one in parts
        ]
        meant = {"add": len(adds), "remove": len(removes)}
        table.create_write_transaction(
            [*adds, *removes],
            "append",
            table.schema(),
            ["wave"],
            commit_properties=commit_properties({**told, "actions": meant}),
            post_commithook_properties=NO_CHECKPOINT,
        )
        sync_log(folder)
    except (DeltaError, OSError, pa.ArrowException) as error:
        raise StoreError("修复没有写入，数据保持原样", where=str(folder), got=words_of(error), cure=CURE) from error
    settle(folder.parent)
    give_up(folder, parts)
    return int(_need(folder).version())


def give_up(folder: Path, parts: Sequence[DamagedPart]) -> None:
    """Set damaged parts aside for good; the versions that are built on them cannot be opened any more.

    Raises:
        OSError: they cannot be moved.
    """
    store = folder.parent
    note_erasure(store, REPLACED, parts=[f"{folder.name}/{one.path}" for one in parts])
    for one in parts:
        path = folder / one.path
        if path.exists():
            set_aside(path, store)
            path.unlink()
            sync(path.parent)


def intact_ids(folder: Path, wave: str) -> frozenset[str]:
    """Response ids of a wave in the parts of the newest version that are what was written."""
    import pyarrow.parquet as pq

    parts = [folder / part for part in live_parts(folder) if part.startswith(f"wave={wave}/")]
    right = [path for path in parts if path.exists() and is_right(path) is not False]
    tables = [pq.read_table(path, columns=["response_id"], partitioning=None) for path in right]
    return frozenset(name for table in tables for name in table["response_id"].to_pylist())


def set_torn_aside(store: Path) -> list[str]:
    """Move the newest entry of a log out of the way where it is empty or torn and no seal holds it.

    It may have been told to somebody: the version before sealed nothing. What it said must be brought in again.

    Returns:
        Paths of the entries inside the store.
    """
    moved = []
    for table in TABLES:
        log = store / table / LOG
        versions = sorted(int(path.stem) for path in log.glob("*.json") if path.stem.isdigit())
        newest = log / entry_name(versions[-1]) if versions else None
        if newest is None or (table, versions[-1]) in read_seals(store).entries or is_whole(newest.read_bytes()):
            continue
        _move_aside(newest, store, f"{table}-{newest.stem}")
        moved.append(f"{table}/{LOG}/{newest.name}")
    return moved


def mend_seals(store: Path) -> list[str]:
    """Move damaged seals out of the way and seal anew what they held; returns their names."""
    damaged = sorted(read_seals(store, again=True).damaged) if store.is_dir() else []
    for name in damaged:
        _move_aside(store / SEALS / name, store, f"seal-{name[:8]}")
    settle(store)
    return damaged


def set_aside(path: Path, store: Path) -> None:
    """Keep a damaged file that is about to be replaced."""
    target = store / SET_ASIDE / f"{path.stem}-{uuid4().hex[:8]}{path.suffix}"
    make_folder(target.parent)
    shutil.copyfile(path, target)


def schema_of(folder: Path) -> pa.Schema:
    """Arrow schema of the newest version of a table."""
    return pa.schema(_need(folder).schema().to_arrow())


def _move_aside(path: Path, store: Path, name: str) -> None:
    target = store / SET_ASIDE / f"{name}-{uuid4().hex[:8]}.json"
    make_folder(target.parent)
    path.replace(target)
    sync(path.parent)
    sync(target.parent)


def _damaged(folder: Path) -> Iterator[DamagedPart]:
    gone, live = erased_parts(folder) | replaced_parts(folder), live_parts(folder)
    rewritten = erased(folder.parent).rewritten
    added: dict[str, tuple[str, int, int]] = {}
    built: dict[str, list[int]] = {}
    now: set[str] = set()
    for version, found in read_log(folder):
        for add in (action["add"] for action in found if "add" in action):
            rows = int(json.loads(add.get("stats") or "{}").get("numRecords", -1))
            added.setdefault(unquote(add["path"]), (add["path"], version, rows))
        now = (now - set(removed_parts(found))) | set(added_parts(found))
        for path in now:
            built.setdefault(path, []).append(version)
    for path, (logged, version, rows) in added.items():
        if path not in gone and (not (folder / path).exists() or is_right(folder / path) is False):
            emptied = f"{folder.name}/{path}" in rewritten
            yield DamagedPart(folder.name, path, logged, version, rows, path in live, tuple(built[path]), emptied)


def _need(folder: Path) -> DeltaTable:
    table = open_table(folder)
    if table is None:
        raise DamagedError("答卷库的日志损坏", where=str(folder), cure="从备份恢复")
    return table
