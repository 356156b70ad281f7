"""`silu outreach --study DIR`: audiences and channels, allocation of a budget, randomised roll-out, effect."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.options import of_sample
from survey.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

    from reports.audience.heard import Heard
    from reports.plans.outreach import Outreach
    from reports.selection import Selection

HELP = "规划宣传：谁不知道、哪些渠道找得到、预算怎么分到街道，随机分批，看效果"
LISTS = ("plan", "reach", "groups", "rollout")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    limit = parser.add_mutually_exclusive_group()
    limit.add_argument("--budget", metavar="元", type=float, default=200_000.0, help="预算，默认 200000")
    limit.add_argument("--activities", metavar="次数", type=int, help="不按预算，按宣传次数")
    parser.add_argument("--reach-only", action="store_true", help="只求触达：与知晓的关联看不出的渠道也安排")
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
    """Request the plan and print it, or print the effect."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from commands.terminal.missing import refuse_examples
    from reports.audience.heard import hear
    from reports.plans.campaign import Limit
    from reports.plans.outreach import outreach, prices_of, reach
    from reports.sentences.notes.channels import too_few

    check_out(args)
    study = study_of(args)
    refuse_examples(study)
    heard = hear(study, selection_of(args))
    asked = heard.gathered.newest(selection_of(args))
    if args.treated or args.random:
        return _effect(args, heard, asked)
    table = reach(heard, asked)
    if table.empty:
        raise ArgumentError("答卷太少，不能规划宣传", got=str(too_few(study)))
    budget = None if args.activities is not None else args.budget
    limit = Limit(budget, args.activities, args.reach_only)
    found = outreach(heard, asked, table, prices_of(heard, table), limit)
    remarks = [str(one) for one in (found.idle or found.together, found.unit_cost, *found.remarks) if one]
    deliver(
        args,
        found.sentence + "。" + found.charged + found.lead + found.whole,
        _table(args, heard, found, table),
        found.provenance,
        remarks,
    )
    return 0


def _table(args: argparse.Namespace, heard: Heard, found: Outreach, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `--list`."""
    from reports.plans.campaign import activity_table
    from reports.plans.outreach import lacking_table, reach_list

    if args.draw or args.list == "rollout":
        return _order(args, heard, found.found.streets)
    if args.list == "plan":
        return activity_table(found.found)
    return reach_list(table) if args.list == "reach" else lacking_table(found.groups)


def _order(args: argparse.Namespace, heard: Heard, streets: pd.DataFrame) -> pd.DataFrame:
    """Return the last recorded order, or a new one, which is binding only once recorded."""
    from reports.plans.rollout import draws, keep, order_table, proposed
    from reports.sentences.notes import captions

    if args.draw:
        found = keep(heard, proposed(heard, streets, args.steps, args.seed), who=args.who)
        print(f"已存进研究：{captions.draw(found)}")
        return order_table(found.start, streets)
    if kept := draws(heard.gathered.study):
        print(captions.draw(kept[-1]))
        return order_table(kept[-1].start, streets)
    print("还没有抽定：加上 --draw --who 姓名 存进研究，以后才能说“效果”")
    return order_table(proposed(heard, streets, args.steps, args.seed).start, streets)


def _effect(args: argparse.Namespace, heard: Heard, asked: Selection) -> int:
    from reports.plans.rollout import effect, kept_order, pair_of

    pair = pair_of(heard, asked.wave)
    if pair is None:
        raise ArgumentError("只有一轮调查，没有开展前后可比", cure="下一轮之后再看效果")
    kept = kept_order(heard.gathered.study, pair) if args.random else None
    treated = list(kept.started(args.batches)) if kept else _named(heard, args.treated)
    found = effect(heard, pair, treated, kept)
    print(found.sentence)
    print(found.arms)
    return 0


def _named(heard: Heard, text: str) -> list[str]:
    from commands.terminal.asked import listed

    treated, known = listed(text), {str(name) for name in heard.audience.sample.cells.codes("street")[1]}
    if lost := [name for name in treated if name not in known]:
        raise ArgumentError("没有这些街道", where="--treated", got="、".join(lost), expected="、".join(sorted(known)))
    return treated
