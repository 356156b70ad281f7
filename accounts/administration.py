"""What security administrators do to accounts on the page 用户与权限; nobody changes their own."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import users
from accounts.entry import Entry
from accounts.grants import permit_grant
from accounts.roster import Issued, issue
from accounts.roster import reset as new_password
from accounts.users import User
from survey.host.access import Role
from survey.host.person import Person


def add(entry: Entry, giver: Person, new: Iterable[User]) -> tuple[Issued, ...]:
    """Add users with one-time passwords, all or none.

    Raises:
        AccountError: the giver may not grant, or a name is taken or invalid.
    """
    listed = tuple(new)
    for user in listed:
        permit_grant(giver, user.name, user.role)
    return issue(entry, listed)


def grant(entry: Entry, giver: Person, user: User, role: Role | None, *, district: str = "", unit: str = "") -> None:
    """Give a user a role and a scope, in place of those before.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    permit_grant(giver, user.name, role)
    users.grant(entry.file, user.name, role, district=district, unit=unit)


def reset(entry: Entry, giver: Person, user: User) -> Issued:
    """Replace the password of a user by a one-time one; all their sessions end.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    permit_grant(giver, user.name, user.role)
    return new_password(entry, user)


def switch(entry: Entry, giver: Person, user: User) -> None:
    """Disable an account, which ends its sessions, or enable it again.

    Raises:
        AccountError: the giver may not grant, or there is no such user.
    """
    permit_grant(giver, user.name, user.role)
    users.disable(entry.file, user.name, disabled=not user.disabled)
