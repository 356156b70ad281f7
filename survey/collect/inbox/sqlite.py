"""The inbox on SQLite: WAL, synchronous FULL, append-only by trigger.

WAL with synchronous NORMAL, the usual advice, loses acknowledged answers in a power cut
(see `benchmarks/collect_powercut.py`); FULL costs one fdatasync per batch and loses none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from survey.collect.inbox import salvage
from survey.collect.inbox.sqlite_arrivals import SqliteArrivals
from survey.collect.inbox.sqlite_expiry import SqliteExpiry
from survey.collect.inbox.sqlite_memory import SqliteMemory
from survey.collect.inbox.sqlite_schema import is_of_version_before, prepare
from survey.collect.inbox.submission import (
    Receipt,
    State,
    Step,
    Stored,
    Submission,
    mark_of,
)
from survey.errors import CollectError
from survey.host.disk import make_file, make_folder
from survey.storage.integrity.resting import is_as_sealed, seal_if_closed, unseal

Row = TypeVar("Row")

CHUNK = 64
"""Maximum number of rows per insert: one SQLite step stores them without holding the GIL."""
CLASHES = frozenset({"IntegrityError", "ConstraintError"})
"""Messages of sqlite3 and APSW for a violated unique index."""

_ROW = "(" + ",".join("?" * 15) + ")"


def _connect(path: Path) -> sqlite3.Connection:
    # Several threads use it in turn (start, writer, close), never concurrently.
    return sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=4 * CHUNK
    )


class SqliteBackend(SqliteMemory, SqliteExpiry, SqliteArrivals):
    """Submissions in one SQLite file.

    Args:
        path: the database file; its folder is created when missing.
        connect: opens a connection with `execute(sql, parameters)`; tests replace it with a simulated disk.
    """

    def __init__(self, path: Path, connect: Callable[[Path], Any] = _connect) -> None:
        """Open the file and create the tables.

        Raises:
            CollectError: the file cannot be opened or written.
        """
        self.path = path
        self._written = False
        try:
            make_folder(path.parent)
            make_file(path)
            self._connection = connect(path)
            if is_of_version_before(self._connection):
                self._begin()
            prepare(self._connection)
            self._following = self._next()
            self._file = self._where()
        except (OSError, sqlite3.Error) as error:
            raise CollectError(
                "收件箱打不开", where=str(path), got=str(error), cure="检查磁盘空间与文件夹的写入权限"
            ) from None

    def write(self, submissions: Sequence[Submission], steps: Sequence[Step] = ()) -> list[Receipt]:
        """Store a batch in one transaction; on return it survives a power cut."""
        self._in_its_place()
        self._begin()
        if steps or not 0 < len(submissions) <= CHUNK:
            return self._together(submissions, steps)
        return self._at_once(submissions) or self._together(submissions, steps)

    def _in_its_place(self) -> None:
        """Raise CollectError where the file was moved: submissions acknowledged then would be lost."""
        if self._where() != self._file:
            raise CollectError(
                "收件箱文件被移走或换掉了", where=str(self.path), cure="放回原处，或重新启动 silu collect"
            )

    def _where(self) -> tuple[int, int] | None:
        """Return the identity of the file at the path; None where there is none."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _at_once(self, submissions: Sequence[Submission]) -> list[Receipt] | None:
        """Append assuming that all submissions are new, which is the usual case; None where a unique index rejects one.

        A single statement is its own transaction, and the writer acquires the GIL once per batch.
        """
        following = self._following
        marked = (
            (number, *submission, mark_of(submission, number))
            for number, submission in enumerate(submissions, following)
        )
        try:
            self._connection.execute(_insert(len(submissions)), tuple(chain.from_iterable(marked)))
        except Exception as error:
            if type(error).__name__ not in CLASHES:
                raise
            return None
        self._following += len(submissions)
        return [Receipt(number, State.STORED) for number in range(following, self._following)]

    def _together(self, submissions: Sequence[Submission], steps: Sequence[Step]) -> list[Receipt]:
        """Look up the submissions, append new ones, and store the steps."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            receipts = self._sorted(submissions)
            for step in steps:
                self._note(step)
            run("COMMIT")
        except BaseException:
            self._rollback()
            raise
        self._following = max([self._following, *(receipt.number + 1 for receipt in receipts)])
        return receipts

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction for the block."""
        self._in_its_place()
        self._begin()
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._rollback()
            raise

    def _rollback(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - a full disk rolls back by itself; report the first error
            return

    def _next(self) -> int:
        """Return the number of the next submission according to the table."""
        return int(self._connection.execute("SELECT coalesce(max(n), 0) + 1 FROM letter").fetchall()[0][0])

    def _sorted(self, submissions: Sequence[Submission]) -> list[Receipt]:
        """Classify each submission against the table and the batch itself, and append new ones."""
        known = self._known([submission.id for submission in submissions])
        spent = self._spent([submission.token for submission in submissions if submission.token is not None])
        following = self._next()
        receipts: list[Receipt] = []
        rows: list[tuple[object, ...]] = []
        for submission in submissions:
            met = known.get(submission.id)
            if met is not None:
                receipts.append(Receipt.again(met, submission.sha256))
            elif submission.token is not None and submission.token in spent:
                receipts.append(Receipt(0, State.SPENT))
            else:
                known[submission.id] = (following, submission.sha256, False)
                spent.update([submission.token] if submission.token is not None else [])
                rows.append((following, *submission, mark_of(submission, following)))
                receipts.append(Receipt(following, State.STORED))
                following += 1
        for chunk in _chunks(rows):
            self._connection.execute(_insert(len(chunk)), tuple(chain.from_iterable(chunk)))
        return receipts

    def _known(self, ids: Sequence[bytes]) -> dict[bytes, tuple[int, bytes, bool]]:
        found: dict[bytes, tuple[int, bytes, bool]] = {}
        for chunk in _chunks(ids):
            marks = ",".join("?" * len(chunk))
            sql = f"SELECT id, n, sha256, body = X'' FROM letter WHERE id IN ({marks})"
            for identity, number, digest, erased in self._connection.execute(sql, list(chunk)).fetchall():
                found[identity] = (number, digest, bool(erased))
        return found

    def _spent(self, tokens: Sequence[str]) -> set[str]:
        spent: set[str] = set()
        for chunk in _chunks(tokens):
            sql = f"SELECT token FROM letter WHERE token IN ({','.join('?' * len(chunk))})"
            spent.update(row[0] for row in self._connection.execute(sql, list(chunk)).fetchall())
        return spent

    def find(self, identity: bytes) -> tuple[Receipt, bytes] | None:
        """Return receipt and SHA-256 of a submission; None when it is unknown."""
        met = self._known([identity]).get(identity)
        return None if met is None else (Receipt.again(met, met[1]), met[1])

    def spent(self, token: str) -> bool:
        """Return whether this invitation was used."""
        return token in self._spent([token])

    def read(self, after: int, limit: int) -> list[Stored]:
        """Return submissions numbered above `after`, oldest first, without erased; damaged ones are not `intact`."""
        return salvage.read(self._connection, after, limit, self._following)

    def withdraw(self, number: int, at: int) -> bool:
        """Erase the body; return False when there is no such submission or it is erased already."""
        run = self._connection.execute
        with self._transaction():
            if not run("SELECT 1 FROM letter WHERE n = ? AND body <> X''", (number,)).fetchall():
                return False
            run("INSERT INTO withdrawal(n, at) VALUES(?, ?)", (number, at))
            run("UPDATE letter SET body = X'', device = '', address = '', mark = NULL WHERE n = ?", (number,))
        return True

    def withdrawn(self, after: int) -> list[tuple[int, bytes]]:
        """Return number of the withdrawal and id of the submission, oldest first."""
        sql = "SELECT w, id FROM withdrawal JOIN letter USING(n) WHERE w > ? AND body = X'' ORDER BY w"
        return [(row[0], row[1]) for row in self._connection.execute(sql, (after,)).fetchall()]

    def scrub(self) -> bool:
        """Checkpoint and truncate the WAL: its old pages may still hold a body that was erased since."""
        return bool(self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0] == 0)

    def erased(self) -> list[int]:
        """Return the numbers of submissions with erased bodies."""
        return [row[0] for row in self._connection.execute("SELECT n FROM withdrawal ORDER BY n").fetchall()]

    def close(self) -> None:
        """Release the file; SQLite checkpoints the WAL. The last connection writes the checksum."""
        self._connection.close()
        if self._written:
            self._written = False
            with suppress(OSError):  # each submission still has its own checksum
                seal_if_closed(self.path)

    def _begin(self) -> None:
        """Remove the checksum of the file before this connection first writes."""
        if not self._written:
            unseal(self.path)
            self._written = True

    def seal(self) -> None:
        """Write the checksum of the file on close even if nothing was written."""
        self._begin()

    def faults(self) -> list[str]:
        """Return faults of tables, indexes and, for a closed file, of its bytes; in Chinese."""
        found = salvage.faults(self._connection)
        return found or (["文件里有字节与封存时不同"] if is_as_sealed(self.path) is False else [])


@lru_cache(maxsize=2 * CHUNK)
def _insert(rows: int) -> str:
    return f"INSERT INTO letter({salvage.COLUMNS}) VALUES " + ",".join([_ROW] * rows)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield chunks of at most CHUNK rows, so that the statement cache holds a statement for each size."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
