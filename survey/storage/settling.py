"""Settling: what was committed is brought to the disk and sealed before anybody is told of it.

A part is on the disk before the log entry that names it, an entry before the next one, texts before the responses that
need them, and all of that before the seal. A power cut at any moment leaves a version whole and sealed, whole and not
yet sealed, or torn and never told.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from uuid import uuid4

from deltalake import DeltaTable

from survey.disk import draft_beside, locked, make_folder, sha256_of, sync, write_whole
from survey.errors import StoreError
from survey.storage.checks import checksum_in, erased_parts
from survey.storage.erasures import BEFORE, note_erasure
from survey.storage.log import (
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
from survey.storage.seals import FOLDER as SEALS
from survey.storage.seals import Entry, read_seals, write_seal

SET_ASIDE = "set_aside"
"""Folder inside the store for what is not read and yet not thrown away."""
TABLES = ("texts", "rejected", "responses")
"""Tables of a store; the last one decides what counts."""
EVERY = 100
"""Versions between two checkpoints, which spare a reader the single entries."""


def settle(store: Path) -> None:
    """Bring everything that was committed to the disk and seal it; whoever is told of it may rely on it then.

    Args:
        store: folder of the store; nothing happens where there is none.

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
    """Move the newest entry, which is torn and was never sealed, out of the way; one writer at a time."""
    aside = folder.parent / SET_ASIDE
    make_folder(aside)
    with locked(aside / "lock"):
        if check_log(folder) is None:  # another writer was faster
            return
        path = folder / LOG / entry_name(max(versions_in(facts_of(folder / LOG))))
        kept = aside / f"{folder.name}-{path.stem}-{uuid4().hex[:8]}.json"
        path.replace(kept)
        sync(path.parent)
        sync(aside)
    logging.getLogger("silu").warning("断电时没有写完的日志 %s 已移到 %s", path, kept)


def _unsealed(store: Path) -> tuple[Mapping[Entry, bytes], Mapping[str, str]]:
    """Entries that no seal holds, brought to the disk, and the checksums of their parts that have none in their name.

    A part of the version before that is missing from old versions only was erased by its purge, which kept no log.
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
    """Of a part that a version without checksums has written, and perhaps not brought to the disk."""
    sync(part)
    sync(part.parent)
    return sha256_of(part)


def _checkpoint(folder: Path) -> None:
    """Put the entries together for the readers, in a copy of the log first: what is seen is whole and sealed."""
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
