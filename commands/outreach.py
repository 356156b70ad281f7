"""`silu outreach --study DIR`: whom to reach by which channels, a budget over streets, random order, effect sheet."""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from analysis import advice
from analysis.audience import Audience, reach_table, unaware_residents
from analysis.effectsheet import effect_sheet
from analysis.gap import persons_lacking
from analysis.numerals import points, points_interval
from analysis.outreach import roll_out
from analysis.reach import best_mix
from commands.evidence import Evidence, deliver, load, options
from survey.errors import ArgumentError
from views import outreach

HELP = "规划宣传：谁不知道、哪些渠道找得到、预算怎么分到街道，随机分批，看效果"
LISTS = ("plan", "reach", "groups", "rollout")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    options(parser)
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
    parser.add_argument("--treated", metavar="街道", default="", help="效果单：两轮之间开展过宣传的街道，用逗号分开")
    parser.add_argument("--random", action="store_true", help="效果单：先后是随机定的")


def run(args: argparse.Namespace) -> int:
    """Plan and print, or tell the effect."""
    evidence = load(args)
    audience = outreach.hear(evidence.study, evidence.version, args.mode)
    if args.treated:
        return _effect(evidence, audience, args)
    where = {"wave": evidence.wave}
    table = reach_table(audience, where)
    prices = outreach.price_list(table)
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
        "rollout": lambda: _order(streets, args),
    }
    remarks = ["渠道与知晓是关联，不是因果；单价和触达为示例数字，请在网页“宣传规划”里改"]
    deliver(sentence, tables[args.list](), evidence.meta, args, remarks)
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


def _order(streets: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    groups = pd.factorize(streets["district"])[0].astype(np.int64)
    start = roll_out(len(streets), args.steps, groups=groups, seed=args.seed)
    table = pd.DataFrame({"批次": start + 1, "区县": streets["district"], "街道": streets["street"]})
    return table.sort_values(["批次", "区县"], kind="stable").reset_index(drop=True)


def _effect(evidence: Evidence, audience: Audience, args: argparse.Namespace) -> int:
    earlier = evidence.waves[: evidence.waves.index(evidence.wave)]
    if not earlier:
        raise ArgumentError("只有一轮调查，没有开展前后可比", cure="下一轮之后再看效果")
    treated = [name.strip() for name in args.treated.replace("，", ",").split(",") if name.strip()]
    known = {str(name) for name in audience.sample.cells.codes("street")[1]}
    if lost := [name for name in treated if name not in known]:
        raise ArgumentError("没有这些街道", where="--treated", got="、".join(lost), expected="、".join(sorted(known)))
    item = audience.channels.aware.name
    found = effect_sheet(audience.sample, item, treated, (earlier[-1], evidence.wave), random=args.random)
    spread = points_interval(found["conf_low"], found["conf_high"])
    print(f"{found['word']}：知晓率多变化 {points(found['estimate'], signed=True)}（{spread}）")
    arms = [points(found[name], signed=True) for name in ("treated_change", "control_change")]
    print(f"开展过的 {arms[0]}，其余 {arms[1]}；看得出的最小差别 {points(found['detectable'])}")
    return 0
