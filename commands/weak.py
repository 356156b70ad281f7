"""`silu weak --study DIR`: which districts are weak, which are not, and where more interviews would decide."""

from __future__ import annotations

import argparse

from commands.choices import KINDS
from commands.options import of_sample
from survey.instrument.measure import MEASURES

HELP = "判断哪些区县薄弱：确认薄弱、观察、达标或样本不足，附可能性和应补样本"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    parser.add_argument("--by", metavar="层级", choices=tuple(KINDS), default="district", help="district 或 street")
    parser.add_argument("--measure", metavar="指标", choices=tuple(MEASURES), help="只看四率之一")
    parser.add_argument(
        "--margin", metavar="百分点", type=float, help="不与目标比，而与“全市水平减这么多百分点”比，例如 3"
    )
    parser.add_argument(
        "--lqas", metavar="上线,下线", default="", help="小样本判定：逐个社区数份数，例如 85,70；要写 --measure"
    )


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import weak

    return weak.run(args)
