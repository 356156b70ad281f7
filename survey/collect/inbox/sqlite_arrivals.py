"""What monitoring reads of a SQLite inbox: submissions without their answers, and how far respondents have come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey.collect.inbox.submission import Arrival, Reached, Step, SubmissionHead

_HEAD = "n, received, mode, place, device, address, flags"
_ARRIVALS = (
    "SELECT n, letter.id, wave, received, address, opening.at, coalesce(step.at <= received, 0) FROM letter"
    " LEFT JOIN opening USING(id) LEFT JOIN step USING(id)"
    " WHERE n > ? AND mode = 'online' AND token IS NULL AND body <> X'' ORDER BY n LIMIT ?"
)
_STEP = (
    "INSERT INTO step VALUES(?,?,?,?) ON CONFLICT(id) DO UPDATE SET question=excluded.question, at=excluded.at"
    " WHERE excluded.at >= step.at"
)
_OPENING = "INSERT OR IGNORE INTO opening VALUES(?, ?)"


class SqliteArrivals:
    """Counting behind a connection; `SqliteBackend` is one."""

    _connection: Any

    def _note(self, step: Step) -> None:
        """Store the last step of a respondent, and the time of the first."""
        self._connection.execute(_STEP, (step.id, step.study, step.question, step.at))
        self._connection.execute(_OPENING, (step.id, step.at))

    def envelopes(self, after: int, limit: int) -> list[SubmissionHead]:
        """Return submissions numbered above `after` without bodies and without erased ones."""
        sql = f"SELECT {_HEAD} FROM letter WHERE n > ? AND body <> X'' ORDER BY n LIMIT ?"
        return [SubmissionHead(*row) for row in self._connection.execute(sql, (after, limit)).fetchall()]

    def arrivals(self, after: int, limit: int) -> list[Arrival]:
        """Return submissions by an open link numbered above `after`, oldest first, without erased ones."""
        return [Arrival(*row) for row in self._connection.execute(_ARRIVALS, (after, limit)).fetchall()]

    def bodies(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the raw JSON of some submissions, oldest first, without erased ones."""
        found: list[bytes] = []
        wanted = sorted(numbers)
        for chunk in (wanted[start : start + 64] for start in range(0, len(wanted), 64)):
            sql = f"SELECT body FROM letter WHERE n IN ({','.join('?' * len(chunk))}) AND body <> X'' ORDER BY n"
            found += [row[0] for row in self._connection.execute(sql, list(chunk)).fetchall()]
        return found

    def reached(self, since: int = 0) -> list[Reached]:
        """Return counts of last steps since a time (milliseconds since 1970)."""
        sql = (
            "SELECT question, count(*), count(letter.id) FROM step LEFT JOIN letter USING(id) WHERE at >= ?"
            " GROUP BY question"
        )
        return [Reached(*row) for row in self._connection.execute(sql, (since,)).fetchall()]
