"""What leaves a SQLite inbox when its time is over: contacts first, then the bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey.collect.inbox import salvage
from survey.collect.inbox.submission import Holdings, Stored, mark_of

_CLEARED = "INSERT OR REPLACE INTO cleared SELECT n, ?, ? FROM letter WHERE n = ?"
_CLEAR = "UPDATE letter SET body = ?, sha256 = ?, device = '', address = '', token = NULL, mark = ? WHERE n = ?"
_ERASED_WITH = "FROM letter WHERE wave = ? AND body = X'' AND (device <> '' OR address <> '' OR token IS NOT NULL)"
_BODIES = "SELECT n FROM letter WHERE wave = ? AND body <> X'' ORDER BY n LIMIT ?"


class SqliteExpiry:
    """Erasing behind a connection; `SqliteBackend` is one."""

    _connection: Any

    def holdings(self, wave: str) -> Holdings:
        """Return what is still there of the submissions of a wave."""
        sql = (
            "SELECT coalesce(sum(cleared.n IS NULL AND body <> X''), 0), coalesce(sum(body <> X''), 0),"
            " coalesce(sum(length(body)), 0) FROM letter LEFT JOIN cleared USING(n) WHERE wave = ?"
        )
        contacts, bodies, size = self._connection.execute(sql, (wave,)).fetchall()[0]
        erased = self._connection.execute(f"SELECT count(*) {_ERASED_WITH}", (wave,)).fetchall()[0][0]
        return Holdings(int(contacts) + int(erased), int(bodies), int(size))

    def contacts(self, wave: str, after: int, limit: int) -> list[Stored]:
        """Return submissions of a wave numbered above `after` with contacts, oldest first, without erased ones."""
        sql = (
            f"SELECT {salvage.COLUMNS} FROM letter WHERE n > ? AND wave = ? AND body <> X''"
            " AND n NOT IN (SELECT n FROM cleared) ORDER BY n LIMIT ?"
        )
        return [salvage.stored(row) for row in self._connection.execute(sql, (after, wave, limit)).fetchall()]

    def clear(self, submissions: Sequence[Stored], at: int) -> None:
        """Put submissions without their contacts in the place of those of their numbers, in one transaction."""
        changes = [
            (one.number, at, one.submission.sha256, one.submission.body, mark_of(one.submission, one.number))
            for one in submissions
        ]
        with self._transaction():
            for number, moment, digest, body, mark in changes:
                self._connection.execute(_CLEARED, (moment, digest, number))
                self._connection.execute(_CLEAR, (body, digest, mark, number))

    def clear_erased(self, wave: str, at: int) -> int:
        """Take the contacts out of the submissions of a wave whose bodies were erased; return how many had any."""
        with self._transaction():
            rows = self._connection.execute(f"SELECT n, sha256 {_ERASED_WITH}", (wave,)).fetchall()
            for number, digest in rows:
                self._connection.execute(_CLEARED, (at, digest, number))
                self._connection.execute(_CLEAR, (b"", digest, None, number))
        return len(rows)

    def tokens(self, wave: str) -> list[str]:
        """Return the invitations that came with the submissions of a wave."""
        sql = "SELECT token FROM letter WHERE wave = ? AND token IS NOT NULL ORDER BY n"
        return [str(row[0]) for row in self._connection.execute(sql, (wave,)).fetchall()]

    def expire(self, wave: str, at: int, limit: int) -> int:
        """Erase bodies of submissions of a wave, the oldest ones, so many at most; return how many there were."""
        with self._transaction():
            numbers = [row[0] for row in self._connection.execute(_BODIES, (wave, limit)).fetchall()]
            for number in numbers:
                self._connection.execute("INSERT OR IGNORE INTO expired VALUES(?, ?)", (number, at))
                self._connection.execute(
                    "UPDATE letter SET body = X'', device = '', address = '', mark = NULL WHERE n = ?", (number,)
                )
        return len(numbers)

    def expired(self) -> list[int]:
        """Return the running numbers of the submissions whose bodies were erased because their time was over."""
        return [row[0] for row in self._connection.execute("SELECT n FROM expired ORDER BY n").fetchall()]

    def drop_steps(self, before: int) -> int:
        """Remove the steps before a moment (milliseconds since 1970); return how many there were."""
        with self._transaction():
            count = self._connection.execute("SELECT count(*) FROM step WHERE at < ?", (before,)).fetchall()[0][0]
            self._connection.execute("DELETE FROM step WHERE at < ?", (before,))
            self._connection.execute("DELETE FROM opening WHERE at < ?", (before,))
        return int(count)

    def _transaction(self) -> Any:
        """Open one transaction for the block."""
        raise NotImplementedError
