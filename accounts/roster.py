"""Many accounts at once: read a list, make one-time passwords, and write them down once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from accounts.entry import Entry
from accounts.passwords import one_time_password
from accounts.users import User, add_users, check_name, read_role
from survey.errors import AccountError
from survey.host.access import ROLES, Role
from survey.storage.spreadsheets import GuardedWriter
from survey.storage.tables import Table, read_table

COLUMNS: Mapping[str, str] = {
    "用户名": "name",
    "姓名": "display",
    "岗位": "role",
    "区县": "district",
    "单位": "unit",
}
HEADINGS = ("用户名", "姓名", "岗位", "区县", "单位", "一次性口令")
MOST = 1000


@dataclass(frozen=True, slots=True)
class Issued:
    """A user, and the one-time password that is shown once."""

    user: User
    password: str


def read_roster(path: Path) -> tuple[User, ...]:
    """Read a CSV of accounts: 用户名, 姓名, 岗位, 区县, 单位.

    Without a name an account is called as its unit, else as its district; without a role it is a rated unit.

    Raises:
        StudyError: the file cannot be read, or has faults, each listed with its row and column.
    """
    table = read_table(path, COLUMNS, required=())
    found: dict[str, User] = {}
    for line, row in table:
        user = _user(table, line, row)
        if user is not None and user.name in found:
            table.problem(line, "name", got=user.name, expected="没有重复的用户名")
        elif user is not None:
            found[user.name] = user
    if len(table.rows) > MOST:
        table.note(f"一次最多添加 {MOST} 个账户")
    table.close()
    return tuple(found.values())


def issue(entry: Entry, users: Iterable[User], *, once: bool = True) -> tuple[Issued, ...]:
    """Add users with new passwords, all or none.

    Args:
        entry: the accounts.
        users: without their times.
        once: whether the passwords are one-time ones.

    Raises:
        AccountError: a name is taken or invalid.
    """
    now = entry.clock.now()
    issued = [Issued(replace(user, made=now, changed=now, once=once), one_time_password()) for user in users]
    add_users(entry.file, [(one.user, entry.hasher.hash(one.password)) for one in issued])
    return tuple(issued)


def reset(entry: Entry, user: User) -> Issued:
    """Replace the password of a user by a one-time one; all sessions end.

    Raises:
        AccountError: there is no such user.
    """
    password = one_time_password()
    entry.put_password(user.name, entry.hasher.hash(password), once=True)
    return Issued(user, password)


def roster_csv(issued: Sequence[Issued]) -> str:
    """Return users and one-time passwords as CSV that a spreadsheet opens as text."""
    text = io.StringIO(newline="")
    rows = [[*_cells(one.user), one.password] for one in issued]
    GuardedWriter(text, quoting=csv.QUOTE_MINIMAL).writerows([HEADINGS, *rows])
    return text.getvalue()


def _cells(user: User) -> list[str]:
    return [user.name, user.display, ROLES[user.role] if user.role else "", user.district, user.unit]


def _user(table: Table, line: int, row: Mapping[str, str]) -> User | None:
    """Return the user of a row; note its faults in the table."""
    unit, district = row.get("unit", ""), row.get("district", "")
    name = row.get("name") or unit or district
    try:
        role = read_role(row["role"]) if row.get("role") else Role.UNIT
        return User(check_name(name), row.get("display") or name, role, district, unit)
    except AccountError as error:
        table.problem(line, "role" if "岗位" in error.what else "name", got=error.got, expected=error.expected)
    return None
