"""Seals acknowledge versions of the store and keep a second copy of every log entry.

    store/seals/00000012-<sha256 of this file>.json

A seal lists log entries with their SHA-256 and text, and files that have no checksum elsewhere. It is written to disk
after everything that it lists, and before 已写入 is reported. A log entry lost or damaged later is restored from its
copy; an entry without a seal was never acknowledged.

Two writers may seal the same entries: seals are only added, and all of them are valid.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey.errors import StoreError
from survey.host.disk import write_whole
from survey.host.scratch import DRAFT

FOLDER = "seals"
FORMAT = 1
"""Increment when earlier versions can no longer read a store correctly."""
NAME = re.compile(r"(\d{8})-([0-9a-f]{64})\.json")
MANY = 100
"""Number of seals that are merged into one."""

Entry = tuple[str, int]
"""Table and version of a log entry."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A log entry as sealed.

    Attributes:
        sha256: SHA-256 of its bytes, in hex.
        text: its content; None where it would duplicate texts of respondents (`can_be_copied`).
    """

    sha256: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Seals:
    """All seals of a store.

    Attributes:
        entries: log entry -> valid copies; more than one after a purge rewrote the entry.
        files: path inside the store, with slashes -> valid checksums.
        names: file names of the seals.
        damaged: file names of corrupt seals, which are ignored.
    """

    entries: Mapping[Entry, tuple[Copy, ...]] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()

    def top(self, table: str) -> int:
        """Return the newest sealed version of a table, -1 where there is none."""
        return max((version for name, version in self.entries if name == table), default=-1)

    def holds(self, table: str, version: int, content: bytes) -> bool:
        """Return whether a log entry is as sealed."""
        digest = hashlib.sha256(content).hexdigest()
        return any(copy.sha256 == digest for copy in self.entries.get((table, version), ()))

    def text_of(self, table: str, version: int) -> str | None:
        """Return the newest copy of a log entry; None where there is none."""
        texts = [copy.text for copy in self.entries.get((table, version), ()) if copy.text is not None]
        return texts[-1] if texts else None


_KNOWN: dict[Path, Seals] = {}
"""Seals of the stores that this process has opened: a seal never changes under its name."""


def read_seals(store: Path, *, again: bool = False) -> Seals:
    """Return all seals of a store; none where an early version wrote it.

    Args:
        store: folder of the store.
        again: also reread seals that this process has read before.

    Raises:
        StoreError: a newer version of the program has written the store, or a seal cannot be read.
    """
    folder = store / FOLDER
    while True:
        # What a power cut left half-way to its place seals nothing.
        names = frozenset(path.name for path in folder.glob("*.json") if not path.name.startswith(DRAFT))
        known = _KNOWN.get(store)
        if known is not None and known.names == names and not again:
            return known
        base = Seals() if known is None or again or not known.names <= names else known
        again = False
        with suppress(FileNotFoundError):  # another writer has just merged them
            _KNOWN[store] = _together(base, _gather(folder, names - base.names))


def write_seal(store: Path, entries: Mapping[Entry, bytes], files: Mapping[str, str]) -> None:
    """Seal log entries and files that are on the disk already.

    Args:
        store: folder of the store.
        entries: log entries with their bytes.
        files: path inside the store, with slashes -> SHA-256.

    Raises:
        OSError: it cannot be written; nothing is sealed then.
    """
    known = read_seals(store)
    fresh = Seals(
        {entry: (_copy(content),) for entry, content in entries.items()},
        {path: frozenset({digest}) for path, digest in files.items()},
    )
    old = known.names - known.damaged if len(known.names) >= MANY else frozenset()
    number = 1 + max((_number(name) for name in known.names), default=0)
    _write(store / FOLDER, number, _together(known, fresh) if old else fresh)
    for name in old:
        with suppress(OSError):  # a remaining seal is merely redundant
            (store / FOLDER / name).unlink()


def _together(first: Seals, second: Seals) -> Seals:
    entries = {**first.entries, **second.entries}
    files = {**first.files, **second.files}
    return Seals(
        {entry: _merged(first.entries.get(entry, ()), second.entries.get(entry, ())) for entry in entries},
        {path: first.files.get(path, frozenset()) | second.files.get(path, frozenset()) for path in files},
        first.names | second.names,
        first.damaged | second.damaged,
    )


def _merged(first: tuple[Copy, ...], second: tuple[Copy, ...]) -> tuple[Copy, ...]:
    return tuple(dict.fromkeys((*first, *second))) if first and second else first or second


def can_be_copied(content: bytes) -> bool:
    """Return whether a log entry holds no text of respondents: versions before 0.2 logged minima and maxima."""
    return b"minValues" not in content


def _copy(content: bytes) -> Copy:
    text = content.decode("utf-8") if can_be_copied(content) else None
    return Copy(hashlib.sha256(content).hexdigest(), text)


def _write(folder: Path, number: int, seals: Seals) -> None:
    listed = [
        {"table": table, "version": version, "sha256": copy.sha256, "text": copy.text}
        for (table, version), copies in sorted(seals.entries.items())
        for copy in copies
    ]
    files = {path: sorted(digests) for path, digests in sorted(seals.files.items())}
    content = json.dumps({"format": FORMAT, "entries": listed, "files": files}, ensure_ascii=False).encode()
    path = folder / f"{number:08d}-{hashlib.sha256(content).hexdigest()}.json"
    write_whole(path, lambda copy: copy.write_bytes(content))


def _number(name: str) -> int:
    found = NAME.fullmatch(name)
    return int(found[1]) if found else 0


def _gather(folder: Path, names: frozenset[str]) -> Seals:
    entries: dict[Entry, list[Copy]] = defaultdict(list)
    files: dict[str, set[str]] = defaultdict(set)
    damaged = set()
    for name in sorted(names):
        content = _read(folder / name)
        if content is None:
            damaged.add(name)
            continue
        for entry, copy in _entries(content):
            entries[entry] += [copy] if copy not in entries[entry] else []
        for path, digests in content["files"].items():
            files[path] |= set(digests)
    return Seals(
        {entry: tuple(copies) for entry, copies in entries.items()},
        {path: frozenset(digests) for path, digests in files.items()},
        names,
        frozenset(damaged),
    )


def _read(path: Path) -> dict[str, Any] | None:
    """Return the content of a seal; None where its bytes do not match the checksum in its name."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError("答卷库的封存记录读不出来", where=str(path), got=str(error), cure="检查文件夹权限") from error
    found = NAME.fullmatch(path.name)
    if found is None or hashlib.sha256(content).hexdigest() != found[2]:
        return None
    parsed: dict[str, Any] = json.loads(content)
    if parsed["format"] > FORMAT:
        raise StoreError(
            "这个研究由更新版本的程序写过，当前版本不能打开",
            where=str(path.parent.parent),
            got=f"格式 {parsed['format']}",
            expected=f"不高于 {FORMAT}",
            cure="升级本程序后再打开；没有改动任何数据",
        )
    return parsed


def _entries(parsed: Mapping[str, Any]) -> Iterator[tuple[Entry, Copy]]:
    for one in parsed["entries"]:
        yield (one["table"], one["version"]), Copy(one["sha256"], one["text"])
