"""Audit: who did what, when, from where, on which version, and with what result (rule R-22; GB/T 22239, 8 to 10).

Lines are only ever appended (`accounts.audit.chain`), kept at least 180 days (`[retention] logs`), and read by the
audit administrator alone. No name of a respondent.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from accounts.audit.chain import AUDIT, PURGED, append, every_line, head_of, log_files
from survey.errors import ArgumentError, StoreError
from survey.host.access import ROLES, Role, current_role
from survey.host.person import name_of_person, who_acts
from survey.host.sealed_lines import read_lines

FULL = 5_000_000
"""Size in bytes at which the log goes on in another file."""
DONE, STARTED, REFUSED, FAILED = "成功", "开始", "被拒绝", "失败"
"""Results of an act."""


class Act(StrEnum):
    """Kinds of acts."""

    VIEW = "查看"
    COMMAND = "命令"
    EXPORT = "导出"
    LOGIN = "登录"
    GRANT = "账户和授权"
    SETTING = "设置"
    CHANGE = "改动"
    PUBLISH = "公布"
    PURGE = "清除"
    DOCUMENT = "撤回和更正"


def record(root: Path, act: Act, facts: Mapping[str, Any], *, result: str = DONE, durable: bool = False) -> None:
    """Append one line to the audit log of a study.

    Args:
        root: folder of the study.
        act: the kind.
        facts: page or command, the selection, the data version; no personal data of respondents. `who` replaces the
            name of the person who acts, where nobody is logged in yet.
        result: one of the results above.
        durable: sync the line to disk before returning.

    Raises:
        StoreError: it cannot be written and the role is not analyst; do not show or do what it is about.
    """
    path = root / AUDIT
    try:
        if path.exists() and path.stat().st_size > FULL:
            path.rename(path.with_name(f"audit-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"))
        append(root, {**_circumstances(), "act": act, **facts, "result": result}, durable=durable)
    except OSError as error:
        role = _role()
        if role != Role.ANALYST:
            raise StoreError(
                f"查看记录写不进，不能向{ROLES[Role(role)] if role in set(Role) else '没有岗位的人'}显示（规则 R-22）",
                where=str(path),
                got=error.strerror or "",
                cure="请系统维护人员检查这个文件夹的写权限和磁盘空间",
            ) from error
        # Analysts may view a study on a read-only disk, with a warning that the view is not logged.
        logging.getLogger("silu").warning("查看记录写不进 %s：%s", path, error.strerror)


def _circumstances() -> dict[str, str]:
    """Return when, who and from where."""
    person = who_acts()
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    account, address = ("", "") if person is None else (person.name, person.address)
    return {"at": at, "who": name_of_person(), "account": account, "role": _role(), "from": address}


def _role() -> str:
    try:
        return str(current_role())
    except ArgumentError:
        return ""


def record_purged(root: Path, paths: Sequence[Path]) -> None:
    """Note the last line of files of the log that are about to be deleted, so that the rest can still be checked."""
    mine = [path for path in log_files(root) if path in set(paths)]
    if mine and (lines := read_lines(mine[-1], seals=True)):
        record(root, Act.PURGE, {"what": AUDIT.name, PURGED: str(head_of(lines[-1]))}, durable=True)


def events(root: Path, *, who: str = "", act: str = "", since: str = "", until: str = "") -> list[dict[str, Any]]:
    """Return the lines of the log, newest first.

    Args:
        root: folder of the study.
        who: only names or accounts that contain this text.
        act: only this kind.
        since: only from this day on (UTC, ISO 8601).
        until: only to the end of this day.
    """
    found = [
        line
        for line in every_line(root)
        if (not act or line.get("act") == act)
        and (not who or who in f"{line.get('who', '')} {line.get('account', '')}")
        and (not since or str(line.get("at", "")) >= since)
        and (not until or str(line.get("at", ""))[:10] <= until)
    ]
    return found[::-1]
