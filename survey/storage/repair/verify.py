"""Verify the stored files of a study against the checksums kept when they were written.

Verification changes nothing, not even entries that could be restored from a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from survey.host.disk import sha256_of
from survey.host.sealed_lines import check_lines
from survey.storage.files import FOLDER as RAW
from survey.storage.files import raw_is_right
from survey.storage.integrity.checks import erased_parts, is_right, path_in_store, replaced_parts
from survey.storage.integrity.erasures import FILE as ERASURES
from survey.storage.integrity.erasures import erased
from survey.storage.integrity.log import LOG, added_parts, entry_name, is_checkpoint, is_whole, read_log
from survey.storage.integrity.seals import FOLDER as SEALS
from survey.storage.integrity.seals import Seals, read_seals
from survey.storage.integrity.settling import TABLES


class Stored(StrEnum):
    """Kinds of files that a study stores."""

    PART = "数据文件"
    LOG = "版本日志"
    SEAL = "封存记录"
    ERASURE = "清除记录"
    RAW = "原始文件"
    INBOX = "网上答卷"
    LEDGER = "台账和记录"
    BOUNDARIES = "地图边界"
    VIEWS = "查看和导出记录"


@dataclass(frozen=True, slots=True)
class Fault:
    """A corrupt or missing file, line or submission.

    Attributes:
        kind: kind of file.
        path: path inside the study, with slashes.
        what: the fault, in Chinese.
        cure: the remedy, in Chinese.
    """

    kind: Stored
    path: str
    what: str
    cure: str


@dataclass
class Verification:
    """Result of a verification.

    Attributes:
        checked: kind -> number of files (submissions for the inbox) checked against a checksum.
        unsealed: kind -> number without a checksum.
        faults: all faults.
        unwritten: why missing checksums could not be added, in Chinese; "" where they were, or none was missing.
    """

    checked: dict[Stored, int] = field(default_factory=dict)
    unsealed: dict[Stored, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unwritten: str = ""

    def count(self, kind: Stored, *, sealed: bool = True, number: int = 1) -> None:
        """Count files of a kind."""
        where = self.checked if sealed else self.unsealed
        where[kind] = where.get(kind, 0) + number

    def fault(self, kind: Stored, path: str, what: str, cure: str) -> None:
        """Record a fault."""
        self.faults.append(Fault(kind, path, what, cure))


REPAIR = "运行 silu repair 调查文件夹"
AGAIN = "用原来的文件重新导入，或从备份恢复"
BACKUP = "从备份恢复"


def verify_store(root: Path, found: Verification) -> None:
    """Check logs, seals, parts and the erasure log of a study's store.

    Args:
        root: folder of the study.
        found: where what is found is added.

    Raises:
        StoreError: a newer version of the program has written the store.
    """
    store = root / "store"
    if not store.is_dir():
        return
    seals = read_seals(store, again=True)
    for name in sorted(seals.names):
        found.count(Stored.SEAL)
        if name in seals.damaged:
            found.fault(Stored.SEAL, f"store/{SEALS}/{name}", "内容与文件名里的校验值不符", REPAIR)
    for table in TABLES:
        _verify_log(store / table, seals, found)
        _verify_checkpoints(store / table, seals, found)
    for table in TABLES:
        _verify_parts(store / table, found)
    if (store / ERASURES).exists():
        verify_lines(store / ERASURES, Stored.ERASURE, root, found)


def verify_raw(root: Path, wanted: Mapping[str, str], found: Verification) -> None:
    """Check the raw files of a study.

    Args:
        root: folder of the study.
        wanted: name of a raw file -> name of the file that was imported, for all imports that count.
        found: where what is found is added.
    """
    there = {path.name: path for path in sorted((root / RAW).glob("*")) if len(path.stem) == 64}
    for name, path in there.items():
        found.count(Stored.RAW)
        if not raw_is_right(path):
            found.fault(Stored.RAW, f"{RAW}/{name}", f"内容已变（{wanted.get(name, '未计入的导入')}）", AGAIN)
    gone = erased(root / "store").gone
    for name, title in wanted.items():
        if name not in there and name not in gone:
            found.fault(Stored.RAW, f"{RAW}/{name}", f"文件不见了（{title}）", AGAIN)


def verify_lines(path: Path, kind: Stored, root: Path, found: Verification) -> None:
    """Check a log of sealed lines."""
    state, name = check_lines(path), path.relative_to(root).as_posix()
    found.count(kind, sealed=not state.unsealed)
    for number in state.broken[:10]:
        found.fault(kind, name, f"第 {number} 行被改动，或它前面少了行", BACKUP)
    if state.torn:
        found.fault(kind, name, "最后一行不完整", f"断电所致则无妨；{REPAIR}")
    elif state.unsealed and state.unsealed < state.lines:
        found.fault(kind, name, f"最后 {state.unsealed} 行没有校验值", f"{REPAIR}")


def _verify_log(folder: Path, seals: Seals, found: Verification) -> None:
    sealed, table = seals.top(folder.name), folder.name
    there = {int(path.stem) for path in (folder / LOG).glob("*.json") if path.stem.isdigit()}
    for version in range(max([sealed, *there], default=-1) + 1):
        path = folder / LOG / entry_name(version)
        content = path.read_bytes() if version in there else None
        known = (table, version) in seals.entries
        found.count(Stored.LOG, sealed=known)
        right = content is not None and (seals.holds(table, version, content) if known else is_whole(content))
        if not right:
            what = "不见了" if content is None else "与封存的不同" if known else "不完整"
            cure = REPAIR if seals.text_of(table, version) or not known else BACKUP
            found.fault(Stored.LOG, f"store/{table}/{LOG}/{path.name}", what, cure)


def _verify_checkpoints(folder: Path, seals: Seals, found: Verification) -> None:
    for path in sorted((folder / LOG).glob("*")):
        right = seals.files.get(_path_of(path, folder.parent), frozenset())
        if is_checkpoint(path.name) and seals.top(folder.name) >= 0:
            found.count(Stored.LOG)
            if sha256_of(path) not in right:
                found.fault(Stored.LOG, f"store/{_path_of(path, folder.parent)}", "检查点与封存的不同", REPAIR)


def _verify_parts(folder: Path, found: Verification) -> None:
    gone = erased_parts(folder) | replaced_parts(folder)
    for part in _every_part(folder):
        path = folder / part
        name = path_in_store(path)
        if not path.exists():
            if part not in gone:
                found.fault(Stored.PART, f"store/{name}", "文件不见了，也没有清除它的记录", REPAIR)
            continue
        right = is_right(path)
        found.count(Stored.PART, sealed=right is not None)
        if right is False:
            found.fault(Stored.PART, f"store/{name}", "内容与写入时的校验值不符", REPAIR)


def _every_part(folder: Path) -> list[str]:
    """Return the parts of all versions, in order."""
    return sorted({part for _, actions in read_log(folder) for part in added_parts(actions)})


def _path_of(path: Path, store: Path) -> str:
    """Return the path inside a store, with slashes."""
    return path.relative_to(store).as_posix()
