"""`silu derive --study DIR`: compute ahead of time what the dashboard would wait for."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "提前算好看板要等的结果（大批答卷的汇总、真实性检查、各区县的判断、市民留言）"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--unless-waiting", action="store_true", help="已有一个在排队时立刻结束（导入和入库以后自动启动时用）"
    )
    parser.add_argument("--texts", action="store_true", help="小批的市民留言也先读好（五万份以下的平时由看板读）")


def run(args: argparse.Namespace) -> int:
    """Compute what is missing and print how much it was."""
    from commands.terminal.progress import ProgressLine
    from reports.fieldwork.deriving import derive
    from reports.overview.judging_ahead import judge_ahead
    from reports.sentences.notes import fieldwork as notes
    from survey.study.study import load_study

    study = load_study(args.study)
    with ProgressLine() as bar:
        made = derive(study, bar.show, judge=judge_ahead, unless_waiting=args.unless_waiting, texts=args.texts)
    print(notes.derived(made.cells, made.lights, made.texts))
    return 0
