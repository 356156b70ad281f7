"""Delta tables of the store: open, create, append, commit with conflict detection, and read the history."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties
from deltalake.exceptions import CommitFailedError, DeltaError

from survey.errors import DamagedError, StoreError
from survey.storage.integrity.checks import erased_parts
from survey.storage.integrity.log import CURE as REPAIR
from survey.storage.integrity.log import LOG, META, added_parts, check_log, read_log, removed_parts, sync_log
from survey.storage.parquet import write_parts

NO_WAVE = ""
"""A partition filter that matches no part."""
FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
NO_CHECKPOINT = PostCommitHookProperties(create_checkpoint=False)
"""`settling.settle` writes checkpoints and seals them."""
CURE = "检查写权限和磁盘空间，然后重试"
DECORATION = re.compile(r"\x1b\[[0-9;]*m|↳")
"""Colours and arrows in messages of the Delta library."""
# Names that deltalake would take for another folder or a URL; it would panic or read elsewhere.
UNUSABLE = re.compile(r"[\[\]]|%[0-9A-Fa-f]{2}")


def words_of(error: Exception) -> str:
    """Return the message of an exception of the Delta library on one line, without colours and arrows."""
    return " ".join(DECORATION.sub(" ", str(error)).split())[:300]


class StaleVersionError(StoreError):
    """Another commit followed the version on which this one was prepared."""


def open_table(path: Path, version: int | None = None) -> DeltaTable | None:
    """Open the Delta table in a folder; None where there is none.

    Raises:
        StoreError: no such version, a damaged table, or an unusable folder name.
    """
    if found := UNUSABLE.search(str(path.absolute())):
        raise StoreError(
            "文件夹名里有答卷库不能用的字符",
            where=str(path),
            got=found.group(),
            cure="给文件夹改名：不要用方括号和 %20 之类",
        )
    top = check_log(path)
    if top == -1 or not (path / LOG).is_dir() or not DeltaTable.is_deltatable(str(path)):
        return None
    try:
        return DeltaTable(str(path), version=top if version is None else version)
    except (DeltaError, OSError) as error:
        if version is None:
            raise DamagedError("答卷库损坏，打不开", where=str(path), got=words_of(error), cure=REPAIR) from error
        raise StoreError("答卷库里没有这个版本，或者库文件已损坏", where=str(path), got=f"版本 {version}") from error


def lost_versions(path: Path) -> frozenset[int]:
    """Return versions of a table that need parts erased because of withdrawals."""
    return _built_on(path, erased_parts(path))


def broken_versions(path: Path) -> frozenset[int]:
    """Return versions of a table that need parts that are missing but were not erased."""
    parts = {part for _, found in read_log(path) for part in added_parts(found) if not (path / part).exists()}
    return _built_on(path, parts - erased_parts(path))


def _built_on(path: Path, parts: Set[str]) -> frozenset[int]:
    """Return versions that contain any of the parts."""
    live: set[str] = set()
    found = set()
    for version, actions in read_log(path):
        live = (live - set(removed_parts(actions))) | set(added_parts(actions))
        if live & parts:
            found.add(version)
    return frozenset(found)


def create_table(path: Path, schema: pa.Schema, *, configuration: Mapping[str, str]) -> DeltaTable:
    """Create an empty table, version 0, partitioned by wave.

    Raises:
        StaleVersionError: the table exists already.
        StoreError: it cannot be written.
    """
    try:
        table = DeltaTable.create(
            str(path),
            schema,
            mode="error",
            partition_by=["wave"],
            configuration={**FOR_EVER, **configuration},
            commit_properties=commit_properties({"kind": "create", "sealed": True}),
            raise_if_key_not_exists=False,
        )
        sync_log(path)
    except (DeltaError, OSError) as error:
        if open_table(path) is not None:
            raise stale(None, 0) from error
        raise StoreError("不能建立答卷库", where=str(path), got=words_of(error), cure=CURE) from error
    return table


def append_rows(path: Path, rows: pa.Table) -> int | None:
    """Append to a side table, partitioned by wave and created when missing; concurrent appends never conflict.

    Returns:
        Its new version, synced to disk; None when there is still no table.
    """
    table = open_table(path)
    if rows.num_rows == 0:
        return None if table is None else int(table.version())
    try:
        if table is None:
            table = DeltaTable.create(
                str(path),
                rows.schema,
                mode="ignore",
                partition_by=["wave"],
                configuration=FOR_EVER,
                commit_properties=CommitProperties({META: json.dumps({"sealed": True})}),
            )
            sync_log(path)
        parts = write_parts(path, rows)
        properties = CommitProperties({META: json.dumps({"actions": {"add": len(parts)}})})
        table.create_write_transaction(
            [*parts],
            "append",
            table.schema(),
            ["wave"],
            commit_properties=properties,
            post_commithook_properties=NO_CHECKPOINT,
        )
        sync_log(path)
        table.update_incremental()
    except (DeltaError, OSError) as error:
        raise StoreError("不能写入答卷库", where=str(path), got=words_of(error), cure=CURE) from error
    return int(table.version())


def write_rows(
    path: Path, table: DeltaTable, rows: pa.Table, metadata: Mapping[str, Any], *, replace_wave: str | None
) -> int:
    """Commit rows atomically; fail when any other commit followed the opened version.

    Args:
        path: folder of the table.
        table: the table, opened at the version on which the rows were prepared.
        rows: rows to append, or to replace a whole wave; new columns extend the schema.
        metadata: commit metadata.
        replace_wave: name of that wave, None to append.

    Returns:
        The new version, which is valid once sealed.

    Raises:
        StaleVersionError: another commit came first; nothing was written.
        StoreError: it cannot be written.
    """
    before = int(table.version())
    old = pa.schema(table.schema().to_arrow())
    wide = _wider(old, rows.schema)
    plain = replace_wave is None and wide.equals(old)
    try:
        parts = write_parts(path, rows.cast(pa.schema([wide.field(name) for name in rows.column_names])))
        meant = {
            "add": len(parts),
            "remove": 0 if replace_wave is None else _parts_of(table, replace_wave),
            "metaData": int(not wide.equals(old)),
        }
        table.create_write_transaction(
            [*parts],
            "append" if plain else "overwrite",
            wide,
            ["wave"],
            partition_filters=None if plain else [("wave", "=", replace_wave or NO_WAVE)],
            commit_properties=commit_properties({**metadata, "actions": meant}),
            post_commithook_properties=NO_CHECKPOINT,
        )
        sync_log(path)
    except CommitFailedError as error:
        raise stale(before, None) from error
    except (DeltaError, OSError, pa.ArrowInvalid) as error:
        raise StoreError("不能写入答卷库", where=str(path), got=words_of(error), cure=CURE) from error
    return before + 1  # without retries the new version directly follows the one that was read


def restore(path: Path, table: DeltaTable, target: int, metadata: Mapping[str, Any]) -> None:
    """Restore the content of an earlier version as a new version.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        table.restore(target, commit_properties=commit_properties(metadata))
        sync_log(path)
    except (DeltaError, OSError) as error:
        raise StoreError("撤销没有成功，数据保持原样", where=str(path), got=words_of(error), cure=CURE) from error


def _wider(old: pa.Schema, new: pa.Schema) -> pa.Schema:
    """Return the columns of a table, then the new columns of some rows."""
    return pa.schema([*old, *(field for field in new if field.name not in old.names)])


def _parts_of(table: DeltaTable, wave: str) -> int:
    return len(table.file_uris(file_pruning_predicate=[("wave", "=", wave)]))


def commit_properties(metadata: Mapping[str, Any]) -> CommitProperties:
    """Return our metadata, with automatic retries on a newer version disabled."""
    return CommitProperties(custom_metadata={META: json.dumps(metadata, ensure_ascii=False)}, max_commit_retries=0)


def stale(expected: int | None, got: int | None) -> StaleVersionError:
    """Return the error for a commit that was prepared on an older version."""
    return StaleVersionError(
        "别人刚刚提交了新的数据，本次提交没有写入",
        got="" if got is None else f"版本 {got}",
        expected="空库" if expected is None else f"版本 {expected}",
        cure="重新预览后再提交",
    )


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of the history of the store.

    Args:
        number: the data version, printed on every figure.
        kind: "create", "import" or "undo".
        at: when it was committed (local time).
        who: person.
        note: the person's reason.
        meta: everything else: wave, counts, files with sha256, pinned versions of texts and rejected rows,
            `restored` (undo only: the restored version).
    """

    number: int
    kind: str
    at: datetime
    who: str
    note: str
    meta: Mapping[str, Any] = field(default_factory=dict)


def read_version(entry: Mapping[str, Any]) -> Version:
    """Return a version from one entry of the Delta history."""
    meta = json.loads(entry.get(META, "{}"))
    return Version(
        number=int(entry["version"]),
        kind=str(meta.pop("kind", "create")),
        at=datetime.fromtimestamp(entry.get("timestamp", 0) / 1000),
        who=str(meta.pop("who", "")),
        note=str(meta.pop("note", "")),
        meta=meta,
    )
