"""Files beside the store whose time is over: raw files, rejected rows for people, caches, logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from survey.host.disk import sha256_of, sync, write_whole
from survey.host.sealed_lines import read_lines
from survey.storage.deletion.purge import damaged_copies
from survey.storage.deletion.wave_parts import Held
from survey.storage.files import CELLS
from survey.storage.files import FOLDER as RAW
from survey.storage.integrity.erasures import EXPIRED, note_erasure

CONTACT_CACHES = ("lights", CELLS)
"""Folders of a store with what was derived from codes of interviewers; all of it can be made again."""
REJECTED = "rejected"
"""Folder of a study with workbooks of rejected rows, made for people to correct."""
LOGS = ("audit", "views", "exports")
ROTATE = timedelta(days=90)
"""A log whose first line is so old is put aside at a purge, so that its lines do not wait for it to be full."""


def held_by(paths: Iterable[Path]) -> Held:
    """How much some files hold; their rows are not counted."""
    there = [path for path in paths if path.is_file()]
    return Held(len(there), 0, sum(path.stat().st_size for path in there))


def remove_raw(root: Path, names: Iterable[str]) -> Held:
    """Remove raw files of a study; the erasure log names them first."""
    paths = [path for name in sorted(names) if (path := root / RAW / name).is_file()]
    held = held_by(paths)
    if paths:
        note_erasure(root / "store", EXPIRED, gone=[path.name for path in paths])
        _remove(paths)
    return held


def replace_raw(root: Path, name: str, content: bytes | None) -> bool:
    """Put a raw file without its contacts in the place of the one that is there.

    Args:
        root: folder of the study.
        name: of the file in `raw`.
        content: the new content; None where the contacts cannot be taken out, which is noted too.

    Returns:
        Whether the file was written anew.
    """
    path, store = root / RAW / name, root / "store"
    if content is None:
        note_erasure(store, EXPIRED, uncleared=[name])
        return False
    changed = path.read_bytes() != content
    if changed:

        def fill(draft: Path) -> None:
            draft.write_bytes(content)
            note_erasure(store, EXPIRED, raw={name: sha256_of(draft)})

        write_whole(path, fill)
    note_erasure(store, EXPIRED, cleared=[name])
    return changed


def old_damaged_copies(root: Path, before: date) -> list[Path]:
    """Damaged parts and inboxes that repairs set aside before a day."""
    return [path for path in damaged_copies(root) if _written(path) < before]


def rejected_workbooks(root: Path, before: date) -> list[Path]:
    """Workbooks of rejected rows that were last written before a day."""
    return [path for path in sorted((root / REJECTED).glob("*")) if path.is_file() and _written(path) < before]


def expired_logs(root: Path, before: date) -> list[Path]:
    """Logs of views and exports whose last line was written before a day; the one of retention is none of them."""
    return [path for path in _logs(root) if (last := _moment(path, -1)) is not None and last < before]


def rotate_logs(root: Path, today: date) -> None:
    """Put logs aside that began long ago."""
    for path in _logs(root):
        first = _moment(path, 0)
        if path.stem in LOGS and first is not None and first < today - ROTATE:
            path.rename(path.with_name(f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"))


def remove_files(paths: Iterable[Path]) -> Held:
    """Remove files; how much they held."""
    listed = list(paths)
    held = held_by(listed)
    _remove(listed)
    return held


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in paths}:
        if folder.is_dir():
            sync(folder)


def _logs(root: Path) -> Iterator[Path]:
    for name in LOGS:
        yield from sorted((root / "log").glob(f"{name}*.jsonl"))


def _moment(path: Path, position: int) -> date | None:
    """Day of a line of a log; None where it has none with a date."""
    days = [str(line.get("at", ""))[:10] for line in read_lines(path)]
    try:
        return date.fromisoformat([day for day in days if day][position])
    except (IndexError, ValueError):
        return None


def _written(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
