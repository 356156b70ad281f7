"""Limit tries: five wrong passwords for a name from one address refuse further ones for ten minutes.

The limit holds for name and address together, so that nobody can lock another person out from elsewhere. It holds for
unknown names too, so that it does not reveal which exist. A try counts before its password is checked, so that many
at once are no way around.
"""

from __future__ import annotations

import sqlite3

TRIES, SECONDS = 5, 600.0
LOCKED = "这个用户名从您的地址连续试错 5 次，暂停 10 分钟"


def is_locked(found: sqlite3.Connection, name: str, address: str, now: float) -> bool:
    """Return whether the last tries for a name from an address were too many.

    Only tries less than ten minutes away count, before or after: a clock that was set back locks nobody for longer.
    """
    asked = "SELECT count(*) FROM tries WHERE name = ? AND address = ? AND abs(at - ?) < ?"
    return int(found.execute(asked, (name, address, now, SECONDS)).fetchone()[0]) >= TRIES


def is_doubtful(found: sqlite3.Connection, address: str, now: float) -> bool:
    """Return whether so many tries from an address, for any names, were wrong that it yields to other addresses."""
    asked = "SELECT count(*) FROM tries WHERE address = ? AND abs(at - ?) < ?"
    return int(found.execute(asked, (address, now, SECONDS)).fetchone()[0]) >= TRIES


def take_try(found: sqlite3.Connection, name: str, address: str, now: float) -> bool:
    """Note a try and return True; return False where the last ones were too many (`is_locked`)."""
    found.execute("DELETE FROM tries WHERE abs(at - ?) >= ?", (now, SECONDS))
    if is_locked(found, name, address, now):
        return False
    found.execute("INSERT INTO tries VALUES (?, ?, ?)", (name, address, now))
    return True


def forget_tries(found: sqlite3.Connection, name: str, address: str | None = None) -> None:
    """Forget the tries for a name from an address; from all of them for None."""
    where, values = ("name = ?", (name,)) if address is None else ("name = ? AND address = ?", (name, address))
    found.execute(f"DELETE FROM tries WHERE {where}", values)
