"""Roles, and single responses for analysts only (rule R-05), never rated units, publicity or leaders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum

from survey.errors import ArgumentError
from survey.host import environment
from survey.host.person import who_acts

VARIABLE = environment.ROLE


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
