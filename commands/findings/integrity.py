"""`silu integrity --study DIR`: lights of interviewers and areas, evidence and alternative explanations."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.options import of_explaining, of_round

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

    from commands.terminal.asked import listed
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
    from reports.sentences.notes import fieldwork as notes
    from survey.study.study import MODES, load_study

    study = load_study(args.study)
    work = fieldwork(study, args.wave, args.mode)
    found = work.integrity()
    print(notes.head(study.title, work.wave, MODES[work.mode], found.meta["n"], work.version))
    print(f"{NOT_AN_ACCUSATION}\n{FALSE_ALARMS}")
    for level, rows in units(found).items():
        _units(found, level, rows)
    for name, light in doubtful_areas(work, found).items():
        print(notes.doubtful(name, light))
    for shift in shifts(work, listed(args.leaflet)):
        _districts(shift)
    if args.explain:
        print(f"\n{provenance_of(work, found).text}")
    return int((pd.concat([found.interviewers, found.areas])["light"] == str(Light.RED)).any())


def _units(found: Integrity, level: str, rows: pd.DataFrame) -> None:
    from reports.fieldwork.integrity import LEVELS, Light, speaking
    from reports.sentences.notes import fieldwork as notes

    print(f"\n{notes.lights(LEVELS[level], rows)}")
    for row in rows[rows["light"] == str(Light.RED)].to_dict("records"):
        chance, signals = speaking(found, level, row)
        print(f"  {notes.red_light(row, chance)}")
        for one in signals.to_dict("records"):
            print(f"    {one['信号']}：{one['本处']}，同区一般 {one['同区一般']}；先排除：{one['先要排除的正常解释']}")


def _districts(shift: Shift) -> None:
    from reports.sentences.notes import fieldwork as notes
    from reports.sentences.sentence import rows_of

    print(f"\n{shift.what}：" + ("没有哪个区县明显多于其他区县" if shift.table.empty else ""))
    for row in rows_of(shift.table, shift.table, "district"):
        print(f"  {notes.shift(row)}")
