"""What security administrators do to accounts on the page 用户与权限; nobody changes their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from accounts import users
from accounts.audit.log import REFUSED, STARTED, Act, record
from accounts.entry import Entry
from accounts.grants import permit_grant
from accounts.roster import Issued, issue
from accounts.roster import reset as new_password
from accounts.users import User
from survey.errors import AccountError
from survey.host.access import Role
from survey.host.person import Person


def add(entry: Entry, giver: Person, new: Iterable[User]) -> tuple[Issued, ...]:
    """Add users with one-time passwords, all or none.

    Raises:
        AccountError: the giver may not grant, or a name is taken or invalid.
    """
    listed = tuple(new)
    for user in listed:
        _permit(entry, giver, user, "添加账户")
    made = issue(entry, listed)
    for user in listed:
        _done(entry, user, "添加账户")
    return made


def grant(entry: Entry, giver: Person, user: User, role: Role | None, *, district: str = "", unit: str = "") -> None:
    """Give a user a role and a scope, in place of those before.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    wanted = replace(user, role=role, district=district, unit=unit)
    _permit(entry, giver, wanted, "授予岗位")
    users.grant(entry.file, user.name, role, district=district, unit=unit)
    _done(entry, wanted, "授予岗位")


def reset(entry: Entry, giver: Person, user: User) -> Issued:
    """Replace the password of a user by a one-time one; all their sessions end.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    _permit(entry, giver, user, "重置口令")
    made = new_password(entry, user)
    _done(entry, user, "重置口令")
    return made


def switch(entry: Entry, giver: Person, user: User) -> None:
    """Disable an account, which ends its sessions, or enable it again.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    what = "启用账户" if user.disabled else "停用账户"
    _permit(entry, giver, user, what)
    users.disable(entry.file, user.name, disabled=not user.disabled)
    _done(entry, user, what)


def _permit(entry: Entry, giver: Person, user: User, what: str) -> None:
    """Log what is about to be done to an account, and refuse it where the giver may not."""
    try:
        permit_grant(giver, user.name, user.role)
    except AccountError:
        record(entry.root, Act.GRANT, _facts(user, what), result=REFUSED, durable=True)
        raise
    record(entry.root, Act.GRANT, _facts(user, what), result=STARTED, durable=True)


def _done(entry: Entry, user: User, what: str) -> None:
    record(entry.root, Act.GRANT, _facts(user, what), durable=True)


def _facts(user: User, what: str) -> dict[str, str]:
    scope = {"district": user.district, "unit": user.unit}
    return {
        "what": what,
        "of": user.name,
        "to": str(user.role or ""),
        **{key: one for key, one in scope.items() if one},
    }
