"""Restrict single responses to analysts (rule R-05), never rated units, publicity or leaders; log access (R-22)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from survey.errors import ArgumentError, StoreError
from survey.host import environment
from survey.host.person import name_of_person, who_acts
from survey.host.sealed_lines import append_line

VARIABLE = environment.ROLE
LOG = Path("log") / "exports.jsonl"
VIEWS = Path("log") / "views.jsonl"
FULL = 5_000_000
"""Size in bytes at which a view log is rotated; rotated logs are kept forever."""


class Role(StrEnum):
    """Roles of users."""

    ANALYST = "analyst"
    LEADER = "leader"
    PUBLICITY = "publicity"
    UNIT = "unit"
    INTERVIEWER = "interviewer"
    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


ROLES: Mapping[Role, str] = {
    Role.ANALYST: "分析员",
    Role.LEADER: "领导",
    Role.PUBLICITY: "宣传部门",
    Role.UNIT: "被测评单位",
    Role.INTERVIEWER: "访问员",
    Role.SYSTEM: "系统管理员",
    Role.SECURITY: "安全管理员",
    Role.AUDIT: "审计管理员",
}
"""role -> Chinese name."""


def current_role() -> Role:
    """Return the role of the person who acts (`survey.host.person`), else that of this process.

    Raises:
        ArgumentError: the person has no role; the environment names an unknown role, or has a misspelt variable.
    """
    environment.check_names()
    person = who_acts()
    if person is not None and not person.role:
        raise ArgumentError(
            "没有登录，或账户还没有岗位", got=person.name, cure="重新登录；仍然不行，请安全管理员授予岗位"
        )
    name = os.environ.get(VARIABLE, Role.ANALYST) if person is None else person.role
    try:
        return Role(name)
    except ValueError as error:
        expected = environment.nearest(name.lower(), {str(role): label for role, label in ROLES.items()})
        raise ArgumentError("不认识的角色", where=VARIABLE, got=name, expected=expected) from error


def require_analyst(what: str, role: Role | None = None) -> None:
    """Refuse single responses to everyone but analysts.

    Args:
        what: the refused request, in Chinese.
        role: the role; that of this process when None.

    Raises:
        ArgumentError: the role is not analyst.
    """
    given = current_role() if role is None else role
    if given is not Role.ANALYST:
        raise ArgumentError(
            f"{what}只对分析员开放：单份答卷不提供给被测评单位、宣传部门和领导（规则 R-05）",
            got=ROLES[given],
            cure="请分析员提供汇总结果",
        )


def log_export(root: Path, facts: Mapping[str, Any]) -> None:
    """Append one line to the export log of a study (rule R-22): time, person, content.

    Args:
        root: folder of the study.
        facts: who, format, version, rows and so on.
    """
    _append(root / LOG, facts, durable=True)


def log_view(root: Path, facts: Mapping[str, Any]) -> None:
    """Append one line to the view log of a study (rule R-22): time, person, role, content.

    Args:
        root: folder of the study.
        facts: page or command, and the selection; no personal data but the name of the local user.

    Raises:
        StoreError: the line cannot be written and the role is not analyst; do not show the view.
    """
    path, role = root / VIEWS, current_role()
    try:
        if path.exists() and path.stat().st_size > FULL:
            path.rename(path.with_name(f"views-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"))
        _append(path, {"who": name_of_person(), "role": role, **facts}, durable=False)
    except OSError as error:
        if role is not Role.ANALYST:
            raise StoreError(
                f"查看记录写不进，不能向{ROLES[role]}显示（规则 R-22）",
                where=str(path),
                got=error.strerror or "",
                cure="请系统维护人员检查这个文件夹的写权限和磁盘空间",
            ) from error
        # Analysts may view a study on a read-only disk, with a warning that the view is not logged.
        logging.getLogger("silu").warning("查看记录写不进 %s：%s", path, error.strerror)


def _append(path: Path, facts: Mapping[str, Any], *, durable: bool) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    append_line(path, {"at": at, **facts}, durable=durable)
