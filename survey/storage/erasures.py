"""Log of lawful erasures, which distinguishes erased files from lost ones.

    store/erasures.jsonl

Each line names parts that a purge removes and raw files that it rewrites. It is synced to disk before the erasure, and
it does not identify the respondents.
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
"""Reasons for an erasure; the second is inferred when the store of an early version is first sealed."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Content of an erasure log.

    Attributes:
        parts: paths inside the store, with slashes.
        raw: name of a raw file -> SHA-256 values valid since its rewrite.
    """

    parts: frozenset[str]
    raw: Mapping[str, frozenset[str]]


def erased(store: Path) -> Erased:
    """Return what was erased from a store so far.

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
    """Log an erasure before it happens; on return the line is on disk.

    Args:
        store: folder of the store.
        why: `PURGE` or `BEFORE`.
        parts: paths inside the store, with slashes.
        raw: name of a raw file -> SHA-256 of its replacement.

    Raises:
        OSError: the log cannot be written; nothing may be erased.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    append_line(store / FILE, {"at": at, "why": why, "parts": sorted(parts), "raw": dict(raw or {})}, durable=True)
