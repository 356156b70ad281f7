"""Checks of the audit log: every line that was changed, removed, put elsewhere or cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.audit.chain import (
    ABOVE,
    LOST,
    PURGED,
    START,
    Head,
    every_line,
    head_of,
    kept_head,
    log_files,
    mac_of,
    read_head,
)
from accounts.audit.keys import audit_key, key_name
from survey.host.sealed_lines import check_lines


@dataclass
class AuditCheck:
    """What a check found.

    Attributes:
        lines: number of lines.
        foreign: number of lines with the key of another local user, whose HMAC cannot be checked here.
        anchored: whether the head beside the key was found in the log; None where there is no head for this folder.
        faults: what is wrong, in Chinese.
    """

    lines: int = 0
    foreign: int = 0
    anchored: bool | None = None
    faults: list[str] = field(default_factory=list)


def check_audit(root: Path, anchors: Iterable[Head] = ()) -> AuditCheck:
    """Check the audit log of a study.

    Args:
        root: folder of the study.
        anchors: heads that commits of the store noted.

    Raises:
        OSError: the log or the key cannot be read.
    """
    found = AuditCheck()
    for path in log_files(root):
        state = check_lines(path)
        found.faults += [f"{path.name} 第 {number} 行被改动，或它前面少了行" for number in state.broken[:10]]
        if state.torn or state.unsealed:
            found.faults.append(f"{path.name} 结尾的行不完整或没有校验值")
    lines = list(every_line(root))
    found.lines = len(lines)
    key = audit_key()
    found.foreign = sum(line.get("key") != key_name(key) for line in lines)
    found.faults += _broken(lines, key)
    _check_heads(found, lines, kept_head(root), anchors)
    return found


def _broken(lines: list[dict[str, Any]], key: bytes) -> Iterator[str]:
    """Yield the lines that do not follow from the line before."""
    purged = [read_head(str(line[PURGED])) for line in purges(lines, key)]
    before = Head()
    for line in lines:
        here = head_of(line)
        if before == Head() and here.number > 1:
            before = next((one for one in purged if one.number == here.number - 1), before)
        if LOST in line:
            yield f"第 {before.number + 1} 到第 {line[LOST]} 条记录曾被删去（写第 {here.number} 条时发现）"
        elif here.number != before.number + 1:
            yield f"第 {before.number} 条之后是第 {here.number} 条：中间少了记录，或次序被改动"
        if line.get(ABOVE, before.seal) != before.seal and before.seal:
            yield f"第 {before.number} 条记录被改动"
        if line.get("key") == key_name(key) and here.mac != mac_of(key, before.mac, line):
            yield f"第 {here.number} 条记录被改动，或它前面的记录被换过"
        before = here


def purges(lines: Sequence[dict[str, Any]], key: bytes) -> list[dict[str, Any]]:
    """Return the records of purges that can be believed: an HMAC of this user's key stands over or below them."""
    own = [at for at, line in enumerate(lines) if line.get("key") == key_name(key)]
    return [line for line in lines[: own[-1] + 1 if own else 0] if PURGED in line]


def _check_heads(found: AuditCheck, lines: list[dict[str, Any]], kept: Head, anchors: Iterable[Head]) -> None:
    """Compare the log with the heads that are kept elsewhere."""
    there = {head_of(line) for line in lines}
    first = min((head.number for head in there), default=0)
    last = max((head.number for head in there), default=0)
    if kept.number:
        found.anchored = any(one.same(kept) for one in there)
        if not found.anchored:
            found.faults.append(f"结尾少了记录：最后一条应是第 {kept.number} 条，读到第 {last} 条")
    for one in sorted(set(anchors), key=lambda head: head.number):
        if one.number >= first and one.mac != START and not any(head.same(one) for head in there):
            found.faults.append(f"数据版本里记着第 {one.number} 条记录，审计记录里没有它，或它被改动")
