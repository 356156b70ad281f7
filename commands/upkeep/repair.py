"""`silu repair STUDY`: put right what is damaged, and name what cannot be."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from commands.terminal.progress import ProgressLine

HELP = "修复损坏的数据：按原始文件和收件箱重建，说明哪些补不回来"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="调查文件夹", type=Path, help="要修复的调查文件夹")
    parser.add_argument(
        "--original", metavar="文件", type=Path, nargs="+", default=[], help="以前导入过的原始文件，用来补回损坏的"
    )
    parser.add_argument("--accept-loss", action="store_true", help="补不回来的答卷不再等待，其余照常；历史里写明缺多少")


def run(args: argparse.Namespace) -> int:
    """Repair, verify, and print both.

    Returns:
        0, or 3 if something is still not right.
    """
    from reports.health.repair import repair
    from reports.health.verification import verify
    from survey.study.study import load_study

    study = load_study(args.study)
    with ProgressLine() as bar:
        repairs = repair(study, originals=args.original, accept_loss=args.accept_loss, progress=bar.show)
        found = verify(study, progress=bar.show)
    for line in repairs.done:
        print(f"√ {line}")
    for line in repairs.open:
        print(f"× {line}")
    if not repairs.done and not repairs.open:
        print("没有发现需要修复的内容。")
    print("全部与写入时一致。" if not found.faults else f"仍有 {len(found.faults)} 处不符，用 silu verify 查看")
    return EXIT_NEEDS_YOU if repairs.open or found.faults else 0
