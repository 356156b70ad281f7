"""What monitoring reads of a PostgreSQL inbox: submissions without their answers, how far respondents have come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

import psycopg
from psycopg import sql

from survey.collect.inbox.submission import Arrival, Reached, Step, SubmissionHead

_HEADS = """SELECT n, received, mode, place, device, address, flags FROM letter
WHERE n > %s AND body <> '' ORDER BY n LIMIT %s"""
_ARRIVALS = """SELECT n, letter.id, wave, received, address, opening.at, coalesce(step.at <= received, false)
FROM letter LEFT JOIN opening USING(id) LEFT JOIN step USING(id)
WHERE n > %s AND mode = 'online' AND token IS NULL AND body <> '' ORDER BY n LIMIT %s"""
_REACHED = """SELECT question, count(*), count(letter.id) FROM step LEFT JOIN letter USING(id)
WHERE at >= %s GROUP BY question"""
_STEP = """INSERT INTO step VALUES(%s, %s, %s, %s) ON CONFLICT(id) DO UPDATE
SET question = excluded.question, at = excluded.at WHERE excluded.at >= step.at"""
_OPENING = "INSERT INTO opening VALUES(%s, %s) ON CONFLICT(id) DO NOTHING"


class PostgresArrivals:
    """Counting behind a connection; `PostgresBackend` is one."""

    def _note(self, steps: Sequence[Step]) -> None:
        """Store the last step of each respondent, and the time of the first."""
        with self._alive().cursor() as cursor:
            cursor.executemany(_STEP, [(step.id, step.study, step.question, step.at) for step in steps])
            cursor.executemany(_OPENING, [(step.id, step.at) for step in steps])

    def envelopes(self, after: int, limit: int) -> list[SubmissionHead]:
        """Return submissions numbered above `after` without bodies and without erased ones."""
        return [SubmissionHead(*row) for row in self._rows(_HEADS, (after, limit))]  # type: ignore[arg-type]

    def arrivals(self, after: int, limit: int) -> list[Arrival]:
        """Return submissions by an open link numbered above `after`, oldest first, without erased ones."""
        return [Arrival(*row) for row in self._rows(_ARRIVALS, (after, limit))]  # type: ignore[arg-type]

    def bodies(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the raw JSON of some submissions, oldest first, without erased ones."""
        query = "SELECT body FROM letter WHERE n = ANY(%s) AND body <> '' ORDER BY n"
        return [row[0] for row in self._rows(query, (list(numbers),)) if isinstance(row[0], bytes)]

    def reached(self, since: int = 0) -> list[Reached]:
        """Return counts of last steps since a time (milliseconds since 1970)."""
        return [Reached(*row) for row in self._rows(_REACHED, (since,))]  # type: ignore[arg-type]

    def _alive(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return the connection."""
        raise NotImplementedError

    def _rows(self, query: LiteralString | sql.Composed, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        raise NotImplementedError
