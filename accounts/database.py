"""The account file of a study: `accounts/accounts.sqlite`, mode 0600 in a folder 0700.

It lies inside the study, so that backup, restore and a move of the folder take the accounts along, and in a folder of
its own, which stays closed to the group of `[access]` too: whoever works on the files need not read password hashes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from survey.errors import AccountError, DamagedError
from survey.host.disk import make_folder
from survey.host.permissions import make_private

FOLDER = Path("accounts")
FILE = FOLDER / "accounts.sqlite"
MARK, VERSION = 0x53494C55, 1
"""Marks of a whole file; an empty one has none, and is damaged rather than new."""
PATIENCE = 10.0
"""Seconds that a change waits for another one."""
SCHEMA = f"""
PRAGMA application_id = {MARK};
PRAGMA user_version = {VERSION};
CREATE TABLE users (
    name TEXT PRIMARY KEY, display TEXT NOT NULL, role TEXT NOT NULL, district TEXT NOT NULL, unit TEXT NOT NULL,
    disabled INTEGER NOT NULL, made REAL NOT NULL, seen REAL,
    hash TEXT NOT NULL, changed REAL NOT NULL, once INTEGER NOT NULL
) STRICT;
CREATE TABLE sessions (
    key TEXT PRIMARY KEY, name TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, address TEXT NOT NULL,
    way TEXT NOT NULL, begun REAL NOT NULL, seen REAL NOT NULL
) STRICT;
CREATE INDEX sessions_of ON sessions(name);
CREATE TABLE tries (name TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE INDEX tries_of ON tries(name, address);
"""
DAMAGED = "从备份恢复 accounts 文件夹（silu restore），不要删掉它重来；恢复前谁也不能登录"


@dataclass(frozen=True, slots=True)
class AccountFile:
    """The account file of one study; every read and change opens it anew, so that a lost or damaged one is noticed.

    Attributes:
        path: the file.
    """

    path: Path

    @property
    def exists(self) -> bool:
        """Return whether there is a file, whole or not."""
        return self.path.exists()

    def make(self) -> None:
        """Make an empty file.

        Raises:
            AccountError: there is one already.
            OSError: the folder cannot be written.
        """
        make_folder(self.path.parent)
        self.path.parent.chmod(0o700)
        draft = self.path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(draft)) as fresh:
            fresh.executescript(SCHEMA)
        try:
            os.link(draft, self.path)  # unlike a rename, it never replaces a file that another process made meanwhile
        except FileExistsError as error:
            raise AccountError(
                "账户文件已经有了", where=str(self.path), cure="直接登录，或用 silu account 添加账户"
            ) from error
        finally:
            draft.unlink()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file for reading.

        Raises:
            DamagedError: the file is missing, not ours, or broken.
        """
        with self._opened() as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Change the file in one transaction, which is undone on any error; other writers wait.

        Raises:
            DamagedError: the file is missing, not ours, or broken.
            AccountError: another change takes too long, or the disk is full or read-only.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def check(self) -> None:
        """Read the whole file, and close it to other users of the machine.

        Raises:
            DamagedError: the file is missing, not ours, or broken.
        """
        with self.reading() as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
            if found != ["ok"]:
                raise self._damaged(str(found[0]))
        make_private(self.path)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            # `mode=rw` never makes a file: one that was removed is missing, not new.
            address = f"{self.path.resolve().as_uri()}?mode=rw"
            connection = sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None)
            with closing(connection):
                marks = [
                    connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
                ]
                if marks != [MARK, VERSION]:
                    raise self._damaged("不是四率的账户文件")
                connection.execute("PRAGMA foreign_keys = ON")
                yield connection
        except sqlite3.OperationalError as error:
            if self.path.is_file() and ("locked" in str(error) or "full" in str(error) or "readonly" in str(error)):
                cure = "稍等再试；一直不行，请系统管理员检查磁盘空间和写权限"
                raise AccountError("账户文件现在不能写", where=str(self.path), got=str(error), cure=cure) from error
            raise self._damaged(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, got: str) -> DamagedError:
        return DamagedError("账户文件损坏或丢失，不能登录", where=str(self.path), got=got, cure=DAMAGED)


def account_file(study: Path) -> AccountFile:
    """Return the account file of a study, whether there is one or not."""
    return AccountFile(study / FILE)
