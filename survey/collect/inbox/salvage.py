"""Read a damaged SQLite inbox: return readable submissions, and the numbers of lost ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey.collect.inbox.submission import Stored, Submission

COLUMNS = "n, id, study, wave, mode, version, place, received, sha256, token, device, address, flags, body, mark"
"""Columns in the order that `stored` expects."""
MALFORMED = frozenset({"DatabaseError", "CorruptError"})
"""Messages of sqlite3 and APSW for a corrupt page."""


def stored(row: Sequence[Any]) -> Stored:
    """Return the submission of one row."""
    return Stored(row[0], Submission(*row[1:-1]), row[-1])


def read(connection: Any, after: int, limit: int, following: int) -> list[Stored]:
    """Return submissions numbered above `after`, oldest first, without erased ones.

    Args:
        connection: to the inbox.
        after: number of the last submission to skip.
        limit: maximum number of submissions.
        following: number of the next new submission; all lower numbers were assigned.

    Returns:
        One entry per assigned number; an unreadable submission is `Stored.lost`.
    """
    sql = f"SELECT {COLUMNS} FROM letter WHERE n > ? AND body <> X'' ORDER BY n LIMIT ?"
    try:
        found = [stored(row) for row in connection.execute(sql, (after, limit)).fetchall()]
    except Exception as error:
        if not is_malformed(error):
            raise
        numbers = range(after + 1, min(after + limit, following - 1) + 1)
        return [one for number in numbers for one in _one(connection, number)]
    last = found[-1].number if len(found) == limit else following - 1
    return found if len(found) >= last - after else _with_gaps(connection, found, after, last)


def is_malformed(error: Exception) -> bool:
    """Return whether an error means a damaged file, rather than a locked, full or missing one."""
    return type(error).__name__ in MALFORMED or "Could not decode" in str(error)


def _with_gaps(connection: Any, found: list[Stored], after: int, last: int) -> list[Stored]:
    """Add lost submissions: numbers are contiguous, so one that is neither present nor erased is lost."""
    sql = "SELECT n FROM withdrawal WHERE n > ?1 AND n <= ?2 UNION SELECT n FROM expired WHERE n > ?1 AND n <= ?2"
    there = {one.number for one in found} | {row[0] for row in connection.execute(sql, (after, last)).fetchall()}
    lost = [Stored.lost(number) for number in range(after + 1, last + 1) if number not in there]
    return sorted([*found, *lost], key=lambda one: one.number)


def _one(connection: Any, number: int) -> list[Stored]:
    """Return one submission of a table with a damaged page; none where it was erased."""
    try:
        row = connection.execute(f"SELECT {COLUMNS} FROM letter WHERE n = ?", (number,)).fetchone()
    except Exception as error:
        if not is_malformed(error):
            raise
        row = None
    if row is None:
        return [Stored.lost(number)]
    return [stored(row)] if row[13] else []


def faults(connection: Any) -> list[str]:
    """Return faults of tables and indexes found by SQLite, in Chinese."""
    try:
        report = connection.execute("PRAGMA integrity_check(5)").fetchall()
    except Exception as error:
        if not is_malformed(error):
            raise
        report = [(str(error),)]
    return [] if [tuple(row) for row in report] == [("ok",)] else [f"SQLite 自检：{row[0]}" for row in report]
