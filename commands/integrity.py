"""`silu integrity --study DIR`: lights of interviewers and areas, the evidence, and what else would explain it."""

from __future__ import annotations

import argparse

import pandas as pd

from analysis.integrity.combine import LIGHTS, SPEAKS, Light
from analysis.integrity.hints import FALSE_ALARMS, NOT_AN_ACCUSATION, chance, figure
from analysis.integrity.lights import area_lights
from analysis.integrity.report import Integrity
from analysis.integrity.signals import SIGNALS
from analysis.integrity.wave_jumps import mode_gaps, wave_jumps
from commands.options import of_round
from reports.data_quality import Fieldwork, fieldwork
from survey.quality.sheet import open_sheet
from survey.study.study import MODES, Study, load_study

HELP = "真实性检查：访问员和社区的灯、依据、要先排除的正常解释"
LEVELS = {"interviewer": "访问员", "area": "社区"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_round(parser)
    parser.add_argument("--leaflet", metavar="题号", default="", help="两轮之间宣传单上印过的知晓题，用逗号分开")


def run(args: argparse.Namespace) -> int:
    """Inspect and tell; 1 when a light is red."""
    study = load_study(args.study)
    work = fieldwork(study, args.wave or study.waves[-1].name, args.mode)
    found = work.integrity()
    print(f"{study.title}　{work.wave}　{MODES[work.mode]}　{found.meta['n']:,} 份　数据版本 {work.version}")
    print(f"{NOT_AN_ACCUSATION}\n{FALSE_ALARMS}")
    for level, units in (("interviewer", found.interviewers), ("area", found.areas)):
        _units(found, level, units)
    for name, light in area_lights(found, work.rows, study.areas).items():
        if light.doubtful:
            stop = "" if light.may_rank else "；暂停排名"
            print(f"{name}：{light.doubtful}/{light.n} 份存疑{stop}；建议独立复访 {light.again} 份")
    _shifts(study, work, args.leaflet)
    return int((pd.concat([found.interviewers, found.areas])["light"] == str(Light.RED)).any())


def _units(found: Integrity, level: str, units: pd.DataFrame) -> None:
    counts = units["light"].value_counts()
    told = "，".join(
        f"{label.split('：')[0]} {counts[str(name)]}" for name, label in LIGHTS.items() if str(name) in counts
    )
    print(f"\n{LEVELS[level]}：{told or '没有'}")
    for row in units[units["light"] == str(Light.RED)].to_dict("records"):
        print(f"  红灯 {row['name']}（{row['district']}，{row['n']} 份，若无异常{chance(row['p'])}）")
        for one in found.of(level, row["unit"]).to_dict("records"):
            if one["p"] <= SPEAKS:
                signal = SIGNALS[one["signal"]]
                mine, usual = (figure(signal, one[name]) for name in ("value", "expected"))
                print(f"    {signal.label}：{mine}，同区一般 {usual}；先排除：{signal.innocent}")


def _shifts(study: Study, work: Fieldwork, leaflet: str) -> None:
    """Districts whose leafleted items jumped, and whose online answers stand far above the interviews."""
    sheet = open_sheet(work.rows, study.questionnaire)
    order = [wave.name for wave in study.waves]
    earlier = order[: order.index(work.wave)][-1:]
    if leaflet and earlier:
        before = open_sheet(fieldwork(study, earlier[0], work.mode).rows, study.questionnaire)
        names = [name.strip() for name in leaflet.replace("，", ",").split(",")]
        _districts("宣传单上的题比其他题多涨", wave_jumps(before, sheet, study.areas, names))
    if work.mode != "online" and "online" in study.wave(work.wave).modes:
        online = open_sheet(fieldwork(study, work.wave, "online").rows, study.questionnaire)
        _districts("网络自填比面访高出", mode_gaps(sheet, online, study.areas))


def _districts(what: str, table: pd.DataFrame) -> None:
    loud = table[table["q"] <= 0.05]
    print(f"\n{what}：" + ("没有哪个区县明显多于其他区县" if loud.empty else ""))
    for row in loud.to_dict("records"):
        mine, usual = row["value"] * 100, row["expected"] * 100
        print(f"  {row['district']}：{mine:+.1f} 个百分点，其他区县平均 {usual:+.1f}（{row['n']} 份）")
