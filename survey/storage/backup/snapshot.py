"""Snapshots: back up a study while it is in use.

A backup is a folder: `objects/` with contents by SHA-256, and `snapshots/` with one file list per snapshot, sealed by
its own SHA-256. A snapshot is written atomically. The order of copying makes it consistent without stopping anything:
journals and inbox first (SQLite online backup), then the lists of versions, then parts. Submissions drained meanwhile
are drained again after a restore and recognised by their id; a part removed by a purge meanwhile restarts the snapshot.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from survey.errors import ArgumentError, StoreError
from survey.host.disk import locked, make_folder, write_whole
from survey.host.scratch import DRAFT, scratch_folder
from survey.storage.backup.objects import ObjectStore, StoredObject
from survey.storage.integrity.resting import SUFFIX as CHECKSUM
from survey.storage.integrity.resting import copy_with_log

FORMAT = 1
STAMP = "%Y%m%dT%H%M%S%f"
TRIES = 3
LOCK = "backup.lock"
"""File in a backup that one writer at a time locks."""
SQLITE = b"SQLite format 3\0"
SKIPPED_ENDS = ("-wal", "-shm", "-journal", ".lock", f".sqlite{CHECKSUM}")
"""Checksums of databases are not copied: they belong to the original file, not to its online copy."""
SKIPPED_STARTS = (DRAFT, ".silu-probe")
LOGS = ("store/seals", "store/responses/_delta_log", "store/rejected/_delta_log", "store/texts/_delta_log")
"""Lists of versions in the order in which they refer to each other: a seal names versions, a version of responses
names one of texts."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A study at one point in time.

    Attributes:
        name: its file in the backup; later snapshots sort later, also after a jump of the clock.
        taken: when, UTC, by the clock of the machine.
        study: name of the study folder.
        recipients: age public keys, or none.
        files: path inside the study -> content.
        fresh: contents that no earlier snapshot had.
    """

    name: str
    taken: datetime
    study: str
    recipients: tuple[str, ...]
    files: dict[str, StoredObject]
    fresh: int = 0

    @property
    def size(self) -> int:
        """Return the total bytes of all files."""
        return sum(one.size for one in self.files.values())


def take(root: Path, target: Path, recipients: Sequence[str] = ()) -> Snapshot:
    """Back up a study folder.

    Args:
        root: the study.
        target: folder of the backups; created where missing.
        recipients: age public keys to encrypt for.

    Raises:
        ArgumentError: the target is inside the study, or the study inside the target.
        StoreError: the target cannot be written, or the study changes faster than it can be copied.
    """
    _apart(root.resolve(), target.resolve())
    for _ in range(TRIES):
        try:
            make_folder(target)
            with locked(target / LOCK):
                return _take(root, target, tuple(recipients))
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(
                "备份没有完成，以前的备份不受影响", where=str(target), got=str(error), cure="检查空间和写权限后再备份"
            ) from error
    raise StoreError("备份时文件一直在变", where=str(root), cure="等导入或清除结束后再备份")


def _apart(root: Path, target: Path) -> None:
    if target == root or root in target.parents or target in root.parents:
        cure = "备份到另一块盘或另一台电脑的文件夹"
        raise ArgumentError("备份不能放在调查文件夹里，也不能包住它", got=str(target), cure=cure)


def _take(root: Path, target: Path, recipients: tuple[str, ...]) -> Snapshot:
    objects = ObjectStore(target / "objects", recipients)
    before = snapshots(target)
    known = {one.sha256: one for old in before if old.recipients == recipients for one in old.files.values()}
    files: dict[str, StoredObject] = {}
    written = dict(known)
    with scratch_folder() as scratch:
        for name, path in _freeze(root, scratch).items():
            # The same content encrypts to other bytes each time: a second file with it must not write it again.
            files[name] = objects.put(path, written)
            written[files[name].sha256] = files[name]
    now = datetime.now(UTC)
    name = f"{_place(now, snapshot_files(target)):{STAMP}}Z-{uuid4().hex[:6]}.json"
    fresh = len({one.sha256 for one in files.values()} - set(known))
    made = Snapshot(name, now, root.resolve().name, recipients, files, fresh)
    write_whole(target / "snapshots" / name, lambda copy: copy.write_text(_sealed(made), encoding="utf-8"))
    return made


def _place(now: datetime, before: Sequence[Path]) -> datetime:
    """Return the time by which a new snapshot sorts: after all others, whatever the clock reads."""
    if not before:
        return now
    return max(now, datetime.strptime(before[-1].name.split("Z")[0], STAMP).replace(tzinfo=UTC) + timedelta(seconds=1))


def _freeze(root: Path, scratch: Path) -> dict[str, Path]:
    """Return path inside the study -> file with its content; a copy where the file may change meanwhile."""
    found: dict[str, Path] = {}
    databases = [path for path in _files(root) if _is_sqlite(path)]
    for path in databases:
        found[path.relative_to(root).as_posix()] = _copied_database(path, scratch)
    for folder in LOGS:
        for path in sorted((root / folder).glob("*")) if (root / folder).is_dir() else []:
            if not path.name.startswith(SKIPPED_STARTS):
                copy = scratch / f"{len(found)}"
                shutil.copyfile(path, copy)
                found[path.relative_to(root).as_posix()] = copy
    later = [path for path in _files(root) if path not in databases]
    for path in later:
        name = path.relative_to(root).as_posix()
        if name not in found and not name.startswith(LOGS):
            found[name] = path
    return found


def _files(root: Path) -> list[Path]:
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not path.name.endswith(SKIPPED_ENDS) and not path.name.startswith(SKIPPED_STARTS)
    )


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _copied_database(path: Path, scratch: Path) -> Path:
    """Return a consistent copy of a database that may be written to meanwhile."""
    copy = scratch / uuid4().hex
    if not os.access(path.parent, os.W_OK):
        copy.mkdir()
        path = copy_with_log(path, copy)
        copy = copy / "whole"
    try:
        address = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=1024)
    except sqlite3.Error as error:
        raise StoreError(
            "数据库不能备份，可能已损坏",
            where=str(path),
            got=str(error),
            cure="检查磁盘空间和写权限，再运行 silu verify",
        ) from error
    return copy


def snapshots(target: Path) -> tuple[Snapshot, ...]:
    """Return all readable snapshots of a backup, oldest first; `restore.check` reports the others."""
    found = []
    for path in snapshot_files(target):
        with suppress(StoreError):
            found.append(read_snapshot(path))
    return tuple(found)


def snapshot_files(target: Path) -> list[Path]:
    """Return the file lists of all snapshots, oldest first."""
    return sorted((target / "snapshots").glob("*.json"))


def _sealed(one: Snapshot) -> str:
    value: dict[str, Any] = {
        "format": FORMAT,
        "taken": one.taken.isoformat(),
        "study": one.study,
        "recipients": list(one.recipients),
        "files": {name: asdict(content) for name, content in one.files.items()},
    }
    return json.dumps(value | {"seal": _seal(value)}, ensure_ascii=False, indent=0)


def _seal(value: dict[str, Any]) -> str:
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_snapshot(path: Path) -> Snapshot:
    """Read the list of a snapshot; StoreError where it is damaged or newer than this program."""
    try:
        value = json.loads(path.read_bytes())
        seal = value.pop("seal")
        if value["format"] > FORMAT:
            raise StoreError("这份备份由更新的版本写成", where=path.name, cure="用新版本的四率恢复")
        if seal != _seal(value):
            raise ValueError("seal")
        files = {name: StoredObject(**content) for name, content in value["files"].items()}
        taken = datetime.fromisoformat(value["taken"])
        return Snapshot(path.name, taken, value["study"], tuple(value["recipients"]), files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError("备份的文件清单已损坏", where=path.name, cure="用更早的一份，或换一份备份") from error


def newest(target: Path) -> datetime | None:
    """Return when the newest readable snapshot was taken, by the clock of its time; None where there is none."""
    for path in reversed(snapshot_files(target)):
        with suppress(StoreError):
            return read_snapshot(path).taken
    return None
