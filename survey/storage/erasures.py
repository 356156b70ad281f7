"""Erasures: what was lawfully removed from the disk, so that anything else that is missing is known to be lost.

    store/erasures.jsonl

Each line names parts that a purge removes and raw files that it writes anew. It is on the disk before they go, and it
says nothing of whose answers they held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from survey.sealed_lines import append_line, read_lines

FILE = "erasures.jsonl"
PURGE, BEFORE = "撤回的答卷", "旧版程序清除，当时没有记录"
"""Why something was erased; the second one is concluded when a store of the version before is first sealed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure log says.

    Attributes:
        parts: paths inside the store, with slashes.
        raw: name of a raw file -> SHA-256 that it may have since.
    """

    parts: frozenset[str]
    raw: Mapping[str, frozenset[str]]


def erased(store: Path) -> Erased:
    """What was erased from a store so far.

    Raises:
        OSError: the log cannot be read.
    """
    parts: set[str] = set()
    raw: dict[str, set[str]] = defaultdict(set)
    for line in read_lines(store / FILE):
        parts.update(line.get("parts", ()))
        for name, digest in line.get("raw", {}).items():
            raw[name].add(digest)
    return Erased(frozenset(parts), {name: frozenset(digests) for name, digests in raw.items()})


def note_erasure(store: Path, why: str, *, parts: Iterable[str] = (), raw: Mapping[str, str] | None = None) -> None:
    """Write down what is about to go; on return it is on the disk.

    Args:
        store: folder of the store.
        why: `PURGE` or `BEFORE`.
        parts: paths inside the store, with slashes.
        raw: name of a raw file -> SHA-256 of what takes its place.

    Raises:
        OSError: it cannot be written; nothing may be erased then.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    append_line(store / FILE, {"at": at, "why": why, "parts": sorted(parts), "raw": dict(raw or {})}, durable=True)
