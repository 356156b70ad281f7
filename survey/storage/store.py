"""ResponseStore: coded responses as an ACID table of Parquet parts; every commit is a version.

    store/responses   Delta table, partitioned by wave, sorted by psu: one row per response
    store/texts       Delta table, append only: one row per free text
    store/rejected    Delta table, append only: one row per rejected source row, as it was given

A commit first appends texts and rejected rows and then commits the responses, naming the versions of the
other two. The responses commit is therefore the one atomic switch: a text counts only when a response
of the version carries its `import_id`, so what a killed import left behind is never seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from survey.errors import StoreError
from survey.storage.checks import check_parts, check_present
from survey.storage.delta import (
    StaleVersionError,
    Version,
    append_rows,
    broken_versions,
    create_table,
    lost_versions,
    open_table,
    read_version,
    restore,
    stale,
    write_rows,
)
from survey.storage.log import read_commits
from survey.storage.parquet import part_files, read_parts
from survey.storage.settling import settle

__all__ = ["REJECTED", "TEXTS", "W_SCALE", "ImportBatch", "ResponseStore", "StaleVersionError", "Version"]

W_SCALE = 2**20  # w_fx = round(weight * W_SCALE); sums of int64 are the same bits on every engine
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


@dataclass(frozen=True, slots=True)
class ImportBatch:
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
        table = open_table(self.root / "responses")
        return None if table is None else int(table.version())

    def schema(self, version: int | None = None) -> pa.Schema | None:
        """Arrow schema of the responses, None for a store that does not exist."""
        table = open_table(self.root / "responses", version)
        return None if table is None else pa.schema(table.schema().to_arrow())

    def files(self, version: int | None = None) -> tuple[str, ...]:
        """Parquet parts of the responses of one version, for DuckDB or Spark to read (wave is in the path)."""
        table = open_table(self.root / "responses", version)
        files = () if table is None else part_files(table)
        check_parts(files)
        return files

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
        table = open_table(self.root / "texts")
        if table is None:
            return TEXTS.empty_table().drop_columns(["import_id"])
        texts = read_parts(table, waves=waves).select(TEXTS.names)
        alive = texts.filter(pc.is_in(_key(texts), _key(responses)))
        return alive.drop_columns(["import_id"])

    def rejected(self, *, version: int | None = None) -> pa.Table:
        """Rejected rows of the imports that make up one version, schema `REJECTED`."""
        table = open_table(self.root / "rejected")
        if table is None:
            return REJECTED.empty_table()
        live = [imported.meta.get("import_id", "") for imported in self.lineage(version)]
        rows = read_parts(table).select(REJECTED.names)
        return rows.filter(pc.is_in(rows["import_id"], pa.array(live, pa.string())))

    def commit(
        self,
        batch: ImportBatch,
        *,
        meta: Mapping[str, Any] | None = None,
        who: str = "",
        note: str = "",
        expected: int | None = None,
    ) -> int:
        """Store one batch as one new version; on return it survives a power cut.

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
        settle(self.root)
        if self.version != expected:
            raise stale(expected, self.version)
        pins = {
            "texts_version": append_rows(self.root / "texts", batch.texts),
            "rejected_version": append_rows(self.root / "rejected", batch.rejected),
        }
        told: dict[str, Any] = {
            "kind": "import",
            "who": who,
            "note": note,
            "wave": batch.wave,
            "import_id": batch.import_id,
        }
        table = self._create(batch.responses.schema) if expected is None else self._need(expected)
        rows = batch.responses
        if batch.replaced:
            rows = pa.concat_tables([_without(table, batch), rows], promote_options="default")
        whole = batch.wave if batch.replaced else None
        told |= pins | dict(meta or {})
        version = write_rows(self.root / "responses", table, sort_by_psu(rows), told, replace_wave=whole)
        settle(self.root)
        return version

    def broken(self) -> frozenset[int]:
        """Versions that cannot be read any more because a part of them is missing, and was not erased."""
        return broken_versions(self.root / "responses")

    def lost(self) -> frozenset[int]:
        """Versions that cannot be read any more: they held answers that were withdrawn and purged since."""
        return lost_versions(self.root / "responses")

    def history(self) -> tuple[Version, ...]:
        """All versions, newest first."""
        folder = self.root / "responses"
        table = open_table(folder)
        found = [] if table is None else read_commits(folder, int(table.version()))
        return tuple(read_version(entry) for entry in reversed(found))

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
        settle(self.root)
        table = self._need(None)
        target = self._before() if to is None else to
        if to is None and target < 0:
            raise StoreError("没有可以撤销的导入", where=str(self.root), cure="用 silu history 查看所有版本")
        if not 0 <= target < table.version():
            raise StoreError("没有可撤销到的版本", got=str(target), expected=f"0 到 {table.version() - 1}")
        self._need(target)
        restore(self.root / "responses", table, target, {"kind": "undo", "who": who, "note": why, "restored": target})
        settle(self.root)
        return int(self._need(None).version())

    def settle(self) -> None:
        """Bring all that was committed so far to the disk, by whomever, so that one may rely on it.

        Raises:
            StoreError: the disk is full or cannot be written.
        """
        settle(self.root)

    def _before(self) -> int:
        """The version whose content preceded the content now shown (undo twice goes two steps back)."""
        made = self.lineage()
        return made[-1].number - 1 if made else -1

    def _create(self, schema: pa.Schema) -> DeltaTable:
        return create_table(self.root / "responses", schema, configuration={"silu.w_scale": str(W_SCALE)})

    def _need(self, version: int | None) -> DeltaTable:
        table = open_table(self.root / "responses", version)
        if table is None:
            raise StoreError("这个研究还没有任何答卷", where=str(self.root), cure="先用 silu import 导入一份答卷文件")
        check_present(part_files(table))
        return table


def _key(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["import_id"], rows["response_id"], " ")


def sort_by_psu(rows: pa.Table) -> pa.Table:
    """Rows in order of psu (stable; missing last): a scan by psu then touches each row group once."""
    if rows.num_rows < 2 or rows["psu"].null_count == rows.num_rows:
        return rows
    return rows.take(pc.sort_indices(rows["psu"]))


def _without(table: DeltaTable, batch: ImportBatch) -> pa.Table:
    """The wave as it is now, less the rows that the batch replaces."""
    now = read_parts(table, waves=[batch.wave])
    gone = pc.is_in(now["response_id"], pa.array(batch.replaced, pa.string()))
    return now.filter(pc.invert(gone))
