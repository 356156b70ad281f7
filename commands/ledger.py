"""`silu ledger --study DIR`: the rectification ledger: list, open, update, re-measure, export."""

from __future__ import annotations

import argparse

from commands.options import of_sample
from survey.study.rectification import BY_HAND

HELP = "整改台账：立项、更新、用新一轮数据复测、导出"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--open", metavar="区县:题号", default="", help="把一项确认薄弱立项，例如 青苇区:E0")
    what.add_argument("--update", metavar="编号", type=int, help="更新一个条目")
    what.add_argument("--remeasure", action="store_true", help="用这一轮的结果复测在办条目；达标才销号")
    parser.add_argument("--owner", metavar="单位", default="", help="责任单位")
    parser.add_argument("--deadline", metavar="日期", default="", help="整改期限，例如 2026-12-31")
    parser.add_argument("--measure", metavar="措施", default="", help="整改措施")
    parser.add_argument("--status", metavar="状态", choices=[str(one) for one in BY_HAND], help="整改中 或 待复测")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人；改动台账时必须写")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import ledger

    return ledger.run(args)
