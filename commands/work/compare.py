"""The work of `silu compare`: which groups differ with all else equal; waves on a line; the sample and the city."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.areas.adjusted_groups import Alike, against_line, alike, doubted, over_waves, sentence, words_of
from analysis.areas.against_target import targets_of
from analysis.areas.representativeness import structure
from analysis.design.labels import label_margin, unique_names
from analysis.integrity import lights as integrity_lights
from analysis.numerals import points, points_interval
from commands.choices import GROUPS
from commands.evidence import Evidence, deliver, load
from reports.area_lights import Round, lights
from reports.labels import short
from reports.sample import headlines
from survey.errors import ArgumentError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from survey.study.margins import margin_tables


def run(args: argparse.Namespace) -> int:
    """Compare and print."""
    evidence = load(args)
    if args.structure:
        return _structure(evidence, args)
    rate = _rate(evidence, args)
    if args.by == "wave":
        return _waves(evidence, rate, args)
    found = alike(evidence.sample, rate, args.by, {"wave": evidence.wave})
    lit = lights(evidence.study, Round(evidence.version, evidence.wave, args.mode), "district")
    red = integrity_lights.doubted(lit) if args.by == "district" else ()
    found = doubted(found, red, integrity_lights.MARK)
    remarks = [
        *([integrity_lights.NOTE] if red else []),
        words_of(found.plain),
        f"其他条件相同：{words_of(found.equal)}",
        *_target(evidence, rate),
        *found.notes,
    ]
    if found.standards:
        remarks.append(f"标准化：按全市的{'、'.join(found.standards)}结构")
    deliver(f"{sentence(found, short(rate))}。", readable(found, GROUPS[args.by]), evidence.meta, args, remarks)
    return 0


def readable(found: Alike, kind: str) -> pd.DataFrame:
    """The groups as people read them, percent."""
    rows = found.table
    percent = {
        name: (100 * rows[name].astype(float)).round(1)
        for name in ("estimate", "adjusted", "adjusted_low", "adjusted_high", "gap", "gap_low", "gap_high", "standard")
    }
    return pd.DataFrame(
        {
            kind: rows["group"],
            "答卷数": rows["n"],
            "社区数": rows["points"],
            "原比例(%)": percent["estimate"],
            "其他相同(%)": percent["adjusted"],
            "下限": percent["adjusted_low"],
            "上限": percent["adjusted_high"],
            "与平均之差(百分点)": percent["gap"],
            "差下限": percent["gap_low"],
            "差上限": percent["gap_high"],
            "标准化(%)": percent["standard"],
            "判断": rows["differs"].map({"low": "偏低", "high": "偏高", "": "看不出"}),
        }
    )


def _rate(evidence: Evidence, args: argparse.Namespace) -> Rate:
    if args.item:
        return evidence.study.questionnaire.rate(args.item)
    found = next((rate for rate in headlines(evidence.study) if rate.measure == args.measure), None)
    if found is None:
        raise ArgumentError("问卷里没有问这一项率", got=measure_label(args.measure))
    return found


def _target(evidence: Evidence, rate: Rate) -> list[str]:
    """The city against its target, where there is one."""
    line = float(targets_of(pd.DataFrame({"item": [rate.name]}), evidence.study.targets, {rate.name: rate}).iloc[0])
    if pd.isna(line):
        return []
    found = against_line(evidence.sample, rate, line, {"wave": evidence.wave})
    spread = (
        "" if found.conf_low is None or found.conf_high is None else points_interval(found.conf_low, found.conf_high)
    )
    gap = "—" if found.estimate is None else points(found.estimate, signed=True)
    return [f"全市与目标 {line:.0%} 之差 {gap}（{spread}），{words_of(found)}"]


def _waves(evidence: Evidence, rate: Rate, args: argparse.Namespace) -> int:
    found = over_waves(evidence.sample, rate, {})
    slope = found.slope
    spread = points_interval(float(slope.conf_low or 0.0), float(slope.conf_high or 0.0))
    table = pd.DataFrame(
        {
            "轮次": found.labels,
            "比例(%)": (100 * found.means.values).round(1),
            "标准误(百分点)": (100 * found.means.errors).round(2),
        }
    )
    told = f"{short(rate)}平均每轮变化 {points(float(slope.estimate or 0.0), signed=True)}（{spread}）。"
    remarks = [words_of(slope), words_of(found.change), *([words_of(found.bend)] if found.bend else [])]
    deliver(told, table, evidence.meta, args, remarks)
    return 0


def _structure(evidence: Evidence, args: argparse.Namespace) -> int:
    study = evidence.study
    if not len(study.margins):
        raise ArgumentError("没有人口结构，不能比较", where="margins.csv", cure="补充 margins.csv")
    margins = [label_margin(one, study.questionnaire) for one in margin_tables(study.margins)]
    found = structure(evidence.sample, margins, unique_names(study.areas), evidence.wave)
    off = found.loc[found["p_value"] <= 0.05, "variable"].drop_duplicates().tolist()
    told = f"样本的{'、'.join(off)}结构与人口不符，靠加权校正" if off else "样本结构与人口没有看得出的不同"
    table = pd.DataFrame(
        {
            "特征": found["variable"],
            "类别": found["category"],
            "样本(%)": (100 * found["sample"]).round(1),
            "人口(%)": (100 * found["population"]).round(1),
            "p": [_p(value) for value in found["p_value"]],
            "说明": found["note"],
        }
    )
    deliver(
        f"{told}。", table, evidence.meta, args, ["样本按抽样设计加权，还没有加权到人口结构；设计校正的拟合优度检验"]
    )
    return 0


def _p(value: float) -> str:
    return "—" if pd.isna(value) else "< 0.0001" if value < 0.0001 else f"{value:.4f}"
