"""When a study is to be backed up, and whether that is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from survey.storage.backup.restore import forget
from survey.storage.backup.snapshot import Snapshot, newest, take
from survey.study.study import Study

HOURS, KEEP = 24, 30
GRACE = 1.5
"""A backup is late after so many intervals."""


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The table [backup] of study.toml.

    Attributes:
        target: folder of the backups; one that is not absolute is meant from the study folder's parent.
        every: time between two backups.
        keep: so many snapshots stay.
        recipients: age public keys to encrypt for.
    """

    target: Path
    every: timedelta
    keep: int
    recipients: tuple[str, ...]


def backup_plan(study: Study) -> BackupPlan | None:
    """The plan of a study, or None where it has none."""
    table = study.sections.get("backup")
    if not table:
        return None
    target = study.root.resolve().parent / str(table["target"])
    every = timedelta(hours=float(table.get("hours", HOURS)))
    return BackupPlan(target, every, int(table.get("keep", KEEP)), tuple(table.get("recipients", ())))


def is_due(plan: BackupPlan, now: datetime) -> bool:
    """Whether the next backup should be taken now."""
    last = newest(plan.target)
    return last is None or now - last >= plan.every


def back_up(study: Study, plan: BackupPlan) -> Snapshot:
    """Take a snapshot as the plan says, and let the oldest go."""
    made = take(study.root, plan.target, plan.recipients)
    forget(plan.target, plan.keep)
    return made


def backup_alarm(study: Study, now: datetime | None = None) -> str:
    """What is wrong with the backups of a study, in Chinese; "" when nothing is. Mock data need none."""
    plan, now = backup_plan(study), now or datetime.now(UTC)
    if plan is None:
        return "" if study.mock else "没有设置备份：硬盘坏了，答卷就没有了"
    last = newest(plan.target)
    if last is None:
        return f"还没有备份过（应备份到 {plan.target}）"
    if last > now + timedelta(hours=1):
        return f"最近一次备份的时间 {last.astimezone():%Y-%m-%d %H:%M} 比现在还晚，检查电脑的时钟"
    late = now - last
    if late <= plan.every * GRACE:
        return ""
    return f"备份晚了：最近一次是 {last.astimezone():%Y-%m-%d %H:%M}，已过 {late // timedelta(hours=1)} 小时"
