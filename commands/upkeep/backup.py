"""`silu backup`: back up a complete study to another place while it is in use; only new content is written."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reports.health.machine_health import State, clock
from survey.errors import ArgumentError
from survey.study.settings import BACKUP_HOURS, BACKUP_KEEP

if TYPE_CHECKING:
    from survey.study.plans.backup_plan import BackupPlan
    from survey.study.study import Study

KEY = "备份已加密。私钥不在这台电脑上也能备份，但没有私钥任何人都不能恢复：请把私钥文件另存两处，并试恢复一次。"
MIB = 2**20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "target", metavar="目标", type=Path, nargs="?", help="备份文件夹；不写就用 study.toml 的 [backup]"
    )
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--recipient", metavar="公钥", action="append", default=[], help="age 公钥；写了就加密，可写多个"
    )
    parser.add_argument("--keep", metavar="份数", type=int, help=f"只保留最近几份，默认 {BACKUP_KEEP}")
    parser.add_argument("--due", action="store_true", help="没到时间就什么也不做；给定时任务用")


def run(args: argparse.Namespace) -> int:
    """Take a snapshot and print what was new in it."""
    from survey.study.plans.backup_plan import back_up, is_due
    from survey.study.study import load_study

    study = load_study(args.study)
    plan = _plan(study, args)
    if args.due and not is_due(plan, datetime.now(UTC)):
        print("还没到备份的时间，没有备份")
        return 0
    made = back_up(study, plan)
    print(f"已备份到 {plan.target}：{len(made.files)} 个文件，{made.size / MIB:.1f} MB，{made.fresh} 份内容是新的")
    print(f"这一份：{made.name.removesuffix('.json')}")
    if plan.recipients:
        print(KEY)
    if (checked := clock(datetime.now())).state is not State.GOOD:
        print(f"注意：{checked.found}，这一份的时间不对；次序不受影响。{checked.cure}")
    if str(study.sections.get("collect", {}).get("database", "")).startswith("postgres"):
        print("注意：网上问卷的收件箱在 PostgreSQL 里，不在这份备份中，请用 pg_dump 另外备份")
    return 0


def _plan(study: Study, args: argparse.Namespace) -> BackupPlan:
    """Return the plan of study.toml, overridden by the command line."""
    from survey.study.plans.backup_plan import BackupPlan, backup_plan

    plan = backup_plan(study)
    if args.target is None and plan is None:
        cure = "写出目标文件夹，或在 study.toml 里写 [backup] target"
        raise ArgumentError("不知道备份到哪里", cure=cure)
    if args.keep is not None and args.keep < 1:
        raise ArgumentError("至少要保留一份备份", got=f"--keep {args.keep}", expected="1 或更大的整数")
    base = plan or BackupPlan(args.target, timedelta(hours=BACKUP_HOURS), BACKUP_KEEP, ())
    changes = {"target": args.target, "keep": args.keep, "recipients": tuple(args.recipient) or None}
    return replace(base, **{name: value for name, value in changes.items() if value is not None})
