"""Tables of the SQLite inbox, created where missing."""

from __future__ import annotations

import time
from typing import Any

from survey.errors import CollectError

PRAGMAS = ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")
"""Larger pages mean fewer writes; an existing file keeps its page size."""
WAIT = 5.0
"""Longest wait for a lock, in seconds."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS letter(
  n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, study TEXT NOT NULL, wave TEXT NOT NULL, mode TEXT NOT NULL,
  version TEXT NOT NULL, place INTEGER, received INTEGER NOT NULL, sha256 BLOB NOT NULL, token TEXT,
  device TEXT NOT NULL, address TEXT NOT NULL, flags TEXT NOT NULL, body BLOB NOT NULL, mark BLOB);
CREATE UNIQUE INDEX IF NOT EXISTS letter_token ON letter(token) WHERE token IS NOT NULL;
CREATE TABLE IF NOT EXISTS withdrawal(w INTEGER PRIMARY KEY, n INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS step(id BLOB PRIMARY KEY, study TEXT NOT NULL, question TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS opening(id BLOB PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cleared(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, sha256 BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS expired(n INTEGER PRIMARY KEY, at INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS letter_keeps BEFORE DELETE ON letter
  BEGIN SELECT RAISE(ABORT, 'letters are never deleted'); END;
CREATE TRIGGER IF NOT EXISTS letter_holds BEFORE UPDATE ON letter
  WHEN NEW.n <> OLD.n OR NEW.id <> OLD.id OR NEW.device <> '' OR NEW.address <> '' OR NOT (
    EXISTS(SELECT 1 FROM cleared WHERE n = OLD.n AND sha256 = NEW.sha256) AND NEW.token IS NULL
    OR NEW.body = X'' AND NEW.sha256 = OLD.sha256
    AND (EXISTS(SELECT 1 FROM withdrawal WHERE n = OLD.n) OR EXISTS(SELECT 1 FROM expired WHERE n = OLD.n)))
  BEGIN SELECT RAISE(ABORT, 'letters never change'); END;
"""


FORMAT = 1
"""Raised when an inbox can no longer be read rightly by the program before."""


def prepare(connection: Any) -> None:
    """Configure a connection and create missing tables and columns, also in files of earlier versions.

    Raises:
        CollectError: a newer version of the program has written the inbox.
    """
    written = connection.execute("PRAGMA user_version").fetchall()[0][0]
    if written > FORMAT:
        raise CollectError("收件箱由更新版本的程序写过，升级本程序后再打开", got=f"格式 {written}")
    for pragma in PRAGMAS:
        _set(connection, pragma)
    columns = _columns(connection)
    if columns and "mark" not in columns:
        connection.execute("ALTER TABLE letter ADD COLUMN mark BLOB")
    if is_of_version_before(connection):
        connection.execute("DROP TRIGGER IF EXISTS letter_stays")
    for statement in SCHEMA.split(";\n"):
        connection.execute(statement)


def _set(connection: Any, pragma: str) -> None:
    """Set a pragma; SQLite does not wait for a lock while several processes switch a new file to WAL at once."""
    until = time.monotonic() + WAIT
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}").fetchall()
            return
        except Exception as error:  # sqlite3 and APSW have classes of their own
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def is_of_version_before(connection: Any) -> bool:
    """Return whether a file has submissions and was made by an earlier version of the program."""
    known = "SELECT count(*) FROM sqlite_master WHERE name = 'letter_holds'"
    return bool(_columns(connection)) and not connection.execute(known).fetchall()[0][0]


def _columns(connection: Any) -> list[str]:
    return [row[1] for row in connection.execute("PRAGMA table_info(letter)").fetchall()]
