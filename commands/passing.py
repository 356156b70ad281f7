"""`silu pass --study DIR`: the chance to pass the official survey, and what would move it most."""

from __future__ import annotations

import argparse

from commands.options import of_sample

HELP = "预测官方调查能否达标：各条线和全部达标的可能，先抓哪一项、哪个区县"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    parser.add_argument("--n", metavar="份数", type=int, default=1000, help="官方样本量，默认 1000")
    parser.add_argument("--take", metavar="人数", type=int, default=20, help="每个社区访问几人，默认 20")
    parser.add_argument("--icc", metavar="系数", type=float, default=0.05, help="同社区的相似程度，默认 0.05")
    parser.add_argument("--item", metavar="题号", default="", help="再加哪些单项，用逗号分开，例如 E.E10,A4")
    parser.add_argument(
        "--line", metavar="题号=百分数", action="append", default=[], help="改一条达标线，例如 E0=85；可写多次"
    )


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import passing

    return passing.run(args)
