"""`silu purge STUDY`: delete what has been kept as long as the form promises; first shown, then done, always logged."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from commands.terminal.progress import ProgressLine
from reports.health.machine_health import State, clock
from survey.errors import ArgumentError
from survey.storage.backup.snapshot import snapshots
from survey.storage.deletion.retention_log import HOLD, RELEASE, held, note
from survey.study.retention import LABELS, MEANING, OF_A_WAVE, Kind, spoken_period

if TYPE_CHECKING:
    from reports.retention.deletion import Deleted
    from reports.retention.due import Due
    from survey.study.study import Study

HELP = "删除保存期已满的资料：先看清单，确认后删除；可以暂停删除（审计、诉讼期间）"
KIB, MIB = 2**10, 2**20
BY_HAND = ("contacts.csv", "interviewers.csv", "coding.csv")
"""Files that people put into the folder: nobody else knows when they may go."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="调查文件夹", type=Path, help="调查文件夹")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="只列出到期的资料，不删除；不写其他选项时也是这样")
    what.add_argument("--yes", action="store_true", help="确认删除；要写 --who 和 --why")
    what.add_argument("--hold", action="store_true", help="暂停删除；要写 --who 和 --why")
    what.add_argument("--release", action="store_true", help="解除暂停；要写 --who 和 --why")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人，记入日志")
    parser.add_argument("--why", metavar="理由", default="", help="为什么，记入日志")
    parser.add_argument(
        "--with-raw", action="store_true", help="连同不能逐列清除联系信息的原始文件（Excel、SPSS 等）一起删除"
    )
    parser.add_argument("--no-summary", action="store_true", help="答卷删除前不做汇总表")


def run(args: argparse.Namespace) -> int:
    """Show, delete, hold or release.

    Returns:
        0, or 3 if something is due and still there.
    """
    from survey.study.study import load_study

    _check_clock()
    study = load_study(args.study)
    if args.hold or args.release:
        return _hold(study, args)
    return _delete(study, args) if args.yes else _show(study, args)


def _check_clock() -> None:
    """Refuse to work by a clock that cannot be right."""
    checked = clock(datetime.now())
    if checked.state is State.FAULT:
        raise ArgumentError("电脑的日期不对，没有删除任何资料", got=checked.found, cure=checked.cure)


def _hold(study: Study, args: argparse.Namespace) -> int:
    if not args.who.strip() or not args.why.strip():
        raise ArgumentError("要写明经办人和理由", cure="加上 --who 姓名 --why 理由")
    note(study.root, HOLD if args.hold else RELEASE, args.who, args.why)
    if args.hold:
        print("已暂停删除：到期的资料不再删除，备份也不再丢弃旧的，直到解除。居民凭回执码撤回不受影响。")
        return 0
    setting = study.retention.hold
    print(f"已解除。study.toml 的 [retention] hold 还写着“{setting}”，要删去才会真正解除" if setting else "已解除暂停")
    return 0


def _show(study: Study, args: argparse.Namespace) -> int:
    from reports.retention.due import due, next_end, places

    with places(study) as at:
        found, coming = due(at), next_end(at)
        print(f"今天 {at.today.isoformat()}（北京时间；日期不对就先改电脑的时钟）")
        print("保存期限从每一轮结束算起：")
        for kind in (*OF_A_WAVE, Kind.LOGS):
            print(f"  {LABELS[kind]}　{spoken_period(study.retention.days(kind))}　{MEANING[kind]}")
    if reason := held(study.root, study.retention.hold):
        print(f"\n现在暂停删除：{reason}")
    if not found:
        print("\n没有到期的资料" + (f"；下一项：{coming[0]}，保存到 {coming[1].isoformat()}" if coming else ""))
    for line in [*_table(found, "到期的资料："), *_remarks(study)]:
        print(line)
    if not found:
        return 0
    print(f"\n只列出，没有删除。确认删除：silu purge {args.study} --yes --who 姓名 --why 理由")
    return 0 if reason else EXIT_NEEDS_YOU


def _table(found: Sequence[Due], heading: str) -> Iterator[str]:
    """A heading, and one line for each kind and wave; nothing where there is none."""
    if found:
        yield f"\n{heading}"
    for one in found:
        rows = f"{one.held.rows:,} 份（行），" if one.held.rows else ""
        yield f"  {one.label}　保存到 {one.until.isoformat()}　{one.held.files:,} 个文件，{rows}{_size(one.held.size)}"


def _size(size: int) -> str:
    return f"{size / MIB:,.1f} MB" if size >= MIB else f"{size / KIB:,.1f} KB"


def _delete(study: Study, args: argparse.Namespace) -> int:
    from reports.retention.deletion import Wanted, delete_due
    from survey.collect.settings import CHINA

    print(f"今天 {datetime.now(CHINA).date().isoformat()}（北京时间）")
    with ProgressLine() as bar:
        wanted = Wanted(summary=not args.no_summary, whole_raw=args.with_raw)
        done = delete_due(study, who=args.who, why=args.why, wanted=wanted, progress=bar.show)
    for line in [*_done(done), *_remarks(study), *_backups(study, bool(done.done or done.raw))]:
        print(line)
    return EXIT_NEEDS_YOU if done.left else 0


def _done(done: Deleted) -> Iterator[str]:
    """What was deleted, and what could not be."""
    yield from _table(done.done, "已删除：")
    if done.raw:
        yield f"已整个删除 {done.raw} 个含有联系信息的原始文件"
    if not done.done and not done.raw:
        yield "没有到期的资料，没有删除任何东西"
    for path in done.summaries:
        yield f"汇总表已保存：{path}（答卷删除后，这一轮的比例以它为准）"
    if done.damaged:
        yield f"收件箱里有 {len(done.damaged)} 份损坏的答卷没有清除联系信息，先运行 silu repair 再清除一次"
    yield from _table(done.left, "还有一部分没有删除（正在写入，或已损坏），过一会儿再运行一次：")


def _remarks(study: Study) -> Iterator[str]:
    """What is not deleted by this command, and who has to see to it."""
    from reports.retention.due import without_period

    if strange := without_period(study):
        yield f"注意：{'、'.join(strange)} 不在 study.toml 的轮次里，不知道何时结束，没有期限；补写轮次后才会清除"
    if kept := _uncleared(study):
        yield (
            f"注意：有 {kept} 个原始文件（Excel、SPSS 等）含有网络地址或访问员的列，不能逐列清除，"
            "保存到原始资料期满为止；不再需要就加上 --yes --with-raw 整个删除"
        )
    if mine := [name for name in BY_HAND if (study.root / name).is_file()]:
        yield f"注意：{'、'.join(mine)} 是人工放入的文件，可能有姓名、电话，本命令不删除，请自行处理"


def _uncleared(study: Study) -> int:
    from survey.storage.files import FOLDER
    from survey.storage.integrity.erasures import erased

    names = erased(study.root / "store").uncleared
    return sum((study.root / FOLDER / name).is_file() for name in names)


def _backups(study: Study, deleted: bool) -> Iterator[str]:
    """Say that backups still hold what was deleted, until their snapshots are let go."""
    from survey.study.plans.backup_plan import backup_plan

    if not deleted:
        return
    plan = backup_plan(study)
    older = [] if plan is None else [one for one in snapshots(plan.target) if one.taken < datetime.now(UTC)]
    if plan is None or not older:
        yield "别处的备份和导出文件里仍有删除的内容，请一并清理；silu backup 的备份用 --keep 减少份数"
        return
    command = f"silu backup --study {study.root} --keep 1"
    yield (
        f"备份 {plan.target} 里还有 {len(older)} 份删除以前的快照（最早 {older[0].taken:%Y-%m-%d}），仍含删除的内容。"
        f"确认现在的资料完好后，用 {command} 备份一次并丢弃旧的"
    )
