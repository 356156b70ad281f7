"""`silu plan --study DIR`: the next sample: size, allocation, cost, communities and quotas."""

from __future__ import annotations

import argparse

from commands.choices import RULES
from commands.options import of_sample

HELP = "设计下一次抽样：份数、分配、费用、抽样名单和配额表"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    aim = parser.add_mutually_exclusive_group()
    aim.add_argument("--error", metavar="百分点", type=float, default=2.0, help="全市误差，默认 ±2 个百分点")
    aim.add_argument("--change", metavar="百分点", type=float, help="想看出的变化")
    aim.add_argument("--n", metavar="份数", type=int, help="给定总份数")
    aim.add_argument("--top-up", action="store_true", help="只为还不能下结论的区县补充样本")
    parser.add_argument("--minimum", metavar="份数", type=int, default=200, help="每个区县至少，默认 200")
    parser.add_argument("--take", metavar="份数", type=int, default=18, help="每个社区访问，默认 18")
    parser.add_argument("--icc", metavar="系数", type=float, help="同社区相似程度；不写则取自已有各轮，没有就用 0.05")
    parser.add_argument("--rate", metavar="百分数", type=float, help="预计的比例；不写则取自已有各轮，没有就用 80")
    rules = "、".join(f"{name}（{label}）" for name, label in RULES.items())
    parser.add_argument("--rule", metavar="办法", choices=tuple(RULES), default="compromise", help=rules)
    parser.add_argument("--response", metavar="百分数", type=float, default=60.0, help="预计应答率，默认 60")
    parser.add_argument("--seed", metavar="种子", type=int, default=20_260_101, help="抽样随机种子")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import planning

    return planning.run(args)
