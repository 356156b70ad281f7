"""Delta tables of the store: opened, made, appended to, and the commit that fails when anybody else was faster.

Version: one line of the history of the store.
"""

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
from survey.storage.checks import erased_parts
from survey.storage.log import CURE as REPAIR
from survey.storage.log import LOG, META, added_parts, check_log, read_log, removed_parts, sync_log
from survey.storage.parquet import write_parts

NO_WAVE = ""
"""A partition filter that no part fits."""
FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
NO_CHECKPOINT = PostCommitHookProperties(create_checkpoint=False)
"""Checkpoints are made by `log.settle`, which seals them."""
CURE = "检查写权限和磁盘空间，然后重试"
# Names that deltalake takes for another folder or for an address on the net; it would panic or look elsewhere.
UNUSABLE = re.compile(r"[\[\]]|%[0-9A-Fa-f]{2}")


class StaleVersionError(StoreError):
    """Someone else committed since the version on which this commit was prepared."""


def open_table(path: Path, version: int | None = None) -> DeltaTable | None:
    """The Delta table at a folder, None when there is none.

    Raises:
        StoreError: no such version, the table is damaged, or the folder has a name that cannot be used.
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
            raise DamagedError("答卷库损坏，打不开", where=str(path), got=str(error)[:200], cure=REPAIR) from error
        raise StoreError("答卷库里没有这个版本，或者库文件已损坏", where=str(path), got=f"版本 {version}") from error


def lost_versions(path: Path) -> frozenset[int]:
    """Versions of a table that were built on parts with withdrawn answers, which were erased."""
    return _built_on(path, erased_parts(path))


def broken_versions(path: Path) -> frozenset[int]:
    """Versions of a table that were built on parts that are missing and were not erased."""
    parts = {part for _, found in read_log(path) for part in added_parts(found) if not (path / part).exists()}
    return _built_on(path, parts - erased_parts(path))


def _built_on(path: Path, parts: Set[str]) -> frozenset[int]:
    """Versions that hold some of the parts."""
    live: set[str] = set()
    found = set()
    for version, actions in read_log(path):
        live = (live - set(removed_parts(actions))) | set(added_parts(actions))
        if live & parts:
            found.add(version)
    return frozenset(found)


def create_table(path: Path, schema: pa.Schema, *, configuration: Mapping[str, str]) -> DeltaTable:
    """An empty table, version 0, partitioned by wave.

    Raises:
        StaleVersionError: it is there already.
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
        raise StoreError("不能建立答卷库", where=str(path), got=str(error), cure=CURE) from error
    return table


def append_rows(path: Path, rows: pa.Table) -> int | None:
    """Append to a side table, partitioned by wave and made when missing; appends of two writers never conflict.

    Returns:
        Its version after that, on the disk; None when there is still no table.
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
        said = CommitProperties({META: json.dumps({"actions": {"add": len(parts)}})})
        table.create_write_transaction(
            [*parts],
            "append",
            table.schema(),
            ["wave"],
            commit_properties=said,
            post_commithook_properties=NO_CHECKPOINT,
        )
        sync_log(path)
        table.update_incremental()
    except (DeltaError, OSError) as error:
        raise StoreError("不能写入答卷库", where=str(path), got=str(error), cure=CURE) from error
    return int(table.version())


def write_rows(
    path: Path, table: DeltaTable, rows: pa.Table, told: Mapping[str, Any], *, replace_wave: str | None
) -> int:
    """The atomic switch: fails when the table has moved since it was opened, whatever the other wrote.

    Args:
        path: folder of the table.
        table: opened at the version on which the rows were prepared.
        rows: appended, or put in the place of a whole wave; columns that the table does not have make it wider.
        told: commit metadata.
        replace_wave: name of that wave, None to append.

    Returns:
        The new version. It counts once it is sealed.

    Raises:
        StaleVersionError: somebody else was faster; nothing was written.
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
            commit_properties=commit_properties({**told, "actions": meant}),
            post_commithook_properties=NO_CHECKPOINT,
        )
        sync_log(path)
    except CommitFailedError as error:
        raise stale(before, None) from error
    except (DeltaError, OSError, pa.ArrowInvalid) as error:
        raise StoreError("不能写入答卷库", where=str(path), got=str(error), cure=CURE) from error
    return before + 1  # no retries: what was written is the version right after the one that was read


def restore(path: Path, table: DeltaTable, target: int, told: Mapping[str, Any]) -> None:
    """Show the content of an earlier version again, as a new version.

    Raises:
        StoreError: it cannot be written.
    """
    try:
        table.restore(target, commit_properties=commit_properties(told))
        sync_log(path)
    except (DeltaError, OSError) as error:
        raise StoreError("撤销没有成功，数据保持原样", where=str(path), got=str(error)) from error


def _wider(old: pa.Schema, new: pa.Schema) -> pa.Schema:
    """The columns of a table, then those of new rows that it does not have."""
    return pa.schema([*old, *(field for field in new if field.name not in old.names)])


def _parts_of(table: DeltaTable, wave: str) -> int:
    return len(table.file_uris(file_pruning_predicate=[("wave", "=", wave)]))


def commit_properties(told: Mapping[str, Any]) -> CommitProperties:
    """Our metadata, and no silent retry on a newer version."""
    return CommitProperties(custom_metadata={META: json.dumps(told, ensure_ascii=False)}, max_commit_retries=0)


def stale(expected: int | None, got: int | None) -> StaleVersionError:
    """The error for a commit that was prepared on an older version."""
    return StaleVersionError(
        "别人刚刚提交了新的数据，本次提交没有写入",
        got="" if got is None else f"版本 {got}",
        expected="空库" if expected is None else f"版本 {expected}",
        cure="重新预览后再提交",
    )


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the history.

    Args:
        number: the data version, printed on every figure.
        kind: "create", "import" or "undo".
        at: when it was committed (local time).
        who: the person.
        note: their words.
        meta: everything else: wave, counts, files with sha256, pinned versions of texts and rejected rows,
            `restored` (undo only: the version whose content is shown again).
    """

    number: int
    kind: str
    at: datetime
    who: str
    note: str
    meta: Mapping[str, Any] = field(default_factory=dict)


def read_version(entry: Mapping[str, Any]) -> Version:
    """A version from one entry of the Delta history."""
    meta = json.loads(entry.get(META, "{}"))
    return Version(
        number=int(entry["version"]),
        kind=str(meta.pop("kind", "create")),
        at=datetime.fromtimestamp(entry.get("timestamp", 0) / 1000),
        who=str(meta.pop("who", "")),
        note=str(meta.pop("note", "")),
        meta=meta,
    )
