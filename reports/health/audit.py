"""Check the audit log against its key, its head, and what commits and backups noted of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from accounts.audit.chain import AUDIT, Head, every_line, log_files, read_head
from accounts.audit.check import AuditCheck, check_audit, purges
from accounts.audit.files import unlogged_files
from accounts.audit.keys import audit_key
from survey.errors import ArgumentError, StoreError
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
        ArgumentError: the folder holds no backup.
        StoreError: a list of the backup is damaged.
    """
    found = check_audit(root, _anchors(root))
    found.faults += unlogged_files(root)
    if backup is not None:
        found.faults += _against_backup(root, backup)
    return found


def _anchors(root: Path) -> Iterator[Head]:
    try:
        history = ResponseStore(root / "store").history()
    except StoreError:  # `silu verify` reports it
        return
    for version in history:
        if (head := read_head(str(version.meta.get(ANCHOR, "")))).number:
            yield head


def _against_backup(root: Path, backup: Path) -> Iterator[str]:
    """Yield the snapshots that hold a log which is no beginning of the present one, and was not purged since."""
    now = [path.read_bytes() for path in log_files(root)]
    gone = [datetime.fromisoformat(str(line["at"])) for line in purges(list(every_line(root)), audit_key())]
    if not (snapshots := snapshot_files(backup)):
        raise ArgumentError(
            "这里没有备份，没有比", where="--backup", got=str(backup), expected="silu backup 写成的文件夹"
        )
    for path in snapshots:
        snapshot = read_snapshot(path)
        kept = [one for name, one in snapshot.files.items() if Path(name).match(f"{AUDIT.parent}/{AUDIT.stem}*.jsonl")]
        whole = all(any(hashlib.sha256(have[: one.size]).hexdigest() == one.sha256 for have in now) for one in kept)
        if not whole and not any(at > snapshot.taken for at in gone):
            yield f"备份 {path.stem} 里的审计记录和现在的不一样：记录被改动、截短或删去过"
