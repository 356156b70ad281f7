"""Grants: what the person who acts may do, and who may give whom a role."""

from __future__ import annotations

import os

from accounts.roles import LOCAL, RIGHTS
from accounts.verbs import Verb
from survey.errors import AccountError
from survey.host import environment
from survey.host.access import ROLES, Role, current_role
from survey.host.person import Person, who_acts


def verbs() -> frozenset[Verb]:
    """Return what the person who acts may do; all where nobody logs in and the environment names no role.

    Raises:
        ArgumentError: the person has no role, or the environment names an unknown one.
    """
    role = current_role()
    if who_acts() is None and environment.ROLE not in os.environ:
        return LOCAL
    return RIGHTS[role]


def may(verb: Verb) -> bool:
    """Return whether the person who acts may do something.

    Raises:
        ArgumentError: as of `verbs`.
    """
    return verb in verbs()


def require(verb: Verb, what: str) -> None:
    """Refuse what the role does not allow.

    Args:
        verb: what is needed.
        what: the page, command or export, in Chinese.

    Raises:
        AccountError: the role lacks the verb.
        ArgumentError: as of `verbs`.
    """
    if not may(verb):
        holders = "、".join(label for role, label in ROLES.items() if verb in RIGHTS[role])
        raise AccountError(
            f"{what}：您的岗位没有“{verb}”这项权限",
            got=ROLES[current_role()],
            expected=holders,
            cure="请这些岗位的人办理；岗位不对，请安全管理员更改",
        )


def permit_grant(giver: Person, name: str, role: Role | None) -> None:
    """Refuse a grant of a role: only security administrators grant, and nobody to themselves.

    Args:
        giver: who grants.
        name: account that receives the role, in its stored form.
        role: the role; None takes the present one away.

    Raises:
        AccountError: the giver may not grant, or is the receiver.
    """
    if giver.role != Role.SECURITY:
        got = ROLES.get(Role(giver.role), "") if giver.role in set(Role) else ""
        raise AccountError("只有安全管理员能授予或收回岗位", got=got, cure="请安全管理员办理")
    if giver.name == name:
        raise AccountError(
            "不能给自己授予或更改岗位",
            got=ROLES[role] if role else "收回岗位",
            cure="请另一位安全管理员办理；没有第二位，在服务器上用 silu account 办理",
        )
