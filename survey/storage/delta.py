"""Delta tables of the store: opened, made, appended to, and the commit that fails when anybody else was faster.

Version: one line of the history of the store.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import ColumnProperties, CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from survey.errors import StoreError
from survey.storage.parquet import PLAIN, ROW_GROUP, write_parts

META = "silu"  # key of our commit metadata inside the Delta log
FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
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
    if not (path / "_delta_log").is_dir() or not DeltaTable.is_deltatable(str(path)):
        return None
    try:
        return DeltaTable(str(path), version=version)
    except (DeltaError, OSError) as error:
        wanted = "最新" if version is None else str(version)
        raise StoreError("答卷库里没有这个版本，或者库文件已损坏", where=str(path), got=f"版本 {wanted}") from error


def lost_versions(path: Path) -> frozenset[int]:
    """Versions of a table that cannot be read any more, for a purge has removed parts they were built on."""
    live: set[str] = set()
    gone: set[str] = set()
    lost = []
    for log in sorted((path / "_delta_log").glob("*.json")):
        for line in log.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if "remove" in action:
                live.discard(action["remove"]["path"])
            if "add" in action:
                name = action["add"]["path"]
                live.add(name)
                if not (path / unquote(name)).exists():
                    gone.add(name)
        if live & gone:
            lost.append(int(log.stem))
    return frozenset(lost)


def create_table(path: Path, schema: pa.Schema, *, configuration: Mapping[str, str]) -> DeltaTable:
    """An empty table, version 0, partitioned by wave.

    Raises:
        StaleVersionError: it is there already.
        StoreError: it cannot be written.
    """
    try:
        return DeltaTable.create(
            str(path),
            schema,
            mode="error",
            partition_by=["wave"],
            configuration={**FOR_EVER, **configuration},
            commit_properties=commit_properties({"kind": "create"}),
            raise_if_key_not_exists=False,
        )
    except (DeltaError, OSError) as error:
        if open_table(path) is not None:
            raise stale(None, 0) from error
        raise StoreError("不能建立答卷库", where=str(path), got=str(error), cure=CURE) from error


def append_rows(path: Path, rows: pa.Table) -> int | None:
    """Append to a side table, partitioned by wave and made when missing; appends of two writers never conflict.

    Returns:
        Its version after that, None when there is still no table.
    """
    table = open_table(path)
    if rows.num_rows == 0:
        return None if table is None else int(table.version())
    try:
        if table is None:
            table = DeltaTable.create(
                str(path), rows.schema, mode="ignore", partition_by=["wave"], configuration=FOR_EVER
            )
        _append(path, table, rows)
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
        rows: appended, or put in the place of a whole wave.
        told: commit metadata.
        replace_wave: name of that wave, None to append.

    Returns:
        The new version.

    Raises:
        StaleVersionError: somebody else was faster; nothing was written.
        StoreError: it cannot be written.
    """
    before = int(table.version())
    try:
        if replace_wave is None and _fits(table, rows):
            _append(path, table, rows, commit_properties(told))
        else:
            _merge(table, rows, commit_properties(told), replace_wave)
    except CommitFailedError as error:
        raise stale(before, None) from error
    except (DeltaError, OSError) as error:
        raise StoreError("不能写入答卷库", where=str(path), got=str(error), cure=CURE) from error
    return before + 1  # no retries: what was written is the version right after the one that was read


def _fits(table: DeltaTable, rows: pa.Table) -> bool:
    """Whether the rows have just the columns of the table; a new question makes it wider."""
    schema = pa.schema(table.schema().to_arrow())
    return bool(schema.names == rows.schema.names and schema.types == rows.schema.types)


def _append(path: Path, table: DeltaTable, rows: pa.Table, properties: CommitProperties | None = None) -> None:
    """New parts, and the commit that names them."""
    parts = write_parts(path, rows)
    table.create_write_transaction([*parts], "append", table.schema(), ["wave"], commit_properties=properties)


def _merge(table: DeltaTable, rows: pa.Table, properties: CommitProperties, replace_wave: str | None) -> None:
    """Rows with other columns than the table, or in the place of a whole wave."""
    how: dict[str, Any] = {"mode": "append"}
    if replace_wave is not None:
        how = {"mode": "overwrite", "predicate": f"wave = '{replace_wave}'"}
    write_deltalake(
        table,
        rows,
        schema_mode="merge",
        writer_properties=_parquet(rows.schema),
        commit_properties=properties,
        **how,
    )


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


def _parquet(schema: pa.Schema) -> WriterProperties:
    plain = ColumnProperties(dictionary_enabled=False)
    return WriterProperties(
        compression="ZSTD",
        compression_level=1,
        max_row_group_size=ROW_GROUP,
        column_properties={name: plain for name in PLAIN if name in schema.names},
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
        at=datetime.fromtimestamp(entry["timestamp"] / 1000),
        who=str(meta.pop("who", "")),
        note=str(meta.pop("note", "")),
        meta=meta,
    )
