"""The work of `silu outreach`: whom to reach by which channels, a budget over streets, random order, effect sheet."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.areas.decomposition import persons_lacking
from analysis.decisions.audience import Audience, reach_table, unaware_residents
from analysis.decisions.channel_reach import best_mix
from analysis.decisions.effect import effect_sheet, told
from analysis.numerals import points
from analysis.prose import advice
from commands.evidence import Evidence, deliver, load
from reports import outreach
from survey.errors import ArgumentError
from survey.study.outreach_costs import tariff_of
from survey.study.rollout import RollOut, RollOuts


def run(args: argparse.Namespace) -> int:
    """Plan and print, or tell the effect."""
    evidence = load(args)
    audience = outreach.hear(evidence.study, evidence.version, args.mode)
    if args.treated or args.random:
        return _effect(evidence, audience, args)
    where = {"wave": evidence.wave}
    table = reach_table(audience, where)
    if table.empty:
        few = f"每个渠道的答卷都不足 {evidence.study.suppression} 份"
        raise ArgumentError("答卷太少，不能规划宣传", got=few, cure="等答卷多些再看")
    prices = outreach.price_list(table, tariff_of(evidence.study, tuple(audience.channels.labels.values())))
    campaign, streets, channels = outreach.campaign_of(evidence.study, audience, evidence.wave, table, prices)
    budget = None if args.activities is not None else args.budget
    found = outreach.outlook(campaign, streets, channels, budget, args.activities)
    groups = persons_lacking(audience.sample, audience.channels.aware.name, ("age", "place"), where)
    mix = best_mix(audience.patterns(evidence.wave, unaware=True), min(args.channels, len(table)))
    named = [audience.channels.labels[name] for name in mix.channels]
    top = f"{groups.iloc[0]['age']}、住{groups.iloc[0]['place']}的人" if len(groups) else ""
    sentence = advice.outreach(
        unaware_residents(audience, where), top, (named, mix.share[-1]),
        (float(found.plan.gained.sum()), found.low, found.high),
        (found.plan.cost, int(found.plan.activities.sum())),
    )  # fmt: skip
    tables = {
        "plan": lambda: outreach.activity_table(found),
        "reach": lambda: _reach(table),
        "groups": lambda: _groups(groups),
        "rollout": lambda: _order(evidence, streets, args),
    }
    examples = outreach.examples_used(found, prices)
    remarks = ["渠道与知晓是关联，不是因果"]
    remarks += (
        [f"示例单价或触达：{'、'.join(examples)}；请在 study.toml 的 [outreach] 里写本地数字"] if examples else []
    )
    deliver(sentence, tables["rollout" if args.draw else args.list](), evidence.meta, args, remarks)
    return 0


def _reach(table: pd.DataFrame) -> pd.DataFrame:
    names = {"reach": "接触(%)", "reach_low": "下限", "reach_high": "上限"}
    names |= {"effect": "知晓率差(百分点，关联)", "effect_low": "差下限", "effect_high": "差上限"}
    columns = {label: (100 * table[name]).round(1) for name, label in names.items()}
    return pd.DataFrame(
        {"渠道": table["label"], **columns, "接触过仍不知晓(人)": table["persons"].round(-2).astype(int)}
    )


def _groups(groups: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "年龄": groups["age"].astype(str),
            "场所类型": groups["place"].astype(str),
            "答卷数": groups["n"],
            "不知晓(人)": groups["persons"].round(-2).astype(int),
            "下限": groups["conf_low"].round(-2).astype(int),
            "上限": groups["conf_high"].round(-2).astype(int),
        }
    )


def _order(evidence: Evidence, streets: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    """The order kept last, or a new one, which counts only when it is kept."""
    kept = RollOuts(evidence.study.root)
    if args.draw:
        drawn = RollOut(
            args.seed, args.steps, outreach.draw(streets, args.steps, args.seed), evidence.wave, evidence.version
        )
        found = kept.keep(drawn, who=args.who)
        print(f"已存进研究：第 {found.number} 次抽签，{found.steps} 批，种子 {found.seed}，{found.who}")
        return outreach.order_table(found.start, streets)
    draws = kept.draws()
    if draws:
        print(f"第 {draws[-1].number} 次抽签（{draws[-1].at.astimezone():%Y-%m-%d}，{draws[-1].who}）")
        return outreach.order_table(draws[-1].start, streets)
    print("还没有抽定：加上 --draw --who 姓名 存进研究，以后才能说“效果”")
    return outreach.order_table(outreach.draw(streets, args.steps, args.seed), streets)


def _effect(evidence: Evidence, audience: Audience, args: argparse.Namespace) -> int:
    earlier = evidence.waves[: evidence.waves.index(evidence.wave)]
    if not earlier:
        raise ArgumentError("只有一轮调查，没有开展前后可比", cure="下一轮之后再看效果")
    pair = (earlier[-1], evidence.wave)
    treated, among = _kept(evidence, pair, args.batches) if args.random else (_named(audience, args.treated), None)
    found = effect_sheet(audience.sample, audience.channels.aware.name, treated, pair, random=args.random, among=among)
    print(told(found))
    arms = [points(found[name], signed=True) for name in ("treated_change", "control_change")]
    print(f"开展过的 {arms[0]}，其余 {arms[1]}；看得出的最小差别 {points(found['detectable'])}")
    return 0


def _kept(evidence: Evidence, pair: tuple[str, str], batches: int) -> tuple[list[str], list[str]]:
    """Streets that started by the kept order, and all that took part."""
    kept, reason = outreach.basis_of(evidence.study, *pair)
    if kept is None:
        raise ArgumentError(
            f"不能按随机分批看效果：{reason}", where="--random", cure="用 --treated 列出街道，那样只说关联"
        )
    return list(kept.started(batches)), list(kept.start)


def _named(audience: Audience, listed: str) -> list[str]:
    treated = [name.strip() for name in listed.replace("，", ",").split(",") if name.strip()]
    known = {str(name) for name in audience.sample.cells.codes("street")[1]}
    if lost := [name for name in treated if name not in known]:
        raise ArgumentError("没有这些街道", where="--treated", got="、".join(lost), expected="、".join(sorted(known)))
    return treated
