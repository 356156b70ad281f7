"""Check the audit log against its key, its head, and what commits and backups noted of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from accounts.audit.chain import AUDIT, Head, log_files
from accounts.audit.check import AuditCheck, check_audit
from survey.errors import StoreError
from survey.storage.backup.snapshot import read_snapshot, snapshot_files
from survey.storage.integrity.anchor import ANCHOR
from survey.storage.store import ResponseStore


def check_log(root: Path, backup: Path | None = None) -> AuditCheck:
    """Check the audit log of a study.

    Args:
        root: folder of the study.
        backup: folder of its backups, whose copies of the log must be beginnings of it.

    Raises:
        OSError: the log or the key cannot be read.
        StoreError: a list of the backup is damaged.
    """
    found = check_audit(root, _anchors(root))
    if backup is not None:
        found.faults += _against_backup(root, backup)
    return found


def _anchors(root: Path) -> Iterator[Head]:
    try:
        history = ResponseStore(root / "store").history()
    except StoreError:  # `silu verify` reports it
        return
    for version in history:
        number, _, mac = str(version.meta.get(ANCHOR, "")).partition(":")
        if number.isdecimal():
            yield Head(int(number), mac)


def _against_backup(root: Path, backup: Path) -> Iterator[str]:
    """Yield the snapshots whose copy of the log is no beginning of the present one."""
    now = {path.name: path.read_bytes() for path in log_files(root)}
    for path in snapshot_files(backup):
        snapshot = read_snapshot(path)
        kept = snapshot.files.get(AUDIT.as_posix())
        if kept is None or not now:
            continue
        same = any(hashlib.sha256(content[: kept.size]).hexdigest() == kept.sha256 for content in now.values())
        if not same:
            yield f"备份 {path.stem} 里的审计记录和现在的不一样：记录被改动或截短过"
