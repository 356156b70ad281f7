"""Check the inbox of a study: every submission against its own checksum, and the file as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from survey.collect.inbox.inbox import Backend, Stored
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.inbox.sqlite_schema import is_of_version_before
from survey.collect.serving.server import open_inbox
from survey.collect.settings import collect_settings, database_of
from survey.errors import CollectError
from survey.host.scratch import scratch_folder
from survey.storage.integrity.resting import checksum_file, copy_with_log, is_as_sealed
from survey.storage.repair.verify import BACKUP, REPAIR, Verification
from survey.storage.repair.verify import Stored as Kind
from survey.study.study import Study

PAGE = 5_000


def verify_inbox(study: Study, found: Verification, *, seal: bool = False) -> None:
    """Check the inbox of a study; do nothing where there is none.

    Args:
        study: the study.
        found: collects the findings.
        seal: add a missing checksum where the file has no fault.
    """
    address = database_of(study, collect_settings(study))
    name = "PostgreSQL" if "://" in address else _name(Path(address), study.root)
    if "://" not in address and not Path(address).exists():
        if checksum_file(Path(address)).exists():
            found.fault(Kind.INBOX, name, "收件箱文件不见了", BACKUP)
        return
    sealed = None if "://" in address else is_as_sealed(Path(address))
    with scratch_folder() as folder:
        try:
            backend = _open(study, address, folder, upgrade=seal)
        except CollectError as error:
            found.fault(Kind.INBOX, name, f"{error.what}（{error.got}）", BACKUP)
            return
        except OSError as error:
            found.fault(Kind.INBOX, name, f"打不开（{error}）", BACKUP)
            return
        if seal and sealed is None and folder in getattr(backend, "path", Path()).parents:
            seal, found.unwritten = False, "收件箱所在的磁盘不能写入"
        _verify(backend, name, found, sealed=sealed, seal=seal)


def _open(study: Study, address: str, folder: Path, *, upgrade: bool) -> Backend:
    """Open the inbox.

    A copy is opened where the disk cannot be written, which SQLite needs for reading too, and where opening would
    upgrade a file of an earlier version although nothing may be changed.
    """
    if "://" not in address and not upgrade and _is_of_version_before(Path(address)):
        return SqliteBackend(copy_with_log(Path(address), folder))
    try:
        return open_inbox(study, collect_settings(study))
    except CollectError:
        if "://" in address:
            raise
        return SqliteBackend(copy_with_log(Path(address), folder))


def _is_of_version_before(path: Path) -> bool:
    """Return whether an earlier version wrote the inbox; False where it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            return is_of_version_before(connection)
    except sqlite3.Error:
        return False


def _verify(backend: Backend, name: str, found: Verification, *, sealed: bool | None, seal: bool) -> None:
    """Check an open inbox and close it."""
    before = len(found.faults)
    try:
        _check(backend, name, found)
        if sealed is False and len(found.faults) == before:
            found.fault(Kind.INBOX, name, "有字节与封存时不同，答卷逐份无误", REPAIR)
        if isinstance(backend, SqliteBackend) and sealed is None and len(found.faults) == before:
            found.count(Kind.INBOX, sealed=False)
            if seal:
                backend.seal()
    except (CollectError, sqlite3.Error) as error:
        found.fault(Kind.INBOX, name, f"读不出来（{error}）", BACKUP)
    finally:
        backend.close()


def submissions(backend: Backend) -> Iterator[Stored]:
    """Yield submissions acknowledged and not withdrawn, oldest first; damaged ones are not `intact`."""
    after = 0
    while page := backend.read(after, PAGE):
        yield from page
        after = page[-1].number


def _check(backend: Backend, name: str, found: Verification) -> None:
    for one in submissions(backend):
        found.count(Kind.INBOX)
        if not one.intact:
            found.fault(Kind.INBOX, f"{name} 第 {one.number} 份", "与收到时不同，或读不出来", REPAIR)
    for fault in backend.faults():
        found.fault(Kind.INBOX, name, fault, REPAIR)


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
