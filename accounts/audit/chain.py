"""The chain of the audit log: numbered lines, each with an HMAC over itself and the HMAC of the line before.

    {"at": "…", "who": "张三", …, "number": 7, "key": "1f0c2b3a", "mac": "…", "seal": "…"}

The HMAC needs the key of the local user (`accounts.audit.keys`); the seal (`survey.host.sealed_lines`) anyone can
check. The head, number and HMAC of the last line, is kept beside the key and in every commit of the store, so that a
log that was cut off or replaced is found too. Lines of other local users have another key: here their order and
seals count.
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
LOST, PURGED = "lost", "purged"
"""Fields: number of the line that was missing at the end; number and HMAC of the last line that a purge removed."""


@dataclass(frozen=True, slots=True)
class Head:
    """Number and HMAC of a line."""

    number: int = 0
    mac: str = START


def append(root: Path, facts: Mapping[str, Any], *, durable: bool = False) -> None:
    """Append one line to the audit log of a study; writers in other processes wait.

    Raises:
        OSError: the log, the key or the head cannot be read or written.
    """
    key, path = audit_key(), root / AUDIT
    make_folder(path.parent)
    with locked(path.with_suffix(".lock")):
        before, kept = _last(root), kept_head(root)
        line = {**facts, "number": before.number + 1, "key": key_name(key)}
        if kept.number and kept != before and not _holds(root, kept):
            line |= {LOST: kept.number, "number": max(before.number, kept.number) + 1}
        line["mac"] = mac_of(key, before.mac, line)
        append_line(path, line, durable=durable)
        head = json.dumps(asdict(Head(line["number"], line["mac"])))
        write_whole(head_path(root), lambda draft: draft.write_text(head, encoding="ascii"))


def mac_of(key: bytes, before: str, line: Mapping[str, Any]) -> str:
    """Return the HMAC of a line behind another one."""
    body = json.dumps({name: value for name, value in line.items() if name != "mac"}, ensure_ascii=False)
    return hmac.new(key, f"{before}\n{body}".encode(), hashlib.sha256).hexdigest()[:32]


def kept_head(root: Path) -> Head:
    """Return the head kept beside the key; number 0 where none is."""
    try:
        return Head(**json.loads(head_path(root).read_text(encoding="ascii")))
    except (OSError, ValueError, TypeError):
        return Head()


def log_files(root: Path) -> list[Path]:
    """Return the files of the log, oldest first; one is put aside when it is long."""
    found = sorted((root / AUDIT).parent.glob("audit-*.jsonl"))
    return [*found, *([root / AUDIT] if (root / AUDIT).exists() else [])]


def every_line(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of the log, oldest first; those that are no JSON are left out."""
    for path in log_files(root):
        yield from read_lines(path)


def head_of(line: Mapping[str, Any]) -> Head:
    """Return number and HMAC of a line; 0 for one without."""
    number = line.get("number")
    return Head(number if isinstance(number, int) else 0, str(line.get("mac", START)))


def _last(root: Path) -> Head:
    """Return the head of the newest line in the files."""
    for path in reversed(log_files(root)):
        if line := last_line(path):
            return head_of(line)
    return Head()


def _holds(root: Path, head: Head) -> bool:
    return any(head_of(line) == head for line in every_line(root))
