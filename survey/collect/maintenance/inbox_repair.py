"""Repair the inbox: raw files of drained submissions are made again from it, and its file is written anew."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from survey.collect.draining.submission_rows import rows_of
from survey.collect.inbox.inbox import Backend
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.maintenance.inbox_check import submissions
from survey.collect.serving.server import open_inbox
from survey.collect.settings import collect_settings, database_of
from survey.errors import CollectError, SiluError
from survey.importing.mending.repair import Repairs
from survey.storage.integrity.resting import is_as_sealed, unseal
from survey.storage.store import ResponseStore
from survey.study.study import Study

DRAINED = re.compile(r"online-(?P<wave>.+)-(?P<mode>[a-z]+)-(?P<first>\d+)-(?P<last>\d+)\.csv")


def drained_again(study: Study, file: Mapping[str, Any]) -> bytes | None:
    """Return the raw file that a drain kept, made once more from the inbox; None if it was no drain or is not the same.

    Submissions that were withdrawn since are not in it, nor are damaged ones.
    """
    found = DRAINED.fullmatch(str(file["name"]))
    path = database_of(study, collect_settings(study))
    if found is None or ("://" not in path and not Path(path).exists()):
        return None
    try:
        backend = open_inbox(study, collect_settings(study))
    except CollectError:
        return None
    try:
        return _content(study, backend, str(file["name"]), found)
    except (SiluError, sqlite3.Error):
        return None
    finally:
        backend.close()


def repair_inbox(study: Study, repairs: Repairs) -> None:
    """Name the damaged submissions, say which of them are in the store all the same, and mend the file of SQLite."""
    address = database_of(study, collect_settings(study))
    if "://" in address or not Path(address).exists():
        return
    path, sealed = Path(address), is_as_sealed(Path(address))
    try:
        backend = SqliteBackend(path)
        try:
            _name(study, backend, repairs)
            wrong = bool(backend.faults())
        finally:
            backend.close()
    except (CollectError, sqlite3.Error) as error:
        why = f"{error.what}，{error.got}" if isinstance(error, CollectError) else str(error)
        repairs.open.append(f"收件箱读不出来（{why}）；没有别的办法时从备份恢复 {path.name}")
        return
    if wrong or sealed is False:
        _rewrite(path, repairs)


def _content(study: Study, backend: Backend, name: str, found: re.Match[str]) -> bytes | None:
    first, last = int(found["first"]), int(found["last"])
    wanted = [
        one
        for one in backend.read(first - 1, last - first + 1)
        if one.number <= last
        and one.intact
        and (one.submission.wave, one.submission.mode) == (found["wave"], found["mode"])
    ]
    if not wanted:
        return None
    return rows_of(study, name, wanted, seals_of(study, backend))[0].content


def _name(study: Study, backend: SqliteBackend, repairs: Repairs) -> None:
    damaged = [one for one in submissions(backend) if not one.intact]
    if not damaged:
        return
    try:
        stored = set(ResponseStore(study.root / "store").read(["response_id"])["response_id"].to_pylist())
    except SiluError:
        stored = set()
    for one in damaged:
        known = len(one.submission.id) == 16 and str(UUID(bytes=one.submission.id)) in stored
        what = "内容损坏；这份答卷此前已入库，库中的内容无误" if known else "损坏，没有入库，也没有别的留底"
        repairs.open.append(f"网上答卷第 {one.number} 份{what}。有备份时恢复收件箱，下次 silu drain 会自动补入")


def _rewrite(path: Path, repairs: Repairs) -> None:
    """Write the file anew, with indexes and unused bytes as they should be; every row is copied as it is."""
    if path.with_name(f"{path.name}-wal").exists():
        repairs.open.append("收件箱正被使用，没有重写。停止 silu collect 后再运行 silu repair")
        return
    copy = path.with_name(f".copy-{uuid4().hex}.sqlite")
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("REINDEX")
        connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        repairs.open.append(f"收件箱有一部分读不出来（{error}），没有重写。从备份恢复 {path.name}")
        return
    finally:
        connection.close()
    kept = path.with_name(f"{path.name}.damaged-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}")
    unseal(path)
    path.replace(kept)
    copy.replace(path)
    backend = SqliteBackend(path)
    backend.seal()
    backend.close()
    repairs.done.append(f"收件箱已重写，原文件留作 {kept.name}")
