"""Sessions on the server: a random 256-bit token with the visitor, its hash in the account file; revoked at once.

Ages follow `accounts.clock`: setting the computer's clock neither ends nor prolongs a session while the server runs. A
session whose times lie in the future, because the clock was set back before a restart, has ended.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass

from accounts.database import AccountFile
from accounts.rules import Rules
from accounts.users import COLUMNS, User, plain_name, user_of

DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0
TOLERANCE = 60.0
"""Seconds that a time may lie in the future."""
PASSWORD, OIDC, PROXY = "password", "oidc", "proxy"
"""Ways in."""


@dataclass(frozen=True, slots=True)
class Session:
    """A login that holds.

    Attributes:
        key: hash of the token, in hex; it names the session and opens nothing.
        user: the user as the account file has them now.
        way: way in.
        address: where it began.
        seen: last activity, in seconds since 1970.
        stale: whether the password must be changed before anything else.
    """

    key: str
    user: User
    way: str
    address: str
    seen: float
    stale: bool


def key_of(token: str) -> str:
    """Return the key of a session from its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(found: sqlite3.Connection, name: str, address: str, now: float, way: str = PASSWORD) -> str:
    """Begin a session and return its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    found.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", (key_of(token), name, address, way, now, now))
    found.execute("UPDATE users SET seen = ? WHERE name = ?", (now, name))
    return token


def find_session(file: AccountFile, key: str, rules: Rules, now: float) -> Session | None:
    """Return the session of a key; None where it has ended, or its user is disabled or gone.

    Raises:
        DamagedError: the account file is damaged or missing.
    """
    columns = ", ".join(f"users.{name}" for name in COLUMNS.split(", "))
    asked = f"SELECT way, address, begun, sessions.seen, {columns} FROM sessions JOIN users USING (name) WHERE key = ?"
    with file.reading() as found:
        row = found.execute(asked, (key,)).fetchone()
    if row is None:
        return None
    (way, address, begun, seen), user = row[:4], user_of(row[4:])
    idle, whole = rules.idle_minutes * MINUTE, rules.hours * HOUR
    if user.disabled or not (-TOLERANCE <= now - seen < idle and -TOLERANCE <= now - begun < whole):
        return None
    return Session(key, user, way, address, seen, way == PASSWORD and password_ended(user, rules, now))


def password_ended(user: User, rules: Rules, now: float) -> bool:
    """Return whether a user must set another password."""
    return user.once or bool(rules.days and now - user.changed > rules.days * DAY)


def touch(file: AccountFile, key: str, now: float) -> None:
    """Note activity."""
    with file.changing() as found:
        found.execute("UPDATE sessions SET seen = ? WHERE key = ?", (now, key))


def last_of(file: AccountFile, name: str, address: str, way: str) -> str:
    """Return the key of the last session of a user from an address; "" for none."""
    asked = "SELECT key FROM sessions WHERE name = ? AND address = ? AND way = ? ORDER BY begun DESC LIMIT 1"
    with file.reading() as found:
        row = found.execute(asked, (name, address, way)).fetchone()
    return "" if row is None else str(row[0])


def end(file: AccountFile, key: str) -> None:
    """End one session."""
    with file.changing() as found:
        found.execute("DELETE FROM sessions WHERE key = ?", (key,))


def end_all(found: sqlite3.Connection, name: str) -> None:
    """End all sessions of a user."""
    found.execute("DELETE FROM sessions WHERE name = ?", (plain_name(name),))


def sweep(found: sqlite3.Connection, rules: Rules, now: float) -> None:
    """Remove sessions that have ended."""
    found.execute("DELETE FROM sessions WHERE abs(? - begun) > ?", (now, rules.hours * HOUR + TOLERANCE))
    found.execute("DELETE FROM sessions WHERE abs(? - seen) > ?", (now, rules.idle_minutes * MINUTE + TOLERANCE))
