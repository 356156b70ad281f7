"""The backup schedule of a study, and the alarm for overdue backups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from survey.storage.backup.restore import forget
from survey.storage.backup.snapshot import Snapshot, newest, take
from survey.storage.deletion.retention_log import held
from survey.study.settings import BACKUP_HOURS, BACKUP_KEEP
from survey.study.study import Study

GRACE = 1.5
"""Number of intervals after which a backup is overdue."""
AHEAD = timedelta(hours=1)
"""A backup that is later than this was taken by a wrong clock, or the clock is wrong now."""


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The table [backup] of study.toml.

    Attributes:
        target: folder of the backups; a relative path starts from the parent of the study folder.
        every: interval between backups.
        keep: number of snapshots to retain.
        recipients: age public keys for encryption.
    """

    target: Path
    every: timedelta
    keep: int
    recipients: tuple[str, ...]


def backup_plan(study: Study) -> BackupPlan | None:
    """Return the plan of a study, or None if it has none."""
    table = study.sections.get("backup")
    if not table:
        return None
    target = study.root.resolve().parent / str(table["target"])
    every = timedelta(hours=float(table.get("hours", BACKUP_HOURS)))
    return BackupPlan(target, every, int(table.get("keep", BACKUP_KEEP)), tuple(table.get("recipients", ())))


def is_due(plan: BackupPlan, now: datetime) -> bool:
    """Return whether the next backup is due, also after one whose clock was ahead."""
    last = newest(plan.target)
    return last is None or now - last >= plan.every or last > now + AHEAD


def back_up(study: Study, plan: BackupPlan) -> Snapshot:
    """Take a snapshot by the plan and discard the oldest ones."""
    made = take(study.root, plan.target, plan.recipients)
    if not held(study.root, study.retention.hold):
        forget(plan.target, plan.keep)
    return made


def backup_alarm(study: Study, now: datetime | None = None) -> str:
    """Return the problem with the backups of a study in Chinese, "" if there is none. Mock data need no backups."""
    plan, now = backup_plan(study), now or datetime.now(UTC)
    if plan is None:
        return "" if study.mock else "没有设置备份：硬盘坏了，答卷就没有了"
    last = newest(plan.target)
    if last is None:
        return f"还没有备份过（应备份到 {plan.target}）"
    if last > now + AHEAD:
        return f"最近一次备份的时间 {last.astimezone():%Y-%m-%d %H:%M} 比现在还晚，检查电脑的时钟"
    late = now - last
    if late <= plan.every * GRACE:
        return ""
    return f"备份晚了：最近一次是 {last.astimezone():%Y-%m-%d %H:%M}，已过 {late // timedelta(hours=1)} 小时"
