"""A journal: lines that are added and never changed, in SQLite, with triggers that refuse anything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.disk import make_file
from survey.errors import StoreError

WAIT_SECONDS = 20.0
"""How long a writer waits for another one."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, {columns});
CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The journal while it is open; the lines read are those a line written now follows."""

    connection: sqlite3.Connection
    table: str

    def lines(self) -> list[tuple[Any, ...]]:
        """Every line, its number first and then the columns as declared; oldest first."""
        return self.connection.execute(f"SELECT * FROM {self.table} ORDER BY id").fetchall()

    def add(self, **values: Any) -> int:
        """Write one line; returns its number."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {self.table} ({names}) VALUES ({marks})"
        return int(self.connection.execute(statement, tuple(values.values())).lastrowid or 0)


@dataclass(frozen=True, slots=True)
class Journal:
    """One table of a file; the first line written makes both.

    Attributes:
        path: the file.
        table: name of the table.
        columns: its columns as SQL declares them, without the number that each line gets.
        title: what people call it, for messages.
    """

    path: Path
    table: str
    columns: str
    title: str

    def lines(self) -> list[tuple[Any, ...]]:
        """Every line, oldest first; none when there is no file yet.

        Raises:
            StoreError: the file cannot be read.
        """
        if not self.path.exists():
            return []
        with self._open() as page:
            return page.lines()

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """One writer at a time: to read, decide and add is one transaction, undone by any exception.

        Raises:
            StoreError: the file cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as page:
            page.connection.execute("BEGIN IMMEDIATE")
            try:
                yield page
            except BaseException:
                page.connection.execute("ROLLBACK")
                raise
            page.connection.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[Page]:
        try:
            make_file(self.path)
            connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unreadable(error) from error
        try:
            connection.executescript(SCHEMA.format(table=self.table, columns=self.columns))
            yield Page(connection, self.table)
        except sqlite3.Error as error:
            raise self._unreadable(error) from error
        finally:
            connection.close()

    def _unreadable(self, error: OSError | sqlite3.Error) -> StoreError:
        return StoreError(f"{self.title}打不开", where=str(self.path), got=str(error), cure="检查文件夹权限或恢复备份")
