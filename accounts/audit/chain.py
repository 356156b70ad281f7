"""The chain of the audit log: numbered lines, each with an HMAC over itself and the HMAC of the line before.

    {"at": "…", "who": "张三", …, "number": 7, "key": "1f0c2b3a", "above": "…", "mac": "…", "seal": "…"}

The HMAC needs the key of the local user (`accounts.audit.keys`); the seal (`survey.host.sealed_lines`) anyone can
check. `above` is the seal of the line before, so that the HMAC of a line holds the content of all lines before it,
those of other local users with another key included. The head, number, HMAC and seal of the last line, is kept beside
the key and in every commit of the store, so that a log that was cut off or replaced is found too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accounts.audit.keys import audit_key, head_path, key_name
from survey.host.disk import locked, make_folder, write_whole
from survey.host.sealed_lines import append_line, last_line, read_lines
from survey.storage.integrity.anchor import LOG as AUDIT

__all__ = ["AUDIT", "Head", "append", "every_line", "head_of", "kept_head", "log_files", "mac_of"]

START = "0" * 32
LOST, PURGED, ABOVE, SEAL = "lost", "purged", "above", "seal"
"""Fields: number of the line that was missing at the end; head of the last line that a purge removed; seal of the line
before, and of the line itself."""


@dataclass(frozen=True, slots=True)
class Head:
    """Number, HMAC and seal of a line; no seal in heads that version 0.1.0 kept."""

    number: int = 0
    mac: str = START
    seal: str = ""

    def same(self, other: Head) -> bool:
        """Return whether another head is of the same line, as far as both say."""
        seals = self.seal == other.seal or not (self.seal and other.seal)
        return (self.number, self.mac) == (other.number, other.mac) and seals

    def __str__(self) -> str:
        """Return the head for a commit or a record of a purge; see `read_head`."""
        return f"{self.number}:{self.mac}:{self.seal}"


def append(root: Path, facts: Mapping[str, Any], *, durable: bool = False) -> None:
    """Append one line to the audit log of a study; writers in other processes wait.

    The head is as durable as the line: a head on the disk whose line is lost would tell of a log that was cut off.

    Raises:
        OSError: the log, the key or the head cannot be read or written.
    """
    key, path = audit_key(), root / AUDIT
    make_folder(path.parent)
    with locked(path.with_suffix(".lock")):
        before, kept = _last(root), kept_head(root)
        line = {**facts, "number": before.number + 1, "key": key_name(key), ABOVE: before.seal}
        if kept.number and not kept.same(before) and not _holds(root, kept):
            line |= {LOST: kept.number, "number": max(before.number, kept.number) + 1}
        line["mac"] = mac_of(key, before.mac, line)
        append_line(path, line, durable=durable)
        head = json.dumps(asdict(_last(root)))
        write_whole(head_path(root), lambda draft: draft.write_text(head, encoding="ascii"), durable=durable)


def mac_of(key: bytes, before: str, line: Mapping[str, Any]) -> str:
    """Return the HMAC of a line behind another one."""
    body = json.dumps({name: value for name, value in line.items() if name not in ("mac", SEAL)}, ensure_ascii=False)
    return hmac.new(key, f"{before}\n{body}".encode(), hashlib.sha256).hexdigest()[:32]


def kept_head(root: Path) -> Head:
    """Return the head kept beside the key; number 0 where none is."""
    try:
        return Head(**json.loads(head_path(root).read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Head()


def read_head(text: str) -> Head:
    """Return a head as a commit or a record of a purge holds it; number 0 where the text holds none."""
    number, _, rest = text.partition(":")
    mac, _, seal = rest.partition(":")
    return Head(int(number), mac, seal) if number.isdecimal() else Head()


def log_files(root: Path) -> list[Path]:
    """Return the files of the log, oldest first; one is put aside when it is long."""
    found = sorted((root / AUDIT).parent.glob("audit-*.jsonl"))
    return [*found, *([root / AUDIT] if (root / AUDIT).exists() else [])]


def every_line(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of the log with their seals, oldest first; those that are no JSON are left out."""
    for path in log_files(root):
        yield from read_lines(path, seals=True)


def head_of(line: Mapping[str, Any]) -> Head:
    """Return number, HMAC and seal of a line; 0 for one without."""
    number = line.get("number")
    return Head(number if isinstance(number, int) else 0, str(line.get("mac", START)), str(line.get(SEAL, "")))


def _last(root: Path) -> Head:
    """Return the head of the newest line in the files."""
    for path in reversed(log_files(root)):
        if line := last_line(path):
            return head_of(line)
    return Head()


def _holds(root: Path, head: Head) -> bool:
    return any(head_of(line).same(head) for line in every_line(root))
