"""Versions of a study's data: history of imports and undos, undo, and rejected rows not yet corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from survey.importing.rejects import outstanding
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import Study

KINDS: Mapping[str, str] = {
    "create": "建库",
    "import": "导入",
    "undo": "撤销",
    "withdrawal": "居民撤回",
    "retention": "到期删除",
    "repair": "修复",
}
COUNTS: Mapping[str, str] = {
    "new": "新增",
    "changed": "更新",
    "unchanged": "不变",
    "rejected": "退回",
    "revoked": "作废",
}


@dataclass(frozen=True, slots=True)
class DataVersion:
    """One entry of the history.

    Attributes:
        number: the data version.
        at: when it was written. who: by whom.
        kind: 导入, 撤销 ...; undone: whether the rows of this import are absent from the newest data.
        wave: of the rows. files: names of the imported files.
        counts: 新增, 更新, 不变, 退回 -> rows; 作废 -> stored responses taken out; only known counts.
        note: the person's reason; for an undo, also the version that it restores.
        readable: whether it can still be opened; purging withdrawn answers closes older versions.
        broken: whether it cannot be opened because a part is missing that was not purged.
    """

    number: int
    at: datetime
    who: str
    kind: str
    undone: bool
    wave: str
    files: tuple[str, ...]
    counts: Mapping[str, int]
    note: str
    readable: bool
    broken: bool


def history(study: Study) -> tuple[DataVersion, ...]:
    """Return all versions, newest first."""
    store = ResponseStore(study.root / "store")
    live, lost, broken = {version.number for version in store.lineage()}, store.lost(), store.broken()
    found = []
    for one in store.history():
        counts, restored = one.meta.get("counts", {}), one.meta.get("restored")
        again = "" if restored is None else f"回到版本 {restored} 的内容"
        found.append(
            DataVersion(
                one.number,
                one.at,
                one.who,
                KINDS.get(one.kind, one.kind),
                one.kind == "import" and one.number not in live,
                one.meta.get("wave", ""),
                tuple(file["name"] for file in one.meta.get("files", ())),
                {label: counts[key] for key, label in COUNTS.items() if counts.get(key) is not None},
                "；".join(part for part in (again, one.note) if part),
                one.number not in lost | broken,
                one.number in broken,
            )
        )
    return tuple(found)


def last_import(versions: Sequence[DataVersion]) -> DataVersion | None:
    """Return the import of a history that an undo would revert; None where there is none."""
    return next((one for one in versions if one.kind == KINDS["import"] and not one.undone), None)


def undo(study: Study, *, who: str, why: str, to: int | None = None) -> tuple[int, int]:
    """Restore the content of an earlier version as a new version; delete nothing.

    Returns:
        The new data version, and how many responses it holds.

    Raises:
        StoreError: there is nothing to undo, or no such version.
    """
    store = ResponseStore(study.root / "store")
    version = store.undo(who=who, why=why, to=to)
    return version, store.read(["response_id"]).num_rows


def answered(root: Path, version: int) -> pd.DataFrame:
    """Return the number of responses of a data version: wave, mode, n."""
    return pd.DataFrame(count_modes(root / "store", version), columns=["wave", "mode", "n"])


def newest(root: Path) -> int | None:
    """Return the newest data version of a study folder; None before the first import."""
    return ResponseStore(root / "store").version


def rejected(study: Study, version: int | None = None, *, every: bool = False) -> tuple[pa.Table, int]:
    """Return rejected rows that have not been corrected and imported yet.

    Args:
        study: the study.
        version: data version, the newest when None.
        every: include rows that were corrected and imported since.

    Returns:
        The rows, and how many were rejected in all.
    """
    rows = ResponseStore(study.root / "store").rejected(version=version)
    return (rows if every else outstanding(study, version)), rows.num_rows
