"""The log of a table: every entry is there and as it was sealed, or the table is not opened.

An entry that is lost or changed is put back from its sealed copy. The newest entry may be torn when the power went
before it was sealed: nobody was told of it, so it is left out, and the next writer sets it aside.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from survey.disk import sha256_of, sync, write_whole
from survey.errors import DamagedError
from survey.storage.seals import Seals, read_seals

LOG = "_delta_log"
META = "silu"
"""Key of our commit metadata inside an entry."""
CURE = "运行 silu repair 研究文件夹；之前不要删除任何文件"

Facts = Mapping[str, tuple[int, int, int]]
_CHECKED: dict[Path, tuple[Facts, Seals, int | None]] = {}
"""What this process has found in order: names and times of the entries, the seals, the version to open."""
_SYNCED: dict[Path, tuple[int, int, int]] = {}
"""Entries that this process has brought to the disk."""


def check_log(folder: Path) -> int | None:
    """Make sure that the log of a table is what was sealed.

    Args:
        folder: of the table, inside its store.

    Returns:
        The version to open where a newer entry is torn and was never sealed, else None: the newest.

    Raises:
        DamagedError: an entry is lost or damaged and there is no copy of it.
        StoreError: a newer version of the program has written the store.
    """
    folder = folder.absolute()
    seals, facts = read_seals(folder.parent), facts_of(folder / LOG)
    known = _CHECKED.get(folder)
    if known is None or known[0] != facts or known[1] is not seals:
        top = _check(folder, facts, seals, known[0] if known and known[1] is seals else {})
        known = _CHECKED[folder] = (facts_of(folder / LOG), seals, top)
    return known[2]


def sync_log(folder: Path) -> None:
    """Bring the entries of a table that are not sealed yet to the disk, and the names of new folders."""
    folder = folder.absolute()
    facts, top = facts_of(folder / LOG), read_seals(folder.parent).top(folder.name)
    fresh = {folder / LOG / entry_name(version) for version in versions_in(facts) if version > top}
    fresh = {path for path in fresh if _SYNCED.get(path) != facts[path.name]}
    for path in sorted(fresh):
        sync(path)
    made = (folder, *folder.parents[:2]) if folder / LOG / entry_name(0) in fresh else ()
    folders = (folder / LOG, *made)
    for path in folders if fresh else ():
        sync(path)
    _SYNCED.update({path: facts[path.name] for path in fresh})


def entry_name(version: int) -> str:
    """File name of a log entry."""
    return f"{version:020d}.json"


def actions(content: bytes) -> list[dict[str, Any]] | None:
    """The actions of a log entry; None where it is empty, torn, or no log entry."""
    try:
        lines = [json.loads(line) for line in content.decode("utf-8").splitlines()]
    except ValueError:
        return None
    return lines if lines and all(isinstance(line, dict) and line for line in lines) else None


def read_log(folder: Path) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Version and actions of every entry, oldest first; an entry that cannot be read has none."""
    for path in sorted((folder / LOG).glob("*.json")):
        if path.stem.isdigit():
            yield int(path.stem), actions(path.read_bytes()) or []


def read_commits(folder: Path, newest: int) -> list[dict[str, Any]]:
    """What the entries say about themselves, oldest first, each with its version: when, who, what.

    The library's own history would read a torn entry that is left out.

    Args:
        folder: of the table, whose log was checked.
        newest: version up to which.
    """
    found = []
    for version in range(newest + 1):
        told = actions((folder / LOG / entry_name(version)).read_bytes()) or []
        found.append({**next((one["commitInfo"] for one in told if "commitInfo" in one), {}), "version": version})
    return found


def is_whole(content: bytes) -> bool:
    """Whether an entry that is not sealed says everything that its writer meant to say."""
    found = actions(content)
    if found is None:
        return False
    have = Counter(kind for one in found for kind in one)
    try:
        told: Mapping[str, Any] = next((one["commitInfo"] for one in found if "commitInfo" in one), {})
        return all(have[kind] >= count for kind, count in _promised(told).items())
    except (ValueError, TypeError, AttributeError, KeyError):
        return False


def _promised(told: Mapping[str, Any]) -> Mapping[str, int]:
    """How many actions of each kind an entry holds, as it says itself in its first line."""
    metrics = told.get("operationMetrics", {})
    if told.get("operation") == "RESTORE" and metrics:
        return {"metaData": 1, "add": metrics["numRestoredFile"], "remove": metrics["numRemovedFile"]}
    if told.get("operation") == "CREATE TABLE":
        return {"metaData": 1, "protocol": 1}
    promised: Mapping[str, int] = json.loads(told.get(META, "{}")).get("actions", {})
    return promised


def facts_of(log: Path) -> Facts:
    """Name -> inode, size and time of every file of a log."""
    try:
        found = {entry.name: entry.stat() for entry in os.scandir(log)}
    except FileNotFoundError:
        return {}
    return {name: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


def versions_in(facts: Facts) -> list[int]:
    """Versions of which a log has an entry, in order."""
    return sorted(int(name.removesuffix(".json")) for name in facts if name.removesuffix(".json").isdigit())


def _check(folder: Path, facts: Facts, seals: Seals, before: Facts) -> int | None:
    sealed = seals.top(folder.name)
    newest = max([sealed, *versions_in(facts)])
    for version in range(newest + 1):
        name, is_sealed = entry_name(version), (folder.name, version) in seals.entries
        if is_sealed and name in facts and before.get(name) == facts[name]:
            continue
        path = folder / LOG / name
        content = path.read_bytes() if name in facts else None
        if is_sealed:
            if content is None or not seals.holds(folder.name, version, content):
                _put_back(path, folder.name, version, seals)
        elif content is None or not is_whole(content):
            if content is not None and version == newest and _never_told(folder, seals):
                return version - 1
            raise DamagedError("答卷库的日志损坏", where=str(path), got=_state(content), cure=CURE)
    if sealed >= 0:
        _drop_checkpoints(folder, facts, seals)
    return None


def _never_told(folder: Path, seals: Seals) -> bool:
    """Whether nobody was told of the newest, unsealed entry; the version before 0.2 told people and sealed nothing."""
    if seals.top(folder.name) >= 0:
        return True
    first = folder / LOG / entry_name(0)
    content = first.read_bytes() if first.is_file() else b""
    if is_whole(content):
        return b'\\"sealed\\": true' in content
    return not any(folder.glob("wave=*/*.parquet"))


def _state(content: bytes | None) -> str:
    return "文件不见了" if content is None else "空文件" if not content else "内容不完整或被改动"


def _put_back(path: Path, table: str, version: int, seals: Seals) -> None:
    """Replace a lost or damaged entry by its sealed copy."""
    text = seals.text_of(table, version)
    if text is None:
        content = path.read_bytes() if path.is_file() else None
        raise DamagedError("答卷库的日志损坏，也没有留底", where=str(path), got=_state(content), cure=CURE)
    try:
        write_whole(path, lambda copy: copy.write_bytes(text.encode()))
    except OSError as error:
        raise DamagedError("答卷库的日志损坏，留底写不回去", where=str(path), got=str(error), cure=CURE) from error
    logging.getLogger("silu").warning("答卷库的日志 %s 丢失或损坏，已按留底恢复", path)


def _drop_checkpoints(folder: Path, facts: Facts, seals: Seals) -> None:
    """Remove checkpoints that are not what was sealed; the entries say all that they say."""
    for name in facts:
        path = folder / LOG / name
        if is_checkpoint(name) and not _sealed(path, seals):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise DamagedError("答卷库的检查点损坏，删不掉", where=str(path), got=str(error), cure=CURE) from error


def is_checkpoint(name: str) -> bool:
    """Whether a file of a log repeats what entries say."""
    return ".checkpoint" in name or name == "_last_checkpoint"


def _sealed(path: Path, seals: Seals) -> bool:
    right = seals.files.get(path.relative_to(path.parents[2]).as_posix(), frozenset())
    try:
        return bool(right) and sha256_of(path) in right
    except FileNotFoundError:
        return True


def added_parts(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Paths, inside the table, of the parts that an entry adds."""
    return _paths(found, "add")


def removed_parts(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Paths, inside the table, of the parts that an entry takes out."""
    return _paths(found, "remove")


def _paths(found: Sequence[Mapping[str, Any]], kind: str) -> Iterator[str]:
    for action in found:
        told = action.get(kind)
        if isinstance(told, dict) and isinstance(told.get("path"), str):  # an entry may be damaged
            yield unquote(told["path"])


def live_parts(folder: Path) -> frozenset[str]:
    """Paths, inside a table, of the parts of its newest version."""
    live: set[str] = set()
    for _, found in read_log(folder):
        live = (live - set(removed_parts(found))) | set(added_parts(found))
    return frozenset(live)
