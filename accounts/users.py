"""Users of a study: one account a person, one role an account.

A person with two tasks (an analyst who also keeps the accounts) has two accounts, so that rights never add up.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.database import AccountFile
from survey.errors import AccountError
from survey.host.access import ROLES, Role
from survey.host.person import Person

UNUSED = 90 * 86_400.0
"""Seconds without a login after which an account is noted as unused."""
NAME = re.compile(r"[\w.-]{2,32}")
COLUMNS = "name, display, role, district, unit, disabled, made, seen, changed, once"


@dataclass(frozen=True, slots=True)
class User:
    """One account.

    Attributes:
        name: unique, in the form of `plain_name`.
        display: name on pages and in logs.
        role: the one role; None for none, which may do nothing.
        district: the only district that the user may see; "" for all.
        unit: responsible unit that the user belongs to; "" for none.
        disabled: whether the account is switched off.
        made: when it was made, in seconds since 1970.
        seen: last login, in seconds since 1970; None for never.
        changed: when the password was set, in seconds since 1970.
        once: whether the password is a one-time one, which only serves to set another.
    """

    name: str
    display: str = ""
    role: Role | None = None
    district: str = ""
    unit: str = ""
    disabled: bool = False
    made: float = 0.0
    seen: float | None = None
    changed: float = 0.0
    once: bool = False

    def unused(self, now: float) -> bool:
        """Return whether nobody has logged in for 90 days."""
        return now - (self.seen or self.made) > UNUSED

    def person(self, address: str = "") -> Person:
        """Return the user as the one who acts; without a role where the account is disabled."""
        role = "" if self.disabled or self.role is None else str(self.role)
        return Person(self.name, self.display or self.name, role, self.district, self.unit, address)


def plain_name(text: str) -> str:
    """Return a name as it is stored: full-width letters narrowed, lower case, no blanks around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def check_name(text: str) -> str:
    """Return a new name as it is stored.

    Raises:
        AccountError: it has other characters than letters, digits, `.`, `_` and `-`, or a wrong length.
    """
    name = plain_name(text)
    if not NAME.fullmatch(name):
        raise AccountError("用户名写法不对", got=text, expected="2 到 32 个字：汉字、字母、数字、点、下划线或短横线")
    return name


def read_role(text: str) -> Role | None:
    """Read a role by its value or its Chinese name; None for "".

    Raises:
        AccountError: there is no such role.
    """
    try:
        return Role(text) if text else None
    except ValueError:
        for role, label in ROLES.items():
            if label == text:
                return role
        expected = "、".join(f"{role}（{label}）" for role, label in ROLES.items())
        raise AccountError("没有这个岗位", got=text, expected=expected) from None


def all_users(file: AccountFile) -> tuple[User, ...]:
    """Return all users, by name."""
    with file.reading() as found:
        return tuple(map(user_of, found.execute(f"SELECT {COLUMNS} FROM users ORDER BY name")))


def find_user(file: AccountFile, name: str) -> User | None:
    """Return a user; None where there is none of this name."""
    with file.reading() as found:
        row = found.execute(f"SELECT {COLUMNS} FROM users WHERE name = ?", (plain_name(name),)).fetchone()
    return None if row is None else user_of(row)


def add_users(file: AccountFile, users: Iterable[tuple[User, str]], *, only_first: bool = False) -> None:
    """Add users with the hashes of their passwords, all or none.

    Args:
        file: the account file.
        users: users and hashes; "" as a hash lets nobody in by password.
        only_first: refuse where there are users already.

    Raises:
        AccountError: a name is taken or invalid.
    """
    with file.changing() as found:
        if only_first and found.execute("SELECT count(*) FROM users").fetchone()[0]:
            raise AccountError("已经有账户了", cure="用已有的管理员登录")
        for user, hashed in users:
            name = check_name(user.name)
            row = (name, user.display, user.role or "", user.district, user.unit, user.disabled)
            try:
                found.execute(
                    "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, user.made, user.seen, hashed, user.changed, user.once),
                )
            except sqlite3.IntegrityError as error:
                raise AccountError("这个用户名已经有人用", got=name, cure="换一个用户名") from error


def grant(file: AccountFile, name: str, role: Role | None, *, district: str = "", unit: str = "") -> None:
    """Give a user a role and a scope, in place of those before.

    Raises:
        AccountError: there is no such user.
    """
    with file.changing() as found:
        update(found, name, "role = ?, district = ?, unit = ?", (role or "", district, unit))


def disable(file: AccountFile, name: str, *, disabled: bool = True) -> None:
    """Switch an account off, which ends its sessions, or on again.

    Raises:
        AccountError: there is no such user.
    """
    with file.changing() as found:
        update(found, name, "disabled = ?", (disabled,))
        if disabled:
            found.execute("DELETE FROM sessions WHERE name = ?", (plain_name(name),))


def update(found: sqlite3.Connection, name: str, what: str, values: tuple[object, ...]) -> None:
    """Set columns of one user.

    Raises:
        AccountError: there is no such user.
    """
    if not found.execute(f"UPDATE users SET {what} WHERE name = ?", (*values, plain_name(name))).rowcount:
        raise AccountError("没有这个账户", got=name, cure="用 silu account list 查看有哪些账户")


def user_of(row: tuple[str, str, str, str, str, int, float, float | None, float, int]) -> User:
    """Return a row as a user; an unknown role counts as none."""
    name, display, role, district, unit, disabled, made, seen, changed, once = row
    known = Role(role) if role in set(Role) else None
    return User(name, display, known, district, unit, bool(disabled), made, seen, changed, bool(once))
