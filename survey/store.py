"""ResponseStore: coded responses as an ACID table of Parquet parts; every commit is a version.

    store/responses   Delta table, partitioned by wave, sorted by psu: one row per response
    store/texts       Delta table, append only: one row per free text
    store/rejected    Delta table, append only: one row per rejected source row, as it was given

A commit first appends texts and rejected rows and then commits the responses, naming the versions of the
other two. The responses commit is therefore the one atomic switch: a text counts only when a response
of the version carries its `import_id`, so what a killed import left behind is never seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from survey.errors import StoreError
from survey.parts import read_parts

W_SCALE = 2**20  # w_fx = round(weight * W_SCALE); sums of int64 are the same bits on every engine
META = "silu"  # key of our commit metadata inside the Delta log
FOR_EVER = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
TEXTS = pa.schema([(name, pa.string()) for name in ("response_id", "wave", "item", "text", "import_id")])
REJECTED = pa.schema(
    [
        ("import_id", pa.string()),
        ("wave", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int32()),
        ("reason", pa.string()),
        ("headings", pa.string()),  # JSON list, the headings of the file
        ("cells", pa.string()),  # JSON list, the row as it was given
    ]
)


class StaleVersionError(StoreError):
    """Someone else committed since the version on which this commit was prepared."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one import brings, ready to be committed.

    Args:
        wave: the only wave of all rows.
        responses: coded rows (new and changed), columns of `responses.response_schema`.
        texts: their free texts, schema `TEXTS`; texts of rows that are not in `responses` are not allowed.
        rejected: rows kept for mending, schema `REJECTED`.
        replaced: response ids of `responses` that replace an earlier row of the same wave.
    """

    wave: str
    responses: pa.Table
    texts: pa.Table
    rejected: pa.Table
    replaced: tuple[str, ...] = ()

    @property
    def import_id(self) -> str:
        """The id that ties responses, texts and rejected rows of one import together."""
        return str(self.responses["import_id"][0]) if self.responses.num_rows else ""


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


class ResponseStore:
    """The coded responses of one study, with all their versions.

    Args:
        root: the folder `store` of the study; it is made by the first commit.
    """

    def __init__(self, root: Path | str) -> None:
        """Only remembers the folder; nothing is read or made."""
        self.root = Path(root)

    @property
    def version(self) -> int | None:
        """Newest version; None when nothing was ever committed."""
        table = _open(self.root / "responses")
        return None if table is None else int(table.version())

    def schema(self, version: int | None = None) -> pa.Schema | None:
        """Arrow schema of the responses, None for a store that does not exist."""
        table = _open(self.root / "responses", version)
        return None if table is None else pa.schema(table.schema().to_arrow())

    def files(self, version: int | None = None) -> tuple[str, ...]:
        """Parquet parts of the responses of one version, for DuckDB or Spark to read (wave is in the path)."""
        table = _open(self.root / "responses", version)
        return () if table is None else tuple(sorted(table.file_uris()))

    def read(
        self, columns: Sequence[str] | None = None, *, waves: Sequence[str] | None = None, version: int | None = None
    ) -> pa.Table:
        """Coded responses.

        Args:
            columns: which columns, all when None.
            waves: which waves, all when None.
            version: which data version, the newest when None.

        Returns:
            A table sorted by psu inside each part; not asked is NULL, shown but left empty is -2.

        Raises:
            StoreError: no data yet, no such version, no such column.
        """
        table = self._need(version)
        return read_parts(table, columns=columns, waves=waves)

    def texts(self, *, waves: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
        """Free texts of one version: response_id, wave, item, text (as given by the respondent)."""
        responses = self.read(["response_id", "import_id"], waves=waves, version=version)
        table = _open(self.root / "texts")
        if table is None:
            return TEXTS.empty_table().drop_columns(["import_id"])
        texts = read_parts(table, waves=waves).select(TEXTS.names)
        alive = texts.filter(pc.is_in(_key(texts), _key(responses)))
        return alive.drop_columns(["import_id"])

    def rejected(self, *, version: int | None = None) -> pa.Table:
        """Rejected rows of the imports that make up one version, schema `REJECTED`."""
        table = _open(self.root / "rejected")
        if table is None:
            return REJECTED.empty_table()
        live = [imported.meta.get("import_id", "") for imported in self.lineage(version)]
        rows = read_parts(table).select(REJECTED.names)
        return rows.filter(pc.is_in(rows["import_id"], pa.array(live, pa.string())))

    def commit(
        self,
        batch: Batch,
        *,
        meta: Mapping[str, Any] | None = None,
        who: str = "",
        note: str = "",
        expected: int | None = None,
    ) -> int:
        """Store one batch as one new version.

        Args:
            batch: what to store.
            meta: what the history shall tell: files with sha256, counts, mode.
            who: the person.
            note: their words.
            expected: the version on which the batch was prepared (None: on an empty store).

        Returns:
            The new version.

        Raises:
            StaleVersionError: the store has moved on since `expected`; prepare the batch again.
            StoreError: the store cannot be written.
        """
        if self.version != expected:
            raise _stale(expected, self.version)
        pins = {
            "texts_version": _append(self.root / "texts", batch.texts, partition_by=["wave"]),
            "rejected_version": _append(self.root / "rejected", batch.rejected, partition_by=None),
        }
        told = {"kind": "import", "who": who, "note": note, "wave": batch.wave, "import_id": batch.import_id}
        table = self._create(batch.responses.schema) if expected is None else self._need(expected)
        rows, how = batch.responses, {"mode": "append"}
        if batch.replaced:
            rows = pa.concat_tables([_without(table, batch), rows], promote_options="default")
            how = {"mode": "overwrite", "predicate": f"wave = '{batch.wave}'"}
        return _write(table, sort_by_psu(rows), {**told, **pins, **(meta or {})}, how)

    def history(self) -> tuple[Version, ...]:
        """All versions, newest first."""
        table = _open(self.root / "responses")
        return () if table is None else tuple(_version(entry) for entry in table.history())

    def lineage(self, version: int | None = None) -> tuple[Version, ...]:
        """The imports whose rows make up a version, oldest first; an undone import is not among them."""
        known = {entry.number: entry for entry in self.history()}
        at = max(known, default=-1) if version is None else version
        made: list[Version] = []
        while at in known:
            if "restored" in known[at].meta:
                at = int(known[at].meta["restored"])
                continue
            made += [known[at]] if known[at].kind == "import" else []
            at -= 1
        return tuple(reversed(made))

    def undo(self, *, who: str, why: str, to: int | None = None) -> int:
        """Show the content of an earlier version again, as a new version; nothing is deleted.

        Args:
            who: the person.
            why: the reason, kept in the history.
            to: the version to show; the one before the newest content when None.

        Returns:
            The new version.

        Raises:
            StoreError: there is nothing to undo, or no such version.
        """
        table = self._need(None)
        target = self._before() if to is None else to
        if not 0 <= target < table.version():
            raise StoreError("没有可撤销到的版本", got=str(target), expected=f"0 到 {table.version() - 1}")
        told = {"kind": "undo", "who": who, "note": why, "restored": target}
        try:
            table.restore(target, commit_properties=_properties(told))
        except DeltaError as error:
            raise StoreError("撤销没有成功，数据保持原样", where=str(self.root), got=str(error)) from error
        return int(self._need(None).version())

    def _before(self) -> int:
        """The version whose content preceded the content now shown (undo twice goes two steps back)."""
        made = self.lineage()
        return made[-1].number - 1 if made else -1

    def _create(self, schema: pa.Schema) -> DeltaTable:
        """Make the empty table, version 0."""
        try:
            return DeltaTable.create(
                str(self.root / "responses"),
                schema,
                mode="error",
                partition_by=["wave"],
                configuration=FOR_EVER | {"silu.w_scale": str(W_SCALE)},
                commit_properties=_properties({"kind": "create"}),
                raise_if_key_not_exists=False,
            )
        except (DeltaError, OSError) as error:
            if _open(self.root / "responses") is not None:
                raise _stale(None, self.version) from error
            raise StoreError(
                "不能建立答卷库", where=str(self.root), got=str(error), cure="检查文件夹的写权限和磁盘空间"
            ) from error

    def _need(self, version: int | None) -> DeltaTable:
        table = _open(self.root / "responses", version)
        if table is None:
            raise StoreError("这个研究还没有任何答卷", where=str(self.root), cure="先用 silu import 导入一份答卷文件")
        return table


def _key(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["import_id"], rows["response_id"], " ")


def sort_by_psu(rows: pa.Table) -> pa.Table:
    """Rows in order of psu (stable; missing last): a scan by psu then touches each row group once."""
    if rows.num_rows < 2 or rows["psu"].null_count == rows.num_rows:
        return rows
    return rows.take(pc.sort_indices(rows["psu"]))


def _without(table: DeltaTable, batch: Batch) -> pa.Table:
    """The wave as it is now, less the rows that the batch replaces."""
    now = read_parts(table, waves=[batch.wave])
    gone = pc.is_in(now["response_id"], pa.array(batch.replaced, pa.string()))
    return now.filter(pc.invert(gone))


def _open(path: Path, version: int | None = None) -> DeltaTable | None:
    """The Delta table at a folder, None when there is none."""
    if not (path / "_delta_log").is_dir() or not DeltaTable.is_deltatable(str(path)):
        return None
    try:
        return DeltaTable(str(path), version=version)
    except (DeltaError, OSError) as error:
        wanted = "最新" if version is None else str(version)
        raise StoreError("答卷库里没有这个版本，或者库文件已损坏", where=str(path), got=f"版本 {wanted}") from error


def _append(path: Path, rows: pa.Table, *, partition_by: list[str] | None) -> int | None:
    """Append to a side table; returns its version after that. Appends never conflict."""
    table = _open(path)
    if rows.num_rows == 0:
        return None if table is None else int(table.version())
    try:
        if table is None:
            table = DeltaTable.create(
                str(path), rows.schema, mode="ignore", partition_by=partition_by, configuration=FOR_EVER
            )
        write_deltalake(
            table,
            rows,
            mode="append",
            writer_properties=WriterProperties(compression="ZSTD", compression_level=1),
        )
    except (DeltaError, OSError) as error:
        raise StoreError(
            "不能写入答卷库", where=str(path), got=str(error), cure="检查写权限和磁盘空间，然后重试"
        ) from error
    return int(DeltaTable(str(path)).version())


def _write(table: DeltaTable, rows: pa.Table, told: Mapping[str, Any], how: Mapping[str, Any]) -> int:
    """The atomic switch: fails when the table has moved since it was opened, whatever the other wrote."""
    before = int(table.version())
    try:
        write_deltalake(
            table,
            rows,
            schema_mode="merge",
            writer_properties=WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=250_000),
            commit_properties=_properties(told),
            **how,
        )
    except CommitFailedError as error:
        raise _stale(before, None) from error
    except (DeltaError, OSError) as error:
        raise StoreError(
            "不能写入答卷库", where=table.table_uri, got=str(error), cure="检查写权限和磁盘空间，然后重试"
        ) from error
    return before + 1  # no retries: what was written is the version right after the one that was read


def _properties(told: Mapping[str, Any]) -> CommitProperties:
    return CommitProperties(custom_metadata={META: json.dumps(told, ensure_ascii=False)}, max_commit_retries=0)


def _stale(expected: int | None, got: int | None) -> StaleVersionError:
    return StaleVersionError(
        "别人刚刚提交了新的数据，本次提交没有写入",
        got="" if got is None else f"版本 {got}",
        expected="空库" if expected is None else f"版本 {expected}",
        cure="重新预览后再提交",
    )


def _version(entry: Mapping[str, Any]) -> Version:
    meta = json.loads(entry.get(META, "{}"))
    return Version(
        number=int(entry["version"]),
        kind=str(meta.pop("kind", "create")),
        at=datetime.fromtimestamp(entry["timestamp"] / 1000),
        who=str(meta.pop("who", "")),
        note=str(meta.pop("note", "")),
        meta=meta,
    )
