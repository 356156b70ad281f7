"""Transaction log of a table: a table opens only if every entry is present and as sealed.

A lost or changed entry is restored from its sealed copy. A power cut may truncate the newest entry before it is sealed;
since it was never acknowledged, it is ignored, and the next writer sets it aside.
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

from survey.errors import DamagedError
from survey.host.disk import sha256_of, sync, write_whole
from survey.storage.integrity.seals import Seals, read_seals

LOG = "_delta_log"
META = "silu"
"""Key of our commit metadata inside an entry."""
CURE = "运行 silu repair 调查文件夹；之前不要删除任何文件"

Facts = Mapping[str, tuple[int, int, int]]
Checked = tuple[Facts, Seals, int | None]
"""Names and times of the entries of a log, the seals, the version to open."""
_CHECKED: dict[Path, Checked] = {}
"""Logs that this process has checked."""
_SYNCED: dict[Path, tuple[int, int, int]] = {}
"""Entries that this process has synced."""


def check_log(folder: Path) -> int | None:
    """Check the log of a table against its seals.

    Args:
        folder: folder of the table, inside its store.

    Returns:
        The version to open where the newest entry is truncated and was never sealed; otherwise None (the newest).

    Raises:
        DamagedError: an entry is lost or damaged and has no copy.
        StoreError: a newer version of the program has written the store.
    """
    return checked_log(folder)[2]


def checked_log(folder: Path) -> Checked:
    """Check the log of a table; see `check_log`.

    Returns:
        What was checked: the same object as long as neither the log nor its seals change.
    """
    folder = folder.absolute()
    seals, facts = read_seals(folder.parent), facts_of(folder / LOG)
    known = _CHECKED.get(folder)
    if known is None or known[0] != facts or known[1] is not seals:
        top = _check(folder, facts, seals, known)
        known = _CHECKED[folder] = (facts_of(folder / LOG), seals, top)
    return known


def sync_log(folder: Path) -> None:
    """Sync unsealed entries of a table and the names of new folders to disk."""
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
    """Return the file name of a log entry."""
    return f"{version:020d}.json"


def actions(content: bytes) -> list[dict[str, Any]] | None:
    """Return the actions of a log entry; None where it is empty, truncated or not a log entry."""
    try:
        lines = [json.loads(line) for line in content.decode("utf-8").splitlines()]
    except ValueError:
        return None
    return lines if lines and all(isinstance(line, dict) and line for line in lines) else None


def read_log(folder: Path) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Yield version and actions of every entry, oldest first; an unreadable entry has no actions."""
    for path in sorted((folder / LOG).glob("*.json")):
        if path.stem.isdigit():
            yield int(path.stem), actions(path.read_bytes()) or []


def read_commits(folder: Path, newest: int) -> list[dict[str, Any]]:
    """Return the commit information of the entries, oldest first, each with its version.

    The library's own history would read the truncated entry that is ignored here.

    Args:
        folder: folder of the table, with a checked log.
        newest: last version to read.
    """
    found = []
    for version in range(newest + 1):
        entry = actions((folder / LOG / entry_name(version)).read_bytes()) or []
        found.append({**next((one["commitInfo"] for one in entry if "commitInfo" in one), {}), "version": version})
    return found


def is_whole(content: bytes) -> bool:
    """Return whether an unsealed entry is complete."""
    found = actions(content)
    if found is None:
        return False
    have = Counter(kind for one in found for kind in one)
    try:
        info: Mapping[str, Any] = next((one["commitInfo"] for one in found if "commitInfo" in one), {})
        return all(have[kind] >= count for kind, count in _declared(info).items())
    except (ValueError, TypeError, AttributeError, KeyError):
        return False


def _declared(info: Mapping[str, Any]) -> Mapping[str, int]:
    """Return the number of actions of each kind that the commit information declares."""
    metrics = info.get("operationMetrics", {})
    if info.get("operation") == "RESTORE" and metrics:
        return {"metaData": 1, "add": metrics["numRestoredFile"], "remove": metrics["numRemovedFile"]}
    if info.get("operation") == "CREATE TABLE":
        return {"metaData": 1, "protocol": 1}
    declared: Mapping[str, int] = json.loads(info.get(META, "{}")).get("actions", {})
    return declared


def facts_of(log: Path) -> Facts:
    """Return name -> inode, size and time of every file of a log."""
    try:
        found = {entry.name: entry.stat() for entry in os.scandir(log)}
    except FileNotFoundError:
        return {}
    return {name: (stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


def versions_in(facts: Facts) -> list[int]:
    """Return the versions that have an entry in a log, in order."""
    return sorted(int(name.removesuffix(".json")) for name in facts if name.removesuffix(".json").isdigit())


def _check(folder: Path, facts: Facts, seals: Seals, known: Checked | None) -> int | None:
    sealed, table = seals.top(folder.name), folder.name
    newest = max([sealed, *versions_in(facts)])
    before, entries = (known[0], known[1].entries) if known else (dict[str, Any](), dict[Any, Any]())
    for version in range(newest + 1):
        name, is_sealed = entry_name(version), (table, version) in seals.entries
        if name in facts and before.get(name) == facts[name] and (table, version) in entries:
            continue  # it was held against its seal before
        path = folder / LOG / name
        content = path.read_bytes() if name in facts else None
        if is_sealed:
            if content is None or not seals.holds(table, version, content):
                _put_back(path, table, version, seals)
        elif content is None or not is_whole(content):
            if content is not None and version == newest and _never_acknowledged(folder, seals):
                return version - 1
            raise DamagedError("答卷库的日志损坏", where=str(path), got=_state(content), cure=CURE)
    if sealed >= 0:
        _drop_checkpoints(folder, facts, seals)
    return None


def _never_acknowledged(folder: Path, seals: Seals) -> bool:
    """Return whether the newest, unsealed entry was never acknowledged; versions before 0.2 never sealed."""
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
    """Replace a lost or damaged entry with its sealed copy."""
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
    """Remove altered checkpoints; they only repeat the entries."""
    for path in [folder / LOG / name for name in facts if is_checkpoint(name)]:
        if not _sealed(path, seals):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise DamagedError("答卷库的检查点损坏，删不掉", where=str(path), got=str(error), cure=CURE) from error


def is_checkpoint(name: str) -> bool:
    """Return whether a file of a log is a checkpoint, which repeats entries."""
    return ".checkpoint" in name or name == "_last_checkpoint"


def _sealed(path: Path, seals: Seals) -> bool:
    right = seals.files.get(path.relative_to(path.parents[2]).as_posix(), frozenset())
    try:
        return bool(right) and sha256_of(path) in right
    except FileNotFoundError:
        return True


def added_parts(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield paths, inside the table, of the parts that an entry adds."""
    return _paths(found, "add")


def removed_parts(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield paths, inside the table, of the parts that an entry removes."""
    return _paths(found, "remove")


def _paths(found: Sequence[Mapping[str, Any]], kind: str) -> Iterator[str]:
    for action in found:
        value = action.get(kind)
        if isinstance(value, dict) and isinstance(value.get("path"), str):  # an entry may be damaged
            yield unquote(value["path"])


def live_parts(folder: Path) -> frozenset[str]:
    """Return paths, inside a table, of the parts of its newest version."""
    live: set[str] = set()
    for _, found in read_log(folder):
        live = (live - set(removed_parts(found))) | set(added_parts(found))
    return frozenset(live)
