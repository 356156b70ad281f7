"""The work of `silu plan`: the next sample: size, allocation, cost, communities and quotas."""

from __future__ import annotations

import argparse

from analysis.areas.verdicts import standings
from analysis.areas.weak import Standing
from analysis.decisions.sample_plan import DEFAULT_ICC, MODE_COSTS, UNKNOWN, Wish, intra_cluster, plan_sample, top_up
from analysis.prose import advice
from commands.counting import study_of
from commands.evidence import Evidence, deliver, load
from reports import sample_lists
from reports.sample import headlines
from survey.errors import ArgumentError, DesignError, StoreError


def run(args: argparse.Namespace) -> int:
    """Plan, print; with --format xlsx draw the communities too."""
    evidence = _evidence(args)
    study = study_of(args) if evidence is None else evidence.study
    share, icc, source = (UNKNOWN, DEFAULT_ICC, "还没有答卷，用默认值") if evidence is None else _clustered(evidence)
    going, asking = MODE_COSTS[args.mode]
    change = None if args.change is None else args.change / 100
    wish = Wish(
        rate=min(max(share if args.rate is None else args.rate / 100, 0.02), 0.98),
        half_width=args.error / 100,
        change=change,
        minimum=args.minimum,
        take=args.take,
        icc=icc if args.icc is None else args.icc,
        rule=args.rule,
        response=args.response / 100,
        community_cost=going,
        interview_cost=asking,
        total=args.n,
    )
    frame = study.areas.frame
    plan = top_up(_unclear(evidence), wish, frame) if args.top_up else plan_sample(frame, wish)
    text = advice.sampling(plan, wish.icc, source if args.icc is None else "手工填写")
    if args.format == "xlsx":
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_bytes(sample_lists.sample_book(study, plan, args.seed))
        print(f"{text}\n抽样名单和配额表已存到 {args.out}（随机种子 {args.seed}）")
        return 0
    meta = {"level": 0.95, "interval_label": "方案，不是结果", "weighting": ""} if evidence is None else evidence.meta
    assumed = [f"还没有这种方式的答卷：比例 {wish.rate:.0%}、ICC {wish.icc:g} 是假定"] if evidence is None else []
    hint = "单价是示例数字；加 --format xlsx --out 名单.xlsx 抽取社区"
    deliver(text, sample_lists.district_table(plan), meta, args, [*assumed, hint])
    return 0


def _evidence(args: argparse.Namespace) -> Evidence | None:
    """What earlier waves show; None before the first answer of this mode."""
    try:
        return load(args)
    except (StoreError, DesignError):
        return None


def _clustered(evidence: Evidence) -> tuple[float, float, str]:
    """Share and correlation of the most clustered of the four rates."""
    found = {rate.name: intra_cluster(evidence.sample, rate.name)[0] for rate in headlines(evidence.study)}
    worst = max(found, key=lambda name: found[name])
    share = float(evidence.sample.rates(item=worst, where={"wave": evidence.wave}).table["estimate"].iloc[0])
    label = evidence.study.questionnaire.rate(worst).label
    return share, found[worst], f"取自已有各轮的“{label}”"


def _unclear(evidence: Evidence | None) -> list[tuple[str, int]]:
    """Districts that cannot be judged, with the most that any of their rates needs."""
    if evidence is None:
        raise ArgumentError("还没有答卷，谈不上补充样本", where="--top-up", cure="先做第一轮调查")
    rates = headlines(evidence.study)
    found = standings(evidence.sample, rates, evidence.study.targets, {"wave": evidence.wave}).table
    rows = found[found["standing"].isin([Standing.WATCH, Standing.UNCLEAR])]
    rows = rows[rows["more"].astype(float) <= advice.LIMIT]
    most = rows.groupby(rows["district"].astype(str))["more"].max()
    return [(str(name), int(number)) for name, number in most.items()]
