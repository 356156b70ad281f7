"""Log of lawful erasures, which distinguishes erased files from lost ones.

    store/erasures.jsonl

Each line names what a purge removes or rewrites: parts, raw files, kinds of content of a wave whose period has ended.
It is synced to disk before the erasure, and it does not identify the respondents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from survey.host.sealed_lines import append_line, read_lines

FILE = "erasures.jsonl"
PURGE, EXPIRED, BEFORE = "撤回的答卷", "保存期满", "旧版程序清除，当时没有记录"
"""Reasons for an erasure; the last is inferred when the store of an early version is first sealed."""
REPLACED = "损坏，由修复替换或放弃"
"""Reason for setting a damaged part aside: older versions that contain it are unreadable."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Content of an erasure log.

    Attributes:
        parts: paths inside the store, with slashes.
        replaced: paths of damaged parts that a repair has set aside.
        raw: name of a raw file -> SHA-256 values valid since its rewrite.
        rewritten: path of a part inside the store -> SHA-256 values valid since its rewrite.
        gone: names of removed raw files.
        cleared: names of raw files without contacts.
        uncleared: names of raw files whose contacts cannot be removed; they stay until they are removed whole.
        kinds: name of a wave -> kinds of its content whose erasure has begun: keys of [retention].
    """

    parts: frozenset[str]
    replaced: frozenset[str]
    raw: Mapping[str, frozenset[str]]
    rewritten: Mapping[str, frozenset[str]]
    gone: frozenset[str]
    cleared: frozenset[str]
    uncleared: frozenset[str]
    kinds: Mapping[str, frozenset[str]]


def erased(store: Path) -> Erased:
    """Return what was erased from a store so far.

    Raises:
        OSError: the log cannot be read.
    """
    lines = read_lines(store / FILE)
    replaced = [line for line in lines if line.get("why") == REPLACED]
    return Erased(
        _names((line for line in lines if line not in replaced), "parts"),
        _names(replaced, "parts"),
        _digests(lines, "raw"),
        _digests(lines, "rewritten"),
        _names(lines, "gone"),
        _names(lines, "cleared"),
        _names(lines, "uncleared"),
        _gathered((line["wave"], line["kind"]) for line in lines if "wave" in line and "kind" in line),
    )


def note_erasure(
    store: Path,
    why: str,
    *,
    parts: Iterable[str] = (),
    raw: Mapping[str, str] | None = None,
    **more: Any,
) -> None:
    """Log an erasure before it happens; on return the line is on disk.

    Args:
        store: folder of the store.
        why: `PURGE`, `EXPIRED`, `BEFORE` or `REPLACED`.
        parts: paths inside the store, with slashes.
        raw: name of a raw file -> SHA-256 of its replacement.
        more: `rewritten` (path of a part -> SHA-256 of its replacement), `gone`, `cleared`, `uncleared`, or `wave` with
            `kind`; see `Erased`.

    Raises:
        OSError: the log cannot be written; nothing may be erased.
    """
    at = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"at": at, "why": why, "parts": sorted(parts), "raw": dict(raw or {}), **more}
    append_line(store / FILE, line, durable=True)


def _names(lines: Iterable[Mapping[str, Any]], key: str) -> frozenset[str]:
    return frozenset(name for line in lines for name in line.get(key, ()))


def _digests(lines: Iterable[Mapping[str, Any]], key: str) -> Mapping[str, frozenset[str]]:
    return _gathered(pair for line in lines for pair in line.get(key, {}).items())


def _gathered(pairs: Iterator[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, value in pairs:
        found[name].add(value)
    return {name: frozenset(values) for name, values in found.items()}
