"""The inbox on PostgreSQL, for several receiving hosts that write to one database.

Writers take an advisory lock for the duration of a batch. Its cost is not measurable, because a batch holds everything
that arrived during the previous one. The lock makes numbers grow in the order of commits, so `read(after)` never skips
a submission that another host commits late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from survey.collect.inbox.postgres_arrivals import PostgresArrivals
from survey.collect.inbox.postgres_expiry import PostgresExpiry
from survey.collect.inbox.postgres_memory import PostgresMemory
from survey.collect.inbox.submission import (
    Receipt,
    State,
    Step,
    Stored,
    Submission,
    mark_of,
)
from survey.errors import CollectError

LOCK = 0x51115
"""Number of the advisory lock that writers share."""
COLUMNS = ("id", "study", "wave", "mode", "version", "place", "received", "sha256", "token", "device", "address",
           "flags", "body")  # fmt: skip
MARK = "mark"
"""Column that early versions lack: `mark_of` the submission."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS letter(
  n bigserial PRIMARY KEY, id bytea NOT NULL UNIQUE, study text NOT NULL, wave text NOT NULL, mode text NOT NULL,
  version text NOT NULL, place bigint, received bigint NOT NULL, sha256 bytea NOT NULL, token text UNIQUE,
  device text NOT NULL, address text NOT NULL, flags text NOT NULL, body bytea NOT NULL);
ALTER TABLE letter ADD COLUMN IF NOT EXISTS mark bytea;
CREATE TABLE IF NOT EXISTS withdrawal(w bigserial PRIMARY KEY, n bigint NOT NULL UNIQUE, at bigint NOT NULL);
CREATE TABLE IF NOT EXISTS step(id bytea PRIMARY KEY, study text NOT NULL, question text NOT NULL, at bigint NOT NULL);
CREATE TABLE IF NOT EXISTS opening(id bytea PRIMARY KEY, at bigint NOT NULL);
CREATE TABLE IF NOT EXISTS setting(key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE IF NOT EXISTS cleared(n bigint PRIMARY KEY, at bigint NOT NULL, sha256 bytea NOT NULL);
CREATE TABLE IF NOT EXISTS expired(n bigint PRIMARY KEY, at bigint NOT NULL);
CREATE OR REPLACE FUNCTION letter_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.n = OLD.n AND NEW.device = '' AND NEW.address = '' AND (
     EXISTS(SELECT 1 FROM cleared WHERE n = OLD.n AND sha256 = NEW.sha256) AND NEW.token IS NULL
     OR NEW.body = '' AND NEW.sha256 = OLD.sha256 AND (
       EXISTS(SELECT 1 FROM withdrawal WHERE n = OLD.n) OR EXISTS(SELECT 1 FROM expired WHERE n = OLD.n))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'letters never change';
END $$;
CREATE OR REPLACE TRIGGER letter_stays BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION letter_stays();
"""
_INSERT = sql.SQL("INSERT INTO letter({}) SELECT * FROM unnest({}) RETURNING n, id")
_TYPES = (
    "bytea",
    "text",
    "text",
    "text",
    "text",
    "bigint",
    "bigint",
    "bytea",
    "text",
    "text",
    "text",
    "text",
    "bytea",
    "bytea",
)
_LIMITS = "SET synchronous_commit = on; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'"
"""Limits how long a host that hangs inside a batch blocks the others."""
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_LINE: Mapping[str, Any] = {"connect_timeout": 10, **_ALIVE}
"""Detect a lost connection within half a minute."""
_ERASE = "UPDATE letter SET body = '', device = '', address = '', mark = NULL WHERE n = %s"


class PostgresBackend(PostgresMemory, PostgresExpiry, PostgresArrivals):
    """Submissions in a PostgreSQL database.

    Args:
        address: postgresql://user@host/database.
    """

    def __init__(self, address: str) -> None:
        """Connect and create the tables.

        Raises:
            CollectError: the database cannot be reached.
        """
        self._address = address
        try:
            self._connection = self._connect()
            with self._connection.transaction():
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                self._connection.execute(SCHEMA)
        except psycopg.Error as error:
            where = address.rpartition("@")[2]
            raise CollectError("收件箱数据库连不上", where=where, got=str(error).strip()) from None

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(self._address, autocommit=True, **_LINE)
        connection.execute(_LIMITS)
        return connection

    def _alive(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return the connection; reconnect after the server was unavailable."""
        if self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _rows(self, query: LiteralString | sql.Composed, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a query.

        Raises:
            CollectError: the database is unavailable or times out.
        """
        try:
            cursor = self._alive().execute(query, parameters)
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            where = self._address.rpartition("@")[2]
            raise CollectError(
                "收件箱数据库暂时不能读写", where=where, got=str(error).strip(), cure="答卷仍在收件箱里，稍后重试"
            ) from error

    def write(self, submissions: Sequence[Submission], steps: Sequence[Step] = ()) -> list[Receipt]:
        """Store a batch in one transaction; on return it survives a power cut."""
        connection = self._alive()
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            receipts = self._append(submissions)
            if steps:
                self._note(steps)
        return receipts

    def _append(self, submissions: Sequence[Submission]) -> list[Receipt]:
        known = self._known([submission.id for submission in submissions])
        submissions = [submission._replace(token=_plain(submission.token)) for submission in submissions]
        spent = self._spent([submission.token for submission in submissions if submission.token is not None])
        fresh: dict[bytes, Submission] = {}
        for submission in submissions:
            if submission.id not in known and submission.id not in fresh and submission.token not in spent:
                fresh[submission.id] = submission
                spent |= {submission.token} if submission.token is not None else set()
        numbers = self._insert(list(fresh.values()))
        receipts: list[Receipt] = []
        for submission in submissions:
            if fresh.get(submission.id) is submission:
                receipts.append(Receipt(numbers[submission.id], State.STORED))
            elif submission.id in known:
                receipts.append(Receipt.again(known[submission.id], submission.sha256))
            elif submission.id in fresh:
                twin = (numbers[submission.id], fresh[submission.id].sha256, False)
                receipts.append(Receipt.again(twin, submission.sha256))
            else:
                receipts.append(Receipt(0, State.SPENT))
        return receipts

    def _insert(self, submissions: Sequence[Submission]) -> dict[bytes, int]:
        if not submissions:
            return {}
        plain = [Submission(*map(_plain, submission)) for submission in submissions]
        arrays = [*map(list, zip(*plain, strict=True)), [mark_of(submission) for submission in plain]]
        marks = sql.SQL(", ").join(sql.SQL("%s::" + kind + "[]") for kind in _TYPES)
        statement = _INSERT.format(sql.SQL(", ").join(map(sql.Identifier, (*COLUMNS, MARK))), marks)
        rows = self._connection.execute(statement, arrays).fetchall()
        return {_bytes(row[1]): _int(row[0]) for row in rows}

    def _known(self, ids: Sequence[bytes]) -> dict[bytes, tuple[int, bytes, bool]]:
        query = "SELECT id, n, sha256, body = '' FROM letter WHERE id = ANY(%s)"
        rows = self._rows(query, (list(ids),))
        return {_bytes(row[0]): (_int(row[1]), _bytes(row[2]), bool(row[3])) for row in rows}

    def _spent(self, tokens: Sequence[str]) -> set[str | None]:
        if not tokens:
            return set()
        rows = self._rows("SELECT token FROM letter WHERE token = ANY(%s)", (list(tokens),))
        return {str(row[0]) for row in rows}

    def find(self, identity: bytes) -> tuple[Receipt, bytes] | None:
        """Return receipt and SHA-256 of a submission; None when it is unknown."""
        met = self._known([identity]).get(identity)
        return None if met is None else (Receipt.again(met, met[1]), met[1])

    def spent(self, token: str) -> bool:
        """Return whether this invitation was used."""
        return token in self._spent([token])

    def read(self, after: int, limit: int) -> list[Stored]:
        """Return submissions numbered above `after`, oldest first, without erased; damaged ones are not `intact`."""
        query = sql.SQL("SELECT n, {} FROM letter WHERE n > %s AND body <> '' ORDER BY n LIMIT %s").format(
            sql.SQL(", ").join(map(sql.Identifier, (*COLUMNS, MARK)))
        )
        rows = self._rows(query, (after, limit))
        return [Stored(_int(row[0]), Submission(*row[1:-1]), row[-1]) for row in rows]  # type: ignore[arg-type]

    def withdraw(self, number: int, at: int) -> bool:
        """Erase the body; return False when there is no such submission or it is erased already."""
        connection = self._alive()
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            if not connection.execute("SELECT 1 FROM letter WHERE n = %s AND body <> ''", (number,)).fetchall():
                return False
            connection.execute("INSERT INTO withdrawal(n, at) VALUES(%s, %s)", (number, at))
            connection.execute(_ERASE, (number,))
        return True

    def withdrawn(self, after: int) -> list[tuple[int, bytes]]:
        """Return number of the withdrawal and id of the submission, oldest first."""
        query = "SELECT w, id FROM withdrawal JOIN letter USING(n) WHERE w > %s AND body = '' ORDER BY w"
        return [(_int(row[0]), _bytes(row[1])) for row in self._rows(query, (after,))]

    def scrub(self) -> bool:
        """Free row versions with erased bodies; the server overwrites them over time."""
        self._rows("VACUUM letter")
        return True

    def erased(self) -> list[int]:
        """Return the numbers of submissions with erased bodies."""
        return [_int(row[0]) for row in self._rows("SELECT n FROM withdrawal ORDER BY n")]

    def faults(self) -> list[str]:
        """Return no faults: the server checks its own pages when set up with --data-checksums."""
        return []

    def close(self) -> None:
        """Release the connection."""
        self._connection.close()


def _plain(value: Any) -> Any:
    """Return a value that PostgreSQL can store: its texts have no NUL, which would make a whole batch fail."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
