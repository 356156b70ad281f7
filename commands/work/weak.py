"""The work of `silu weak`: which districts are weak, which are not, and where more interviews would decide."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.areas.lqas import lots, sentence, smallest_plan
from analysis.areas.ranking import LABELS
from analysis.areas.verdicts import standings
from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import NOTE, marked, warning
from analysis.numerals import DASH
from analysis.prose import advice
from commands.choices import KINDS
from commands.evidence import Evidence, deliver, load
from reports.area_lights import Round, lights
from reports.labels import short
from reports.sample import headlines
from reports.sample_lists import lots_table
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Rate


def run(args: argparse.Namespace) -> int:
    """Judge and print."""
    evidence = load(args)
    rates = tuple(rate for rate in headlines(evidence.study) if args.measure in (None, rate.measure))
    if args.lqas:
        return _lots(evidence, rates, args)
    margin = None if args.margin is None else args.margin / 100
    found = standings(
        evidence.sample, rates, evidence.study.targets, {"wave": evidence.wave}, by=args.by, margin=margin
    )
    names = {rate.name: short(rate) for rate in rates}
    found = Estimates(found.table.assign(label=found.table["item"].map(names)), found.meta)
    lit = lights(evidence.study, Round(evidence.version, evidence.wave, args.mode), args.by)
    doubt = warning(lit, found.table[args.by].astype(str).unique())
    found = marked(found, lit, args.by)
    sentence, meta = advice.weak(found, args.by, KINDS[args.by], doubt), {**found.meta, **evidence.meta}
    deliver(sentence, readable(found, args.by), meta, args, [NOTE] if doubt else [])
    return 0


def _lots(evidence: Evidence, rates: tuple[Rate, ...], args: argparse.Namespace) -> int:
    """Communities by counting."""
    if len(rates) != 1:
        raise ArgumentError("小样本判定一次只判一项率", where="--lqas", cure="加上 --measure satisfaction 等")
    try:
        good, poor = (float(part) / 100 for part in args.lqas.replace("，", ",").split(","))
    except ValueError as error:
        raise ArgumentError(
            "两条线写法不对", where="--lqas", got=args.lqas, expected="上线,下线，例如 85,70"
        ) from error
    plan = smallest_plan(good, poor)
    found = lots(evidence.sample, rates[0], {"wave": evidence.wave}, (good, poor))
    risks = f"误判达标社区 {plan.alpha:.0%}、放过未达标社区 {plan.beta:.0%}"
    remarks = [f"抽样方案：每个社区 {plan.n} 份，至少 {plan.accept} 份达到判达标；{risks}"]
    text = f"{sentence(found, short(rates[0]), (good, poor))}。"
    deliver(text, lots_table(found), evidence.meta, args, remarks)
    return 0


def readable(found: Estimates, by: str) -> pd.DataFrame:
    """The verdicts as people read them, percent."""
    rows = found.table
    percent = {name: (100 * rows[name].astype(float)).round(1) for name in ("estimate", "line", "prob_below", "model")}
    return pd.DataFrame(
        {
            KINDS[by]: rows[by].astype(str),
            "指标": rows["label"],
            "判断": [str(one) or "没有目标" for one in rows["standing"]],
            "答卷数": rows["n"],
            "比例(%)": percent["estimate"],
            "线(%)": percent["line"],
            "没到的可能(%)": percent["prob_below"],
            "模型估计(%)": percent["model"],
            "再访份数": rows["more"].astype(float),
            "名次": [_rank(low, high) for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)],
            "组别": [LABELS.get(group, "") for group in rows["rank_group"]],
        }
    )


def _rank(low: float, high: float) -> str:
    """The places that an area may take; a dash where its light forbids a rank."""
    return DASH if pd.isna(low) or pd.isna(high) else f"{int(low)}—{int(high)}"
