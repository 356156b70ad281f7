"""Letters of a damaged SQLite inbox: what can be read is read, what cannot is known by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey.collect.inbox.submission import Stored, Submission

COLUMNS = "n, id, study, wave, mode, version, place, received, sha256, token, device, address, flags, body, mark"
"""As `stored` takes them."""
MALFORMED = frozenset({"DatabaseError", "CorruptError"})
"""What sqlite3 and APSW call a page that is not what was written."""


def stored(row: Sequence[Any]) -> Stored:
    """A letter of one row."""
    return Stored(row[0], Submission(*row[1:-1]), row[-1])


def read(connection: Any, after: int, limit: int, following: int) -> list[Stored]:
    """Letters numbered above `after`, oldest first, erased ones left out.

    Args:
        connection: to the inbox.
        after: number of the last letter that is not wanted.
        limit: letters at most.
        following: number of the next letter that will come; all below were given out.

    Returns:
        One for each number that was given out; what cannot be read is `Stored.lost`.
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
    """Whether an error says that the file is damaged, and not that it is locked, full or gone."""
    return type(error).__name__ in MALFORMED or "Could not decode" in str(error)


def _with_gaps(connection: Any, found: list[Stored], after: int, last: int) -> list[Stored]:
    """Numbers have no gaps: one that is neither there nor erased was lost."""
    sql = "SELECT n FROM withdrawal WHERE n > ? AND n <= ?"
    there = {one.number for one in found} | {row[0] for row in connection.execute(sql, (after, last)).fetchall()}
    lost = [Stored.lost(number) for number in range(after + 1, last + 1) if number not in there]
    return sorted([*found, *lost], key=lambda one: one.number)


def _one(connection: Any, number: int) -> list[Stored]:
    """One letter of a table with a damaged page; none where it was erased."""
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
    """What is wrong with tables and indexes, in Chinese; nothing where SQLite finds them in order."""
    try:
        said = connection.execute("PRAGMA integrity_check(5)").fetchall()
    except Exception as error:
        if not is_malformed(error):
            raise
        said = [(str(error),)]
    return [] if [tuple(row) for row in said] == [("ok",)] else [f"SQLite 自检：{row[0]}" for row in said]
