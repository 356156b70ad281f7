"""`silu drain`: move answers of the online form from the inbox into the response store."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from commands.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from survey.collect.draining.drain import Drained

SHOWN = 10
"""Number of damaged submissions that are listed."""
HELP = "把网上问卷收件箱里的答卷移入答卷库；中断后再次运行会接着做，不重不漏"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    parser.add_argument(
        "--purge",
        action="store_true",
        help="把历次撤回的答卷再清除一遍（恢复过备份以后用）；平时每次入库都会自动清除新撤回的",
    )
    parser.add_argument(
        "--confirm",
        choices=["weighted"],
        action="append",
        default=[],
        help="这一期已有带权重的答卷，网上答卷不带权重：核对后确认，照常入库",
    )


def run(args: argparse.Namespace) -> int:
    """Drain once.

    Returns:
        0; 1 if some submissions were held back, rejected or only partly stored; 3 if some are damaged.
    """
    from survey.collect.draining.drain import drain
    from survey.collect.serving.server import open_inbox
    from survey.collect.settings import collect_settings
    from survey.study.study import load_study

    study = load_study(args.study)
    backend = open_inbox(study, collect_settings(study))
    try:
        with ProgressLine() as bar:
            done = drain(study, backend, progress=bar.show, again=args.purge, confirmed=args.confirm)
    finally:
        backend.close()
    for line in _summary(done):
        print(line)
    if done.versions:
        from reports.fieldwork.background import start_after_commit

        start_after_commit(study)
    return EXIT_NEEDS_YOU if done.damaged else int(bool(done.held or done.rejected or done.foreign))


def _summary(done: Drained) -> Iterator[str]:
    """Yield the lines of the summary of a drain."""
    yield f"移入 {done.moved} 份，库中已有 {done.known} 份，退回 {done.rejected} 份，撤回 {done.withdrawn} 份"
    if done.damaged:
        numbers = "、".join(map(str, done.damaged[:SHOWN])) + ("……" if len(done.damaged) > SHOWN else "")
        yield f"有 {len(done.damaged)} 份答卷损坏，已另放、没有入库：第 {numbers} 份"
        yield "先不要删除任何文件；运行 silu verify 查看，再运行 silu repair"
    if done.held:
        yield f"另有 {done.held} 份疑似机器填写，留在收件箱中等待核查"
    if done.apart:
        yield f"其中 {done.apart} 份是集中提交，已入库，分析员判断前不计入结果；用 silu bursts 查看"
    if done.completed:
        yield f"按现在的问卷补全 {done.completed} 份"
    yield from _misfits(done)
    if done.purged is not None:
        yield f"撤回的答卷已从硬盘清除：数据文件 {done.purged.parts} 个，原始文件 {done.purged.raw} 个"
    if done.purged is not None and done.purged.lost:
        yield f"含有这些答卷的旧版本不能再打开：{'、'.join(map(str, done.purged.lost))}"
    if done.versions:
        yield f"数据版本 {done.versions[-1]}"


def _misfits(done: Drained) -> Iterator[str]:
    """Yield lines on submissions that do not fit the present study, and where they are kept."""
    if done.foreign:
        asked = "、".join(f"{name}（{count} 份）" for name, count in sorted(done.foreign.items()))
        yield f"有答卷回答了问卷里现在没有的题：{asked}。原文留在收件箱，题目加回问卷后再入库即补上"
    if done.rejected:
        yield "退回的答卷留在收件箱，问卷或 study.toml 改好后再入库会重新核对"
    for reason in done.reasons:
        yield f"退回的原因：{reason}"
