"""Sync commits to disk and seal them before they are acknowledged.

A part is on disk before the log entry that names it, an entry before the next one, texts before the responses that need
them, and all of that before the seal. After a power cut a version is complete and sealed, complete but unsealed, or
incomplete and never acknowledged.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

from deltalake import DeltaTable

from survey.errors import StoreError
from survey.host.disk import draft_beside, locked, make_folder, sha256_of, sync, write_whole
from survey.storage.integrity.checks import checksum_in, erased_parts
from survey.storage.integrity.erasures import BEFORE, note_erasure
from survey.storage.integrity.log import (
    LOG,
    actions,
    added_parts,
    check_log,
    entry_name,
    facts_of,
    is_checkpoint,
    sync_log,
    versions_in,
)
from survey.storage.integrity.seals import FOLDER as SEALS
from survey.storage.integrity.seals import Entry, read_seals, write_seal

SET_ASIDE = "set_aside"
"""Folder inside the store for files that are ignored but kept."""
TABLES = ("texts", "rejected", "responses")
"""Tables of a store; the last one determines which rows count."""
EVERY = 100
"""Number of versions between two checkpoints, which save readers the single entries."""


def settle(store: Path) -> None:
    """Sync all commits to disk and seal them; only then may they be acknowledged.

    Args:
        store: folder of the store; a missing one is ignored.

    Raises:
        DamagedError: as `check_log`.
        StoreError: the disk is full or cannot be written.
    """
    try:
        for name in TABLES:
            if check_log(store / name) is not None:
                _set_aside(store / name)
        entries, files = _unsealed(store)
        if entries:
            write_seal(store, entries, files)
        for name in TABLES:
            _checkpoint(store / name)
    except OSError as error:
        raise StoreError(
            "答卷库没有写到磁盘上", where=str(store), got=str(error), cure="检查写权限和磁盘空间，然后重试"
        ) from error


def _set_aside(folder: Path) -> None:
    """Move the newest entry aside, which is truncated and was never sealed; one writer at a time."""
    aside = folder.parent / SET_ASIDE
    make_folder(aside)
    with locked(aside / "lock"):
        if check_log(folder) is None:  # another writer came first
            return
        path = folder / LOG / entry_name(max(versions_in(facts_of(folder / LOG))))
        kept = aside / f"{folder.name}-{path.stem}-{uuid4().hex[:8]}.json"
        path.replace(kept)
        sync(path.parent)
        sync(aside)
    logging.getLogger("silu").warning("断电时没有写完的日志 %s 已移到 %s", path, kept)


def _unsealed(store: Path) -> tuple[Mapping[Entry, bytes], Mapping[str, str]]:
    """Sync unsealed entries; return them with the checksums of their parts that have none in their name.

    A part that is missing only from old versions of an early program was erased by its purge, which kept no log.
    """
    seals = read_seals(store)
    entries: dict[Entry, bytes] = {}
    files: dict[str, str] = {}
    gone: list[str] = []
    for name in TABLES:
        folder = store / name
        fresh = [version for version in versions_in(facts_of(folder / LOG)) if (name, version) not in seals.entries]
        if fresh:
            sync_log(folder)
        for version in fresh:
            content = (folder / LOG / entry_name(version)).read_bytes()
            entries[name, version] = content
            unnamed = [part for part in added_parts(actions(content) or []) if checksum_in(part) is None]
            files |= {f"{name}/{part}": _checksum(folder / part) for part in unnamed if (folder / part).exists()}
        if fresh and seals.top(name) < 0:
            gone += [f"{name}/{part}" for part in erased_parts(folder)]
    if gone:
        note_erasure(store, BEFORE, parts=gone)
    return entries, files


def _checksum(part: Path) -> str:
    """Return the checksum of a part written by a version without checksums; sync the part first."""
    sync(part)
    sync(part.parent)
    return sha256_of(part)


def _checkpoint(folder: Path) -> None:
    """Write a checkpoint for readers, first in a copy of the log, so that it appears complete and sealed."""
    facts = facts_of(folder / LOG)
    versions = versions_in(facts)
    last = max((int(name[:20]) for name in facts if ".checkpoint" in name and name[:20].isdigit()), default=0)
    if not versions or versions[-1] - last < EVERY:
        return
    scratch = draft_beside(folder.parent / SEALS / folder.name)
    try:
        shutil.copytree(folder / LOG, scratch / LOG)
        DeltaTable(str(scratch)).create_checkpoint()
        made = [path for path in sorted((scratch / LOG).iterdir()) if is_checkpoint(path.name)]
        files = {f"{folder.name}/{LOG}/{path.name}": sha256_of(path) for path in made}
        write_seal(folder.parent, {}, files)
        for path in made:
            write_whole(folder / LOG / path.name, partial(shutil.copyfile, path))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
