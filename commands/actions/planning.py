"""`silu plan --study DIR`: plan the next sample: size, allocation, cost, communities and quotas."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.choices import RULES
from commands.terminal.options import of_sample
from survey.errors import ArgumentError, DesignError, StoreError

if TYPE_CHECKING:
    from reports.plans.sample_plan import Earlier, SampleGoal
    from reports.sample import StudySample
    from survey.study.study import Study

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
    """Plan and print; with --format xlsx, also draw the communities."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver, write
    from commands.terminal.missing import refuse_examples
    from reports.plans.sample_lists import district_table, sample_book
    from reports.plans.sample_plan import Earlier, earlier, plan_sample, sentence, top_up_plan
    from reports.sentences.notes import captions
    from reports.sentences.sampling import assumed

    check_out(args)
    study = study_of(args)
    refuse_examples(study)
    gathered = _gathered(study, args)
    known = Earlier() if gathered is None else earlier(gathered, gathered.newest(selection_of(args)))
    goal = _goal(args, known)
    if args.top_up and gathered is None:
        raise ArgumentError("还没有答卷，谈不上补充样本", where="--top-up", cure="先做第一轮调查")
    if args.top_up and gathered is not None:
        plan = top_up_plan(gathered, gathered.newest(selection_of(args)), goal)
    else:
        plan = plan_sample(study.areas.frame, goal)
    text = sentence(plan, known)
    if args.format == "xlsx":
        book = sample_book(study, plan, args.seed)
        write(args, book, str(captions.sample_book(args.seed)), text)
        return 0
    remarks = [] if known.provenance else [captions.assumed_plan(assumed(goal.rate, goal.icc))]
    hint = "单价是示例数字；加 --format xlsx --out 名单.xlsx 抽取社区"
    deliver(args, text, district_table(plan), known.provenance, [*remarks, "这是方案，不是调查结果", hint])
    return 0


def _gathered(study: Study, args: argparse.Namespace) -> StudySample | None:
    """Return the evidence of earlier waves; None before the first answer in this mode."""
    from commands.terminal.asked import selection_of
    from reports.sample import gather

    try:
        return gather(study, selection_of(args))
    except (StoreError, DesignError):
        return None


def _goal(args: argparse.Namespace, known: Earlier) -> SampleGoal:
    """Return the requirements of the options, completed from earlier answers."""
    from reports.plans.sample_plan import MODE_COSTS, SampleGoal

    going, asking = MODE_COSTS[args.mode]
    return SampleGoal(
        rate=min(max(known.rate if args.rate is None else args.rate / 100, 0.02), 0.98),
        half_width=args.error / 100,
        change=None if args.change is None else args.change / 100,
        minimum=args.minimum,
        take=args.take,
        icc=known.icc if args.icc is None else args.icc,
        rule=args.rule,
        response=args.response / 100,
        community_cost=going,
        interview_cost=asking,
        total=args.n,
    )
