"""What leaves a PostgreSQL inbox when its time is over: contacts first, then the bodies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from survey.collect.inbox.submission import Holdings, Stored, Submission, mark_of

_COLUMNS = "n, id, study, wave, mode, version, place, received, sha256, token, device, address, flags, body, mark"
_CLEARED = """INSERT INTO cleared VALUES(%s, %s, %s)
ON CONFLICT(n) DO UPDATE SET at = excluded.at, sha256 = excluded.sha256"""
_CLEAR = "UPDATE letter SET body = %s, sha256 = %s, device = '', address = '', token = NULL, mark = %s WHERE n = %s"
_ERASED_WITH = """SELECT n, sha256 FROM letter
WHERE wave = %s AND body = '' AND (device <> '' OR address <> '' OR token IS NOT NULL)"""
_HOLDINGS = """SELECT count(*) FILTER (WHERE cleared.n IS NULL AND body <> ''), count(*) FILTER (WHERE body <> ''),
coalesce(sum(length(body)), 0) FROM letter LEFT JOIN cleared USING(n) WHERE wave = %s"""
_CONTACTS = f"""SELECT {_COLUMNS} FROM letter WHERE n > %s AND wave = %s AND body <> ''
AND NOT EXISTS(SELECT 1 FROM cleared WHERE cleared.n = letter.n) ORDER BY n LIMIT %s"""
_EXPIRE = "UPDATE letter SET body = '', device = '', address = '', mark = NULL WHERE n = ANY(%s)"


class PostgresExpiry:
    """Erasing behind a connection; `PostgresBackend` is one."""

    def holdings(self, wave: str) -> Holdings:
        """Return what is still there of the submissions of a wave."""
        contacts, bodies, size = map(int, self._find(_HOLDINGS, (wave,))[0])
        return Holdings(contacts + len(self._find(_ERASED_WITH, (wave,))), bodies, size)

    def contacts(self, wave: str, after: int, limit: int) -> list[Stored]:
        """Return submissions of a wave numbered above `after` with contacts, oldest first, without erased ones."""
        rows = self._find(_CONTACTS, (after, wave, limit))
        return [Stored(row[0], Submission(*row[1:-1]), row[-1]) for row in rows]

    def clear(self, submissions: Sequence[Stored], at: int) -> None:
        """Put submissions without their contacts in the place of those of their numbers, in one transaction."""
        connection = self._alive()
        with connection.transaction():
            for one in submissions:
                digest, body = one.submission.sha256, one.submission.body
                connection.execute(_CLEARED, (one.number, at, digest))
                connection.execute(_CLEAR, (body, digest, mark_of(one.submission), one.number))

    def clear_erased(self, wave: str, at: int) -> int:
        """Take the contacts out of the submissions of a wave whose bodies were erased; return how many had any."""
        connection = self._alive()
        with connection.transaction():
            rows = connection.execute(_ERASED_WITH, (wave,)).fetchall()
            for number, digest in rows:
                connection.execute(_CLEARED, (number, at, digest))
                connection.execute(_CLEAR, (b"", digest, None, number))
        return len(rows)

    def tokens(self, wave: str) -> list[str]:
        """Return the invitations that came with the submissions of a wave."""
        sql = "SELECT token FROM letter WHERE wave = %s AND token IS NOT NULL ORDER BY n"
        return [str(row[0]) for row in self._find(sql, (wave,))]

    def expire(self, wave: str, at: int, limit: int) -> int:
        """Erase bodies of submissions of a wave, the oldest ones, so many at most; return how many there were."""
        connection = self._alive()
        with connection.transaction():
            sql = "SELECT n FROM letter WHERE wave = %s AND body <> '' ORDER BY n LIMIT %s"
            numbers = [row[0] for row in connection.execute(sql, (wave, limit)).fetchall()]
            noted = "INSERT INTO expired SELECT unnest(%s::bigint[]), %s ON CONFLICT(n) DO NOTHING"
            connection.execute(noted, (numbers, at))
            connection.execute(_EXPIRE, (numbers,))
        return len(numbers)

    def expired(self) -> list[int]:
        """Return the running numbers of the submissions whose bodies were erased because their time was over."""
        return [int(row[0]) for row in self._find("SELECT n FROM expired ORDER BY n", ())]

    def drop_steps(self, before: int) -> int:
        """Remove the steps before a moment (milliseconds since 1970); return how many there were."""
        connection = self._alive()
        with connection.transaction():
            connection.execute("DELETE FROM opening WHERE at < %s", (before,))
            return connection.execute("DELETE FROM step WHERE at < %s", (before,)).rowcount

    def _alive(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Return the connection."""
        raise NotImplementedError

    def _find(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        return self._alive().execute(query.encode(), parameters).fetchall()
