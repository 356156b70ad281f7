"""The inbox on SQLite: WAL, synchronous FULL, append-only by trigger.

WAL with synchronous NORMAL, the usual advice, loses acknowledged answers in a power cut
(`benchmarks/collect_powercut.py` shows it); FULL costs one fdatasync a batch and loses none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from survey.collect.inbox import salvage
from survey.collect.inbox.sqlite_memory import SqliteMemory
from survey.collect.inbox.sqlite_schema import is_of_version_before, prepare
from survey.collect.inbox.submission import (
    Reached,
    Receipt,
    State,
    Step,
    Stored,
    Submission,
    SubmissionHead,
    mark_of,
)
from survey.disk import make_file, make_folder
from survey.errors import CollectError
from survey.storage.resting import is_as_sealed, seal_if_closed, unseal

Row = TypeVar("Row")

CHUNK = 64
"""Rows of one multi-row insert at most: one step of SQLite stores them without holding Python's lock."""
CLASHES = frozenset({"IntegrityError", "ConstraintError"})
"""What sqlite3 and APSW call the refusal of a unique index."""

_ENVELOPE = "n, received, mode, place, device, address, flags"
_ROW = "(" + ",".join("?" * 15) + ")"
_STEP = (
    "INSERT INTO step VALUES(?,?,?,?) ON CONFLICT(id) DO UPDATE SET question=excluded.question, at=excluded.at"
    " WHERE excluded.at >= step.at"
)


def _connect(path: Path) -> sqlite3.Connection:
    # Several threads use it one after another (start, writer, close), never at once.
    return sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=4 * CHUNK
    )


class SqliteBackend(SqliteMemory):
    """Letters in one SQLite file.

    Args:
        path: the database file; its folder is made when missing.
        connect: opens a connection with `execute(sql, parameters)`; the tests pass one on a disk of their own.
    """

    def __init__(self, path: Path, connect: Callable[[Path], Any] = _connect) -> None:
        """Open the file and make the tables.

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

    def write(self, letters: Sequence[Submission], steps: Sequence[Step] = ()) -> list[Receipt]:
        """Store a batch in one transaction; on return it survives a power cut."""
        self._in_its_place()
        self._begin()
        if steps or not 0 < len(letters) <= CHUNK:
            return self._together(letters, steps)
        return self._at_once(letters) or self._together(letters, steps)

    def _in_its_place(self) -> None:
        """Raises CollectError where the file was moved away: what is acknowledged then would be gone at the end."""
        if self._where() != self._file:
            raise CollectError(
                "收件箱文件被移走或换掉了", where=str(self.path), cure="放回原处，或重新启动 silu collect"
            )

    def _where(self) -> tuple[int, int] | None:
        """Which file lies at the path."""
        try:
            facts = self.path.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _at_once(self, letters: Sequence[Submission]) -> list[Receipt] | None:
        """Append as if no letter had come before, as is nearly always so; None where a unique index has refused one.

        A statement is a transaction of its own, and the writer asks for Python's lock once a batch.
        """
        following = self._following
        marked = ((number, *letter, mark_of(letter)) for number, letter in enumerate(letters, following))
        try:
            self._connection.execute(_insert(len(letters)), tuple(chain.from_iterable(marked)))
        except Exception as error:
            if type(error).__name__ not in CLASHES:
                raise
            return None
        self._following += len(letters)
        return [Receipt(number, State.STORED) for number in range(following, self._following)]

    def _together(self, letters: Sequence[Submission], steps: Sequence[Step]) -> list[Receipt]:
        """Look first, then append what is new, and note the steps."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            receipts = self._sorted(letters)
            for step in steps:
                run(_STEP, (step.id, step.study, step.question, step.at))
            run("COMMIT")
        except BaseException:
            self._rollback()
            raise
        self._following = max([self._following, *(receipt.number + 1 for receipt in receipts)])
        return receipts

    def _rollback(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - a full disk has rolled back by itself; the first error is the one to tell
            return

    def _next(self) -> int:
        """Running number of the next letter, as the table has it."""
        return int(self._connection.execute("SELECT coalesce(max(n), 0) + 1 FROM letter").fetchall()[0][0])

    def _sorted(self, letters: Sequence[Submission]) -> list[Receipt]:
        """Decide each letter's fate against the table and the batch itself, and append those that are new."""
        known = self._known([letter.id for letter in letters])
        spent = self._spent([letter.token for letter in letters if letter.token is not None])
        following = self._next()
        receipts: list[Receipt] = []
        rows: list[tuple[object, ...]] = []
        for letter in letters:
            met = known.get(letter.id)
            if met is not None:
                receipts.append(Receipt.again(met, letter.sha256))
            elif letter.token is not None and letter.token in spent:
                receipts.append(Receipt(0, State.SPENT))
            else:
                known[letter.id] = (following, letter.sha256, False)
                spent.update([letter.token] if letter.token is not None else [])
                rows.append((following, *letter, mark_of(letter)))
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
        """The receipt and sha256 of a letter, None when it never came."""
        met = self._known([identity]).get(identity)
        return None if met is None else (Receipt.again(met, met[1]), met[1])

    def spent(self, token: str) -> bool:
        """Whether a letter came with this invitation."""
        return token in self._spent([token])

    def read(self, after: int, limit: int) -> list[Stored]:
        """Letters numbered above `after`, oldest first, erased ones left out; one that is damaged is not `intact`."""
        return salvage.read(self._connection, after, limit, self._following)

    def withdraw(self, number: int, at: int) -> bool:
        """Erase the body; False when there is no such letter or it is erased already."""
        self._in_its_place()
        self._begin()
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        try:
            if not run("SELECT 1 FROM letter WHERE n = ? AND body <> X''", (number,)).fetchall():
                run("ROLLBACK")
                return False
            run("INSERT INTO withdrawal(n, at) VALUES(?, ?)", (number, at))
            run("UPDATE letter SET body = X'', device = '', address = '', mark = NULL WHERE n = ?", (number,))
            run("COMMIT")
        except BaseException:
            self._rollback()
            raise
        return True

    def withdrawn(self, after: int) -> list[tuple[int, bytes]]:
        """Running number of the withdrawal and id of the letter, oldest first."""
        sql = "SELECT w, id FROM withdrawal JOIN letter USING(n) WHERE w > ? AND body = X'' ORDER BY w"
        return [(row[0], row[1]) for row in self._connection.execute(sql, (after,)).fetchall()]

    def scrub(self) -> bool:
        """Fold the WAL into the file and empty it: its old pages may still hold a body that was erased since."""
        return bool(self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0] == 0)

    def envelopes(self, after: int, limit: int) -> list[SubmissionHead]:
        """Letters numbered above `after` without their bodies, erased ones left out."""
        sql = f"SELECT {_ENVELOPE} FROM letter WHERE n > ? AND body <> X'' ORDER BY n LIMIT ?"
        return [SubmissionHead(*row) for row in self._connection.execute(sql, (after, limit)).fetchall()]

    def bodies(self, numbers: Sequence[int]) -> list[bytes]:
        """Raw JSON of some letters, oldest first; erased ones are left out."""
        found: list[bytes] = []
        for chunk in _chunks(sorted(numbers)):
            sql = f"SELECT body FROM letter WHERE n IN ({','.join('?' * len(chunk))}) AND body <> X'' ORDER BY n"
            found += [row[0] for row in self._connection.execute(sql, list(chunk)).fetchall()]
        return found

    def erased(self) -> list[int]:
        """Running numbers of the letters whose bodies were erased."""
        return [row[0] for row in self._connection.execute("SELECT n FROM withdrawal ORDER BY n").fetchall()]

    def reached(self, since: int = 0) -> list[Reached]:
        """Last steps since a moment (milliseconds since 1970), counted."""
        sql = (
            "SELECT question, count(*), count(letter.id) FROM step LEFT JOIN letter USING(id) WHERE at >= ?"
            " GROUP BY question"
        )
        return [Reached(*row) for row in self._connection.execute(sql, (since,)).fetchall()]

    def close(self) -> None:
        """Release the file; SQLite folds the WAL back into it. Whoever is the last gives it its checksum."""
        self._connection.close()
        if self._written:
            self._written = False
            with suppress(OSError):  # without it the letters still have their own
                seal_if_closed(self.path)

    def _begin(self) -> None:
        """Take the checksum of the file away before this connection first writes."""
        if not self._written:
            unseal(self.path)
            self._written = True

    def seal(self) -> None:
        """Let the file get its checksum when it is closed, though nothing was written."""
        self._begin()

    def faults(self) -> list[str]:
        """What is wrong with tables, indexes and, while nobody has the file open, any byte of it; in Chinese."""
        said = salvage.faults(self._connection)
        return said or (["文件里有字节与封存时不同"] if is_as_sealed(self.path) is False else [])


@lru_cache(maxsize=2 * CHUNK)
def _insert(rows: int) -> str:
    return f"INSERT INTO letter({salvage.COLUMNS}) VALUES " + ",".join([_ROW] * rows)


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Pieces of at most CHUNK, so that the statement cache holds a statement for each size."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
