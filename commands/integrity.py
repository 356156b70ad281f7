"""`silu integrity --study DIR`: lights of interviewers and areas, evidence and alternative explanations."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from analysis.numerals import change
from commands.options import of_explaining, of_round

if TYPE_CHECKING:
    import pandas as pd

    from reports.fieldwork.integrity import Integrity, Shift

HELP = "真实性检查：访问员和社区的灯、依据、要先排除的正常解释"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_round(parser)
    of_explaining(parser)
    parser.add_argument("--leaflet", metavar="题号", default="", help="两轮之间宣传单上印过的知晓题，用逗号分开")


def run(args: argparse.Namespace) -> int:
    """Inspect and print; return 1 if a light is red."""
    import pandas as pd

    from commands.asked import listed
    from reports.fieldwork.data_quality import fieldwork
    from reports.fieldwork.integrity import (
        FALSE_ALARMS,
        NOT_AN_ACCUSATION,
        Light,
        doubtful_areas,
        provenance_of,
        shifts,
        units,
    )
    from survey.study.study import MODES, load_study

    study = load_study(args.study)
    work = fieldwork(study, args.wave, args.mode)
    found = work.integrity()
    print(f"{study.title}　{work.wave}　{MODES[work.mode]}　{found.meta['n']:,} 份　数据版本 {work.version}")
    print(f"{NOT_AN_ACCUSATION}\n{FALSE_ALARMS}")
    for level, rows in units(found).items():
        _units(found, level, rows)
    for name, light in doubtful_areas(work, found).items():
        stop = "" if light.may_rank else "；暂停排名"
        print(f"{name}：{light.doubtful}/{light.n} 份存疑{stop}；建议独立复访 {light.again} 份")
    for shift in shifts(work, listed(args.leaflet)):
        _districts(shift)
    if args.explain:
        print(f"\n{provenance_of(work, found).text}")
    return int((pd.concat([found.interviewers, found.areas])["light"] == str(Light.RED)).any())


def _units(found: Integrity, level: str, rows: pd.DataFrame) -> None:
    from reports.fieldwork.integrity import LEVELS, LIGHTS, Light, speaking

    counts = rows["light"].value_counts()
    counts_by_light = "，".join(
        f"{label.split('：')[0]} {counts[str(name)]}" for name, label in LIGHTS.items() if str(name) in counts
    )
    print(f"\n{LEVELS[level]}：{counts_by_light or '没有'}")
    for row in rows[rows["light"] == str(Light.RED)].to_dict("records"):
        chance, signals = speaking(found, level, row)
        print(f"  红灯 {row['name']}（{row['district']}，{row['n']} 份，若无异常{chance}）")
        for one in signals.to_dict("records"):
            print(f"    {one['信号']}：{one['本处']}，同区一般 {one['同区一般']}；先排除：{one['先要排除的正常解释']}")


def _districts(shift: Shift) -> None:
    print(f"\n{shift.what}：" + ("没有哪个区县明显多于其他区县" if shift.table.empty else ""))
    for row in shift.table.to_dict("records"):
        mine, usual = change(row["value"]), change(row["expected"])
        print(f"  {row['district']}：{mine}，其他区县平均 {usual}（{row['n']} 份）")
