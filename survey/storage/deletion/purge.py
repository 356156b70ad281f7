"""Purge withdrawn responses from disk, and record which versions become unreadable.

A store keeps every version, so a row removed from the newest version remains in the parts of older ones. A withdrawn
response must not remain (Personal Information Protection Law, art. 47): the parts that hold it are removed, which makes
the versions that need them unreadable. Versions that never held it stay readable.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from survey.errors import StoreError
from survey.host.disk import sync, write_whole
from survey.host.scratch import DRAFT
from survey.storage.delta import lost_versions, open_table, write_rows
from survey.storage.files import CELLS, TEXT_CACHES, remove_caches
from survey.storage.files import FOLDER as RAW
from survey.storage.integrity.checks import path_in_store
from survey.storage.integrity.erasures import PURGE, note_erasure
from survey.storage.integrity.log import LOG, entry_name, is_checkpoint, read_log
from survey.storage.integrity.seals import write_seal
from survey.storage.integrity.settling import SET_ASIDE, settle
from survey.storage.parquet import read_parts
from survey.storage.spreadsheets import exact_writer

DERIVED = {"texts": TEXT_CACHES, "responses": (CELLS,)}
"""Table -> folders with what was derived from its rows."""
ABANDONED = 600
"""Seconds after which an incomplete part counts as abandoned."""
END = b"PAR1"
"""The last bytes of every Parquet file."""
COLUMNS = {"texts": "response_id", "rejected": "cells", "responses": "response_id"}
"""Table of the store -> the column that names or holds a response id."""


@dataclass(frozen=True, slots=True)
class Purged:
    """Result of a purge.

    Attributes:
        parts: number of files of the store removed.
        raw: number of raw files rewritten without the rows.
        lost: versions that became unreadable.
        unfinished: incomplete files of the store, written right now or left by a killed process, whose content is
            unknown. A later purge removes those that stay incomplete, so repeat the purge.
    """

    parts: int
    raw: int
    lost: tuple[int, ...]
    unfinished: int = 0


def purge(root: Path, ids: Sequence[str]) -> Purged:
    """Remove responses from all files of a study; the newest version must not hold them any more.

    A purge is idempotent: a repeated one completes an interrupted one.

    Args:
        root: folder of the study.
        ids: response ids.

    Raises:
        StoreError: a file cannot be written or removed; the next purge removes the rest.
    """
    responses = root / "store" / "responses"
    settle(root / "store")
    before = lost_versions(responses)
    try:
        tables = [_table(root / "store" / name, column, ids) for name, column in COLUMNS.items()]
        raw = sum(_raw(path, ids) for path in sorted((root / RAW).glob("*.csv")))
        _abandoned(root / RAW, ids)
        for path in damaged_copies(root):
            path.unlink(missing_ok=True)
    except (OSError, DeltaError, pa.ArrowInvalid) as error:
        raise StoreError(
            "撤回的答卷没有全部从硬盘清除", where=str(root), got=str(error), cure="检查写权限后再运行 silu drain"
        ) from error
    parts, unfinished = (sum(counts) for counts in zip(*tables, strict=True))
    return Purged(parts, raw, tuple(sorted(lost_versions(responses) - before)), unfinished)


def _table(folder: Path, column: str, ids: Sequence[str]) -> tuple[int, int]:
    """Rewrite the parts of a side table that are in use, then remove all unused parts with one of the ids.

    Returns:
        Number of removed and of incomplete parts.
    """
    table = open_table(folder)
    if table is None:
        return 0, 0
    used = _used(table)
    # Absolute paths, as in the table, so that a part in use is never taken for an unused one.
    parts = sorted(folder.resolve().glob("wave=*/*.parquet"))
    torn = [path for path in parts if path not in used and not is_whole_part(path)]
    hit = [path for path in parts if path not in torn and _holds(path, column, ids)]
    if hit:  # before the rows go: an interrupted purge would not find them again
        remove_caches(folder.parent, DERIVED.get(folder.name, ()))
    if hit and folder.name != "responses":
        _delete(table, folder, column, ids)
        table.update_incremental()
    used = _used(table)
    old = [path for path in torn if time.time() - path.stat().st_mtime > ABANDONED]
    gone = [path for path in hit if path not in used] + old
    if gone:
        note_erasure(folder.parent, PURGE, parts=[path_in_store(path) for path in gone])
    for path in gone:
        path.unlink()
    for path in {path.parent for path in gone}:
        sync(path)
    if hit:
        forget_statistics(folder)
    return len(gone), len(torn) - len(old)


def _used(table: DeltaTable) -> frozenset[Path]:
    """Return the parts of the newest version."""
    return frozenset(Path(unquote(uri)).resolve() for uri in table.file_uris())


def is_whole_part(path: Path) -> bool:
    """Return whether a part is complete; a killed import may leave an incomplete one."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(END)))
        return file.read() == END


def forget_statistics(folder: Path) -> None:
    """Remove minimum and maximum values of erased parts from the log, since they may be texts of respondents."""
    rewrite_log(folder, lambda action: _plain(action, folder))
    drop_checkpoints(folder)


def drop_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a table; they only repeat the log, and a later commit makes a new one."""
    for path in [path for path in (folder / LOG).iterdir() if is_checkpoint(path.name)]:
        path.unlink()


def rewrite_log(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> bool:
    """Rewrite the log entries whose actions a function changes; return whether there were any.

    Args:
        folder: folder of the table.
        change: returns an action, changed or not.
    """
    fresh = {}
    for version, found in read_log(folder):
        kept = [change(action) for action in found]
        if kept != found:
            fresh[version] = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in kept).encode()
    if fresh:  # accept both the old and the new entry from now on: a power cut may leave either
        write_seal(folder.parent, {(folder.name, version): content for version, content in fresh.items()}, {})
    for version, content in fresh.items():
        _rewrite(folder / LOG / entry_name(version), content)
    return bool(fresh)


def _plain(action: dict[str, Any], folder: Path) -> dict[str, Any]:
    kind = next((kind for kind in ("add", "remove") if "stats" in action.get(kind, {})), "")
    if not kind or (folder / unquote(action[kind]["path"])).exists() or not action[kind]["stats"]:
        return action
    counted = json.dumps({"numRecords": json.loads(action[kind]["stats"]).get("numRecords", 0)})
    return {**action, kind: {**action[kind], "stats": counted}}


def _delete(table: DeltaTable, folder: Path, column: str, ids: Sequence[str]) -> None:
    """Commit a version without the rows. Rewrite whole waves: a delete predicate would put the ids into the log."""
    for wave in sorted({value["wave"] for value in table.partitions()}):
        rows = read_parts(table, waves=[wave])
        held = pc.match_substring_regex(rows[column], "|".join(ids))
        if pc.any(held).as_py():
            kept = rows.filter(pc.invert(pc.fill_null(held, False)))
            write_rows(folder, table, kept, {"kind": "withdrawal"}, replace_wave=wave)
            table.update_incremental()
    settle(folder.parent)


def _holds(path: Path, column: str, ids: Sequence[str]) -> bool:
    """Return whether a part holds any of the ids."""
    values = pq.read_table(path, columns=[column], partitioning=None)[column].cast(pa.string())
    if column == "response_id":
        return bool(pc.any(pc.is_in(values, pa.array(ids, pa.string()))).as_py())
    text = "\n".join(value or "" for value in values.to_pylist())
    return any(identity in text for identity in ids)


def _raw(path: Path, ids: Sequence[str]) -> int:
    """Rewrite a raw file without the rows; return 1 when it had any, else 0."""
    content = path.read_bytes()
    if not any(identity.encode() in content for identity in ids):
        return 0
    gone = frozenset(ids)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    buffer = io.StringIO(newline="")
    exact_writer(buffer).writerows(row for row in rows if gone.isdisjoint(row))
    kept = buffer.getvalue().encode("utf-8-sig")
    store = path.parents[1] / "store"
    note_erasure(store, PURGE, raw={path.name: hashlib.sha256(kept).hexdigest()})
    _rewrite(path, kept)
    return 1


def _abandoned(folder: Path, ids: Sequence[str]) -> None:
    """Remove temporary files with any of the ids, left by a killed process."""
    for path in folder.glob(f"{DRAFT}*"):
        content = path.read_bytes()
        if any(identity.encode() in content for identity in ids):
            path.unlink(missing_ok=True)


def damaged_copies(root: Path) -> list[Path]:
    """Return damaged parts and inboxes that repairs have set aside; whose answers they hold is not known."""
    places = ((root / "store" / SET_ASIDE, "*.parquet"), (root / "inbox", "*.damaged-*"))
    return sorted(path for folder, pattern in places for path in folder.glob(pattern))


def _rewrite(path: Path, content: bytes) -> None:
    """Replace a file atomically; a crash leaves either the old or the new one."""
    write_whole(path, lambda copy: copy.write_bytes(content))
