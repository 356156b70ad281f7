"""ResponseStore: coded responses as an ACID table of Parquet parts; every commit creates a version.

    store/responses   Delta table, partitioned by wave, sorted by psu: one row per response
    store/texts       Delta table, append only: one row per free text
    store/rejected    Delta table, append only: one row per rejected source row, unchanged

A commit first appends texts and rejected rows and then commits the responses, which name the versions of the other two.
The commit of the responses is thus the atomic step: a text counts only when a response of the version carries its
`import_id`, so leftovers of a killed import are never visible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from survey.errors import StoreError
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
from survey.storage.import_batch import REJECTED, TEXTS, ImportBatch, rows_to_write
from survey.storage.integrity.anchor import audit_anchor
from survey.storage.integrity.checks import check_parts, check_present
from survey.storage.integrity.log import read_commits
from survey.storage.integrity.settling import settle
from survey.storage.matched_texts import matched_texts
from survey.storage.open_tables import Opening, read_table
from survey.storage.parquet import part_files, read_parts, sort_by_psu, wave_of
from survey.storage.stored_parts import StoredPart

__all__ = ["W_SCALE", "ResponseStore", "StaleVersionError", "Version"]

DIGEST = "digest"
"""Column of the numbers of texts."""
PartDigests = Callable[[StoredPart], npt.NDArray[np.int64]]
W_SCALE = 2**20  # w_fx = round(weight * W_SCALE); sums of int64 are the same bits on every engine


class ResponseStore:
    """The coded responses of one study, with all their versions.

    Args:
        root: the folder `store` of the study; the first commit creates it.
    """

    def __init__(self, root: Path | str) -> None:
        """Keep the path of the folder without reading or creating anything."""
        self.root = Path(root)

    @property
    def version(self) -> int | None:
        """Return the newest version; None before the first commit."""
        table = read_table(self.root / "responses")
        return None if table is None else int(table.version())

    def schema(self, version: int | None = None) -> pa.Schema | None:
        """Return the Arrow schema of the responses; None for a missing store."""
        table = read_table(self.root / "responses", version)
        return None if table is None else pa.schema(table.schema().to_arrow())

    def files(self, version: int | None = None, *, table: str = "responses") -> tuple[str, ...]:
        """Return the Parquet parts of one version of a table, for DuckDB or Spark (wave is in the path)."""
        opened = read_table(self.root / table, version)
        files = () if opened is None else part_files(opened)
        check_parts(files)
        return files

    def read(
        self, columns: Sequence[str] | None = None, *, waves: Sequence[str] | None = None, version: int | None = None
    ) -> pa.Table:
        """Return coded responses.

        Args:
            columns: which columns, all when None.
            waves: which waves, all when None.
            version: which data version, the newest when None.

        Returns:
            A table sorted by psu inside each part; not asked is NULL, shown but left empty is -2.

        Raises:
            StoreError: no data yet, no such version, no such column.
        """
        table = self._need(version, read_table)
        return read_parts(table, columns=columns, waves=waves)

    def texts(
        self,
        *,
        waves: Sequence[str] | None = None,
        version: int | None = None,
        item: str | None = None,
        digest: PartDigests | None = None,
        described: bool = False,
    ) -> pa.Table:
        """Return free texts of one version: response_id, wave, item, text (as the respondent wrote it).

        Args:
            waves: which waves, all when None.
            version: which data version, the newest when None.
            item: only answers to this question; all when None.
            digest: returns a number for each text of a part, in its order; they become the column `DIGEST`.
            described: whether to return import_id and mode of the response as well.
        """
        responses = self._need(version, read_table)
        table = read_table(self.root / "texts")
        if table is None:
            none = _without_import(TEXTS.empty_table(), None if not described else pa.array([], pa.string()))
            return none if digest is None else none.append_column(DIGEST, pa.array([], pa.int64()))
        rows, carrier = matched_texts(table, responses, waves)
        if item is not None:
            asked = np.asarray(pc.equal(read_parts(table, columns=["item"], waves=waves)["item"], item))[rows]
            rows, carrier = rows[asked], carrier[asked]
        texts = read_parts(table, columns=TEXTS.names, waves=waves, rows=rows)
        if digest is not None:
            schema = pa.schema(table.schema().to_arrow())
            parts = [StoredPart(Path(file), wave_of(file), schema) for file in part_files(table)]
            named = [digest(part) for part in parts if waves is None or part.wave in waves]
            texts = texts.append_column(DIGEST, pa.array(np.concatenate([np.empty(0, dtype=np.int64), *named])[rows]))
        mode = read_parts(responses, columns=["mode"], waves=waves)["mode"] if described else None
        return _without_import(texts, None if mode is None else mode.take(pa.array(carrier)))

    def rejected(self, *, version: int | None = None) -> pa.Table:
        """Return rejected rows of the imports that make up one version, schema `REJECTED`."""
        table = read_table(self.root / "rejected")
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
            meta: metadata for the history: files with sha256, counts, mode.
            who: person.
            note: the person's reason.
            expected: the version on which the batch was prepared (None: an empty store).

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
        metadata: dict[str, Any] = {
            "kind": "import",
            "who": who,
            "note": note,
            "wave": batch.wave,
            "import_id": batch.import_id,
        }
        table = self._create(batch.responses.schema) if expected is None else self._need(expected)
        whole = batch.wave if batch.replaced else None
        metadata |= {**pins, **audit_anchor(self.root.parent), **(meta or {})}
        rows = rows_to_write(table, batch)
        version = write_rows(self.root / "responses", table, rows, metadata, replace_wave=whole)
        settle(self.root)
        return version

    def broken(self) -> frozenset[int]:
        """Return versions that are unreadable because a part is missing and was not erased."""
        return broken_versions(self.root / "responses")

    def rows_written(self, batch: ImportBatch, base: int | None) -> pa.Table:
        """The rows that a commit of a batch on a version would write, or has written."""
        table = open_table(self.root / "responses", base or 0)
        return sort_by_psu(batch.responses) if table is None else rows_to_write(table, batch)

    def lost(self) -> frozenset[int]:
        """Return versions that are unreadable because they held responses that were withdrawn and purged."""
        return lost_versions(self.root / "responses")

    def history(self) -> tuple[Version, ...]:
        """Return all versions, newest first."""
        folder = self.root / "responses"
        table = read_table(folder)
        found = [] if table is None else read_commits(folder, int(table.version()))
        return tuple(read_version(entry) for entry in reversed(found))

    def lineage(self, version: int | None = None) -> tuple[Version, ...]:
        """Return the imports whose rows make up a version, oldest first, without undone imports."""
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
        """Restore the content of an earlier version as a new version; delete nothing.

        Args:
            who: the person.
            why: the reason, kept in the history.
            to: the version to restore; when None, the one whose content preceded the current one.

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
        metadata = {"kind": "undo", "who": who, "note": why, "restored": target, **audit_anchor(self.root.parent)}
        restore(self.root / "responses", table, target, metadata)
        settle(self.root)
        return int(self._need(None).version())

    def settle(self) -> None:
        """Sync and seal all commits so far, including those of other processes.

        Raises:
            StoreError: the disk is full or cannot be written.
        """
        settle(self.root)

    def _before(self) -> int:
        """Return the version whose content preceded the current one (a second undo goes two steps back)."""
        made = self.lineage()
        return made[-1].number - 1 if made else -1

    def _create(self, schema: pa.Schema) -> DeltaTable:
        return create_table(self.root / "responses", schema, configuration={"silu.w_scale": str(W_SCALE)})

    def _need(self, version: int | None, open_: Opening = open_table) -> DeltaTable:
        table = open_(self.root / "responses", version)
        if table is None:
            raise StoreError("这个研究还没有任何答卷", where=str(self.root), cure="先用 silu import 导入一份答卷文件")
        check_present(part_files(table))
        return table


def _without_import(texts: pa.Table, mode: pa.ChunkedArray | pa.Array | None) -> pa.Table:
    """Return texts without import_id, or with it and a mode."""
    return texts.drop_columns(["import_id"]) if mode is None else texts.append_column("mode", mode)
