"""The work of `silu change`: what moved since an earlier wave, and whether listed weaknesses were mended."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.decisions.change import WaveFacts, changes, look_back, objections, reworded
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from analysis.prose import advice
from commands.evidence import deliver, load
from reports.labels import short
from reports.sample import facts, headlines
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Rate

WORDS = {"up": "上升", "down": "下降", "": "看不出变化", "barred": "不可比"}


def run(args: argparse.Namespace) -> int:
    """Compare and print."""
    evidence = load(args)
    earlier = evidence.waves[: evidence.waves.index(evidence.wave)]
    if not earlier:
        raise ArgumentError(
            "这一轮之前没有可比的一轮", got=evidence.wave, cure="下一轮用同一份问卷、同样的方式调查后再比较"
        )
    before = args.before or earlier[-1]
    if before not in earlier:
        raise ArgumentError("没有更早的这一轮", got=before, expected="、".join(earlier))
    rates = headlines(evidence.study)
    names = {rate.name: short(rate) for rate in rates}
    first, second = (
        facts(evidence.study, evidence.sample, name, evidence.version, rates) for name in (before, evidence.wave)
    )
    city = changes(evidence.sample, rates, (first, second), {})
    city = Estimates(city.table.assign(label=city.table["item"].map(names)), city.meta)
    looks = look_back(evidence.sample, rates, evidence.study.targets, (first, second), {})
    looks["label"] = looks["item"].map(names)
    found = objections(first, second)
    table = _looks(looks) if args.look_back else _changes(evidence.sample, rates, (first, second), names)
    sentence = advice.change(
        city, looks, [one.text for one in found if one.grave], aimed=len(evidence.study.targets) > 0
    )
    told = [
        f"{names[row['item']]}的{row['part']}：{before}“{row['before']}”；{evidence.wave}“{row['after']}”"
        for row in reworded(first, second).to_dict("records")
    ]
    deliver(sentence, table, {**city.meta, **evidence.meta}, args, [*(one.text for one in found), *told])
    return 0


def _changes(
    sample: Sample, rates: tuple[Rate, ...], pair: tuple[WaveFacts, WaveFacts], names: dict[str, str]
) -> pd.DataFrame:
    """City and districts, points."""
    parts = [changes(sample, rates, pair, {}, by).table for by in ((), ("district",))]
    rows = pd.concat([parts[0].assign(district="全市"), parts[1].astype({"district": str})], ignore_index=True)
    points = {
        name: (100 * rows[name].astype(float)).round(1) for name in ("estimate", "conf_low", "conf_high", "detectable")
    }
    return pd.DataFrame(
        {
            "区县": rows["district"],
            "指标": rows["item"].map(names),
            "结论": rows["moved"].map(WORDS),
            "变化(百分点)": points["estimate"],
            "下限": points["conf_low"],
            "上限": points["conf_high"],
            "看得出的最小变化": points["detectable"],
        }
    )


def _looks(looks: pd.DataFrame) -> pd.DataFrame:
    percent = {
        name: (100 * looks[name].astype(float)).round(1) for name in ("then", "now", "target", "change", "detectable")
    }
    return pd.DataFrame(
        {
            "区县": looks["district"],
            "指标": looks["label"],
            "当时判断": looks["standing"],
            "结论": looks["outcome"],
            "当时(%)": percent["then"],
            "现在(%)": percent["now"],
            "目标(%)": percent["target"],
            "变化(百分点)": percent["change"],
            "看得出的最小变化": percent["detectable"],
        }
    )
