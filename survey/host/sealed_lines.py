"""Append-only logs with a hash chain: each line ends with a seal over itself and the preceding line.

    {"at": "2026-11-28T09:00:00+00:00", "who": "张三", …, "seal": "0f5c…"}

A changed, inserted or removed line breaks the chain. A line without a seal was written by a version without seals, or
truncated by a power cut; the first seal after it covers everything above.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any

from survey.host.disk import hold, make_folder, sync

SEALED = re.compile(rb', "seal": "([0-9a-f]{32})"}$')
START = b"0" * 32
"""Start of the chain, followed by the first line of a log."""
TAIL = 65_536
"""Bytes at the end of a log searched for its last line; for a longer line, the whole log is read."""


@dataclass(frozen=True, slots=True)
class LogState:
    """State of a log.

    Attributes:
        lines: number of lines.
        broken: numbers, from 1, of lines that were altered or that follow a removed line.
        unsealed: number of lines at the end that no seal covers.
        torn: whether the last line is incomplete.
    """

    lines: int
    broken: tuple[int, ...]
    unsealed: int
    torn: bool


def append_line(path: Path, facts: Mapping[str, Any], *, durable: bool = False) -> None:
    """Append one sealed line; writers in other processes wait for each other.

    Args:
        path: the log; the first line creates it and its folder.
        facts: fields of the line, in this order.
        durable: sync the line to disk before returning.

    Raises:
        OSError: the log cannot be written.
    """
    body = json.dumps(dict(facts), ensure_ascii=False).encode()
    make_folder(path.parent)
    fresh = not path.exists()
    with path.open("ab+", buffering=0) as file:
        hold(file)
        before, whole = _before(file)
        line = body[:-1] + b', "seal": "%s"}\n' % _seal(before, body)
        file.write(line if whole else b"\n" + line)
        if durable:
            os.fsync(file.fileno())
    if durable and fresh:
        sync(path.parent)


def read_lines(path: Path, *, seals: bool = False) -> list[dict[str, Any]]:
    """Return the fields of each line, oldest first; skip lines that are not JSON. Empty where there is no log.

    Args:
        path: the log.
        seals: whether the seal is one of the fields.

    Raises:
        OSError: it cannot be read.
    """
    if not path.exists():
        return []
    found = []
    for line in path.read_bytes().split(b"\n"):
        try:
            facts = json.loads(line)
        except ValueError:
            continue
        if isinstance(facts, dict):
            found.append({name: value for name, value in facts.items() if seals or name != "seal"})
    return found


def last_line(path: Path) -> dict[str, Any] | None:
    """Return the fields of the last line; None where there is no log, or the line is no JSON.

    Raises:
        OSError: it cannot be read.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        lines = file.read().rstrip(b"\n").rsplit(b"\n", 1)
    try:
        facts = json.loads(lines[-1])
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None


def check_lines(path: Path) -> LogState:
    """Check every seal of a log.

    Raises:
        OSError: it cannot be read.
    """
    lines = path.read_bytes().split(b"\n")
    torn = bool(lines[-1])
    broken, covered, before, above = [], 0, START, hashlib.sha256()
    for number, line in enumerate(lines if torn else lines[:-1], start=1):
        above.update(line + b"\n")
        found = SEALED.search(line)
        if found is None:
            before = _short(above)
            continue
        if found[1] != _seal(before, line[: found.start()] + b"}"):
            broken.append(number)
        covered, before = number, found[1]
    count = len(lines) - (not torn)
    return LogState(count, tuple(broken), count - covered, torn)


def _before(file: RawIOBase) -> tuple[bytes, bool]:
    """Return the line that a new one follows, and whether the log ends with a line break."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return START, True
    file.seek(max(0, size - TAIL))
    tail = file.readall()
    whole = tail.endswith(b"\n")
    found = SEALED.search(tail.removesuffix(b"\n").rsplit(b"\n", 1)[-1]) if whole else None
    if found:
        return found[1], True
    file.seek(0)
    return _short(hashlib.sha256(file.readall() + (b"" if whole else b"\n"))), whole


def _seal(before: bytes, body: bytes) -> bytes:
    return _short(hashlib.sha256(before + body))


def _short(digest: Any) -> bytes:
    return str(digest.hexdigest()[:32]).encode()
