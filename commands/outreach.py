"""`silu outreach --study DIR`: whom to reach by which channels, a budget over streets, random order, effect sheet."""

from __future__ import annotations

import argparse

from commands.options import of_sample

HELP = "规划宣传：谁不知道、哪些渠道找得到、预算怎么分到街道，随机分批，看效果"
LISTS = ("plan", "reach", "groups", "rollout")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--budget", metavar="元", type=float, default=200_000.0, help="预算，默认 200000")
    limit.add_argument("--activities", metavar="场次", type=int, help="不按预算，按场次")
    parser.add_argument("--channels", metavar="个数", type=int, default=4, help="渠道组合含几种，默认 4")
    parser.add_argument(
        "--list", metavar="表", choices=LISTS, default="plan",
        help="plan（街道安排）、reach（渠道覆盖）、groups（不知晓的人）、rollout（随机分批）",
    )  # fmt: skip
    parser.add_argument("--steps", metavar="批", type=int, default=4, help="随机分几批，默认 4")
    parser.add_argument("--seed", metavar="种子", type=int, default=1, help="随机分批的种子")
    parser.add_argument("--draw", action="store_true", help="把随机分批抽定并存进研究（要写 --who），以后才能说“效果”")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人；抽定分批时必须写")
    effect = parser.add_mutually_exclusive_group()
    effect.add_argument("--treated", metavar="街道", default="", help="效果单：两轮之间开展过宣传的街道，用逗号分开")
    effect.add_argument("--random", action="store_true", help="效果单：按研究里保存的随机分批")
    parser.add_argument("--batches", metavar="批", type=int, default=1, help="两轮之间已开展到第几批，默认 1")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import outreach

    return outreach.run(args)
