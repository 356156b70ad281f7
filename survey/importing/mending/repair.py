"""Repair the parts of a store from the raw files of its imports.

A part that comes out byte by byte as it was is put back, and every version is whole again. One that does not, because
a library writes otherwise today, is replaced in a new version by one with the same rows. What cannot be made again is
named, and nothing is left out unless that is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import StoreError
from survey.importing.mending.rebuild import Recoded, Source, recode, replay
from survey.storage.parquet import rewrite_part
from survey.storage.repair.mending import (
    DamagedPart,
    damaged_parts,
    give_up,
    intact_ids,
    replace_parts,
    schema_of,
    set_aside,
)
from survey.storage.store import ResponseStore, Version
from survey.study.study import Study

PINS = {"texts": "texts_version", "rejected": "rejected_version"}
"""Side table -> where the history of the responses names its version."""


@dataclass
class Repairs:
    """What a repair did.

    Attributes:
        done: what is right again, in Chinese.
        open: what is not, and what to do, in Chinese.
        versions: new versions of the responses.
    """

    done: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)


def repair_parts(study: Study, source: Source, repairs: Repairs, *, accept_loss: bool = False) -> None:
    """Put back or replace every damaged part of a store.

    Args:
        study: the study.
        source: gives the contents of imported files.
        repairs: what is done is added to it.
        accept_loss: replace a part also by what of it can be made again; the history says how much is missing.

    Raises:
        StoreError: the store cannot be read as a whole, or not be written; what was done until then is done.
    """
    folder = study.root / "store"
    damaged = damaged_parts(folder)
    if not damaged:
        return
    work = _Work(study, ResponseStore(folder), source, repairs)
    left = [part for part in damaged if part.emptied or not work.put_back(part)]
    groups: dict[tuple[str, str], list[DamagedPart]] = defaultdict(list)
    for part in left:
        if part.live:
            groups[part.table, part.wave].append(part)
        else:
            work.old(part, accept_loss=accept_loss)
    for (table, wave), parts in groups.items():
        work.replace(table, wave, parts, accept_loss=accept_loss)


@dataclass
class _Work:
    study: Study
    store: ResponseStore
    source: Source
    repairs: Repairs
    coded: dict[int, Recoded | str] = field(default_factory=dict)

    def put_back(self, part: DamagedPart) -> bool:
        """Make a part once more as its import made it; whether it is the same byte by byte."""
        made = self._made_by(part)
        recoded = self._recoded(made) if made else "?"
        if isinstance(recoded, str):
            return False
        path = self.store.root / part.table / part.path
        try:
            rows = self._committed(recoded, part)
        except StoreError:
            return False
        if path.exists():
            set_aside(path, self.store.root)
        if not rewrite_part(path, rows):
            return False
        self.repairs.done.append(f"数据文件 {part.table}/{part.path} 已按原始文件恢复，与原来逐字节相同")
        return True

    def old(self, part: DamagedPart, *, accept_loss: bool) -> None:
        """Name a part that only older versions are built on."""
        versions = "、".join(map(str, part.built)) or str(part.version)
        told = f"旧版本 {versions} 的数据文件补不回来，打不开；最新版本不受影响"
        if accept_loss or part.table != "responses":  # side tables are read in their newest version only
            give_up(self.store.root / part.table, [part])
            self.repairs.done.append(f"{part.table} {told}")
        else:
            self.repairs.open.append(f"{told}。运行 silu repair --accept-loss 放弃这些旧版本")

    def replace(self, table: str, wave: str, parts: Sequence[DamagedPart], *, accept_loss: bool) -> None:
        """Put rows that say the same in the place of parts of one wave."""
        # What was erased at the end of its period does not come back: see `redaction.admitted`.
        rows, reasons = self._rows(table, wave, parts)
        wanted = sum(part.rows for part in parts)
        lost = max(wanted - rows.num_rows, 0)
        unit = "份答卷" if table == "responses" else "条文字" if table == "texts" else "行退回记录"
        if lost and not accept_loss:
            why = f"（{'；'.join(reasons)}）" if reasons else ""
            self.repairs.open.append(
                f"{wave} 有 {wanted} {unit}损坏，其中 {lost} {unit}补不回来{why}。重新导入原来的文件即可补回；"
                "确实没有了，运行 silu repair --accept-loss 舍弃它们"
            )
            return
        told = {"kind": "repair", "wave": wave, "note": f"重建 {rows.num_rows}，缺 {lost}", "who": "silu repair"}
        version = replace_parts(self.store.root / table, parts, rows, told)
        self.repairs.done.append(f"{wave} 的 {rows.num_rows} {unit}已重建" + (f"，舍弃 {lost} {unit}" if lost else ""))
        if table == "responses":
            self.repairs.versions.append(version)

    def _committed(self, recoded: Recoded, part: DamagedPart) -> pa.Table:
        batch = recoded.as_committed(self.store)
        if part.table == "responses":
            return self.store.rows_written(batch, recoded.version.number - 1 or None)
        return batch.texts if part.table == "texts" else batch.rejected

    def _rows(self, table: str, wave: str, parts: Sequence[DamagedPart]) -> tuple[pa.Table, list[str]]:
        """What damaged parts of a wave said, and why some of it cannot be made again."""
        imports = [one for one in self.store.lineage() if one.meta.get("wave") == wave]
        if table != "responses":
            made = {one.number for one in map(self._made_by, parts) if one}
            imports = [one for one in self.store.history() if one.number in made]
        recoded = [self._recoded(one) for one in imports]
        found = [one for one in recoded if isinstance(one, Recoded)]
        reasons = [one for one in recoded if isinstance(one, str)]
        schema = schema_of(self.store.root / table)
        if not found:
            return schema.empty_table(), reasons
        if table == "responses":
            rows = replay(found)
            there = intact_ids(self.store.root / table, wave)
            rows = rows.filter(pc.invert(pc.is_in(rows["response_id"], pa.array(sorted(there), pa.string()))))
        else:
            batches = [one.by_itself() for one in found]
            rows = pa.concat_tables([one.texts if table == "texts" else one.rejected for one in batches])
        return rows.cast(pa.schema([schema.field(name) for name in rows.column_names])), reasons

    def _made_by(self, part: DamagedPart) -> Version | None:
        """The import that wrote a part."""
        history = sorted(self.store.history(), key=lambda one: one.number)
        if part.table == "responses":
            return next((one for one in history if one.number == part.version and one.kind == "import"), None)
        pin = PINS[part.table]
        return next((one for one in history if one.meta.get(pin) == part.version and one.kind == "import"), None)

    def _recoded(self, version: Version) -> Recoded | str:
        if version.number not in self.coded:
            self.coded[version.number] = recode(self.study, version, self.source)
        return self.coded[version.number]
