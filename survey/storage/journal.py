"""Append-only journals in SQLite, enforced by triggers.

Every line has a seal over itself and the preceding line, in a second table; the file has a checksum while nobody
writes (`resting`). A changed or lost line is detected before any line is used, any other changed byte by `silu verify`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from survey.errors import DamagedError, StoreError
from survey.host.disk import draft_beside, make_file, make_folder, sync
from survey.storage.integrity.resting import checksum_file, is_as_sealed, seal, unseal

WAIT_SECONDS = 20.0
"""Seconds that a writer waits for another one."""
FORMAT = 1
"""Increment when earlier versions can no longer read a journal correctly."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY, {columns});
CREATE TABLE IF NOT EXISTS {table}_seal (id INTEGER PRIMARY KEY, seal TEXT NOT NULL);
"""
TRIGGERS = """
CREATE TRIGGER IF NOT EXISTS {table}_kept BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
START = "0" * 32
"""Start of the chain, followed by the first line."""
CURE = "运行 silu repair 调查文件夹，或恢复备份"
Line = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """An open journal; a new line follows the lines read here."""

    connection: sqlite3.Connection
    table: str

    def lines(self) -> list[Line]:
        """Return every line, its number first and then the columns as declared, oldest first."""
        return self.connection.execute(f"SELECT * FROM {self.table} ORDER BY id").fetchall()

    def seals(self) -> Mapping[int, str]:
        """Return number -> seal of the sealed lines; early versions wrote no seals."""
        known = "SELECT count(*) FROM sqlite_master WHERE name = ?"
        if not self.connection.execute(known, (f"{self.table}_seal",)).fetchone()[0]:
            return {}
        rows = self.connection.execute(f"SELECT id, seal FROM {self.table}_seal").fetchall()
        return {number: given for number, given in rows if isinstance(number, int)}

    def add(self, **values: Any) -> int:
        """Write one line and return its number."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO {self.table} ({names}) VALUES ({marks})"
        number = int(self.connection.execute(statement, tuple(values.values())).lastrowid or 0)
        self.seal_lines()
        return number

    def restore(self, line: Line, given: str | None) -> None:
        """Write a line as it was, with its number and the seal that it had."""
        self.connection.execute(f"INSERT INTO {self.table} VALUES ({', '.join('?' * len(line))})", line)
        if given:
            self.connection.execute(f"INSERT INTO {self.table}_seal VALUES (?, ?)", (line[0], given))

    def seal_lines(self) -> None:
        """Seal the newest line, which also covers unsealed lines above it."""
        number, last = _chain(self.lines())[-1]
        self.connection.execute(f"INSERT OR IGNORE INTO {self.table}_seal VALUES (?, ?)", (number, last))


@dataclass(frozen=True, slots=True)
class Journal:
    """One table of a file; the first line written creates both.

    Attributes:
        path: the file.
        table: name of the table.
        columns: SQL declarations of its columns, without the line number.
        title: display name for messages.
    """

    path: Path
    table: str
    columns: str
    title: str

    def lines(self) -> list[Line]:
        """Return every line, oldest first; none when there is no file yet.

        Raises:
            StoreError: the file cannot be read, or a newer version of the program has written it.
            DamagedError: a line was altered, or the file is missing.
        """
        if not self._exists():
            return []
        with self._open() as page:
            self._check(page)
            return page.lines()

    @contextmanager
    def writing(self) -> Iterator[Page]:
        """Open the journal for one writer: reading, deciding and adding form one transaction, undone by any exception.

        Raises:
            StoreError: the file cannot be written.
            DamagedError: an existing line was altered.
        """
        try:
            make_folder(self.path.parent)
        except OSError as error:
            raise self._unreadable(error) from error
        fresh = not self._exists()
        with self._open() as page:
            page.connection.execute("BEGIN IMMEDIATE")
            try:
                if not fresh:
                    self._check(page)
                unseal(self.path)
                self._prepare(page)
                yield page
            except BaseException:
                page.connection.execute("ROLLBACK")
                self._rest(page)
                raise
            page.connection.execute("COMMIT")
            self._rest(page)

    def unsealed(self) -> bool:
        """Return whether an early version wrote the file, without seals and checksum."""
        if not self._exists():
            return False
        with self._open() as page:
            return bool(page.lines()) and not page.seals()

    def seal(self) -> None:
        """Seal existing lines, for files of early versions and after a killed writer.

        Raises:
            DamagedError: a line was altered.
        """
        with self.writing() as page:
            if page.lines():
                page.seal_lines()

    def faults(self) -> list[str]:
        """Return all faults of the file, in Chinese: lines, pages and unused bytes."""
        try:
            if not self._exists():
                return []
            with self._open() as page:
                self._check(page)
                result = page.connection.execute("PRAGMA integrity_check").fetchall()
        except StoreError as error:
            return [f"{error.what}（{error.got}）"]
        if result != [("ok",)]:
            return [f"SQLite 自检：{result[0][0]}"]
        return ["文件里有字节与封存时不同，各行内容无误"] if is_as_sealed(self.path) is False else []

    def mend(self) -> bool:
        """Write the file anew from its lines, if every line is what was written; the damaged file is kept beside it.

        Returns:
            Whether it is right now.

        Raises:
            StoreError: the file cannot be written.
        """
        try:
            with self._open() as page:
                self._check(page)
                lines, seals = page.lines(), dict(page.seals())
        except StoreError:
            return False
        kept = self.path.with_name(f"{self.path.name}.damaged-{uuid4().hex[:8]}")
        fresh = Journal(draft_beside(self.path), self.table, self.columns, self.title)
        try:
            with fresh.writing() as page:
                for line in lines:
                    page.restore(line, seals.get(int(line[0])))
            unseal(self.path)
            self.path.replace(kept)
            fresh.path.replace(self.path)
            sync(self.path.parent)
        except OSError as error:
            raise self._unreadable(error) from error
        finally:
            fresh.path.unlink(missing_ok=True)
            checksum_file(fresh.path).unlink(missing_ok=True)
        seal(self.path)
        return not self.faults()

    def _exists(self) -> bool:
        if self.path.exists():
            return self.path.stat().st_size > 0
        if checksum_file(self.path).exists():
            raise DamagedError(f"{self.title}不见了", where=str(self.path), cure="从备份恢复这个文件")
        return False

    def _prepare(self, page: Page) -> None:
        for statement in (SCHEMA + TRIGGERS + TRIGGERS.replace("{table}", "{table}_seal")).split(";\n"):
            page.connection.execute(statement.format(table=self.table, columns=self.columns))
        page.connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _check(self, page: Page) -> None:
        """Raise `DamagedError` where a line was altered, before any line is used."""
        if page.connection.execute("PRAGMA user_version").fetchone()[0] > FORMAT:
            raise StoreError(
                f"{self.title}由更新版本的程序写过，升级本程序后再打开", where=str(self.path), got=f"格式高于 {FORMAT}"
            )
        if is_as_sealed(self.path):
            return
        known = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        if not page.connection.execute(known, (self.table,)).fetchone()[0]:
            raise DamagedError(f"{self.title}损坏", where=str(self.path), got="表不见了", cure=CURE)
        if bad := broken_lines(page.lines(), page.seals()):
            got = f"第 {'、'.join(map(str, bad[:5]))} 条与写入时不同"
            raise DamagedError(f"{self.title}损坏", where=str(self.path), got=got, cure=CURE)

    def _rest(self, page: Page) -> None:
        """Write the checksum of the file while no other process can write; ignore failures."""
        if not self.path.stat().st_size:
            return
        try:
            page.connection.execute("BEGIN IMMEDIATE")
            seal(self.path)
            page.connection.execute("ROLLBACK")
        except (OSError, sqlite3.OperationalError):
            return

    @contextmanager
    def _open(self) -> Iterator[Page]:
        try:
            make_file(self.path)
            connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unreadable(error) from error
        try:
            connection.execute("PRAGMA synchronous = EXTRA")
            yield Page(connection, self.table)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._unreadable(error) from error
        finally:
            connection.close()

    def _unreadable(self, error: Exception) -> StoreError:
        return StoreError(
            f"{self.title}打不开", where=str(self.path), got=str(error), cure="检查磁盘空间和写权限；内容坏了就恢复备份"
        )


def broken_lines(lines: Sequence[Line], seals: Mapping[int, str]) -> list[int]:
    """Return the numbers of altered or missing lines; lines after the last seal cannot be checked."""
    found = dict(_chain(lines, seals))
    return sorted(number for number, given in seals.items() if found.get(number) != given)


def _chain(lines: Sequence[Line], seals: Mapping[int, str] | None = None) -> list[tuple[int, str]]:
    """Return number and seal of each line; after a broken line the chain continues from its stored seal."""
    before, found = START, []
    for line in lines:
        content = before + json.dumps(line, ensure_ascii=False, default=repr)
        given = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        number = line[0] if isinstance(line[0], int) else -1  # a damaged page may give anything
        found.append((number, given))
        before = (seals or {}).get(number, given)
    return found
