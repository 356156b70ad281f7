"""`silu compare --study DIR`: which groups differ with all else equal; waves on a line; the sample and the city."""

from __future__ import annotations

import argparse

from commands.choices import GROUPS
from commands.options import of_sample
from survey.instrument.measure import MEASURES, SATISFACTION

HELP = "比较各组：同样的人相比哪一组不同；各轮走势的检验；样本结构与人口是否相符"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    what = parser.add_mutually_exclusive_group()
    kinds = "、".join(f"{name}（{label}）" for name, label in GROUPS.items())
    what.add_argument("--by", metavar="分组", choices=tuple(GROUPS), default="district", help=kinds)
    what.add_argument("--structure", action="store_true", help="样本（加权到人口结构之前）与人口结构是否相符")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--measure", metavar="指标", choices=tuple(MEASURES), default=SATISFACTION, help="四率之一")
    chosen.add_argument("--item", metavar="题号", default="", help="某一项，例如 E.E3")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import compare

    return compare.run(args)
