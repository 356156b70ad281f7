"""`silu compare --study DIR`: adjusted differences between groups, trends over waves, and sample structure."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.choices import GROUPS
from commands.terminal.options import of_sample
from survey.instrument.measure import MEASURES, SATISFACTION

if TYPE_CHECKING:
    from reports.sample import StudySample
    from reports.selection import Selection

HELP = "比较各组：同样的人相比哪一组不同；各轮走势的检验；样本结构与人口是否相符"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    what = parser.add_mutually_exclusive_group()
    kinds = "、".join(f"{name}（{label}）" for name, label in GROUPS.items())
    what.add_argument("--by", metavar="分组", choices=tuple(GROUPS), default="district", help=kinds)
    what.add_argument("--structure", action="store_true", help="样本（加权到人口结构之前）与人口结构是否相符")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--measure", metavar="指标", choices=tuple(MEASURES), default=SATISFACTION, help="四率之一")
    chosen.add_argument("--item", metavar="题号", default="", help="某一项，例如 E.E3")


def run(args: argparse.Namespace) -> int:
    """Request the report and print it."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from reports.definitions import headline_of
    from reports.groups import sample_structure, waves_on_a_line
    from reports.sample import gather

    check_out(args)
    study = study_of(args)
    name = args.item or headline_of(study, args.measure).name
    gathered = gather(study, selection_of(args))
    asked = gathered.newest(selection_of(args)).asking([gathered.rate(name).name])
    if args.structure or args.by == "wave":
        found = (sample_structure if args.structure else waves_on_a_line)(gathered, asked)
        deliver(args, found.sentence, found.table, found.provenance, found.remarks)
        return 0
    return _groups(args, gathered, asked.asking(asked.items, (args.by,)))


def _groups(args: argparse.Namespace, gathered: StudySample, asked: Selection) -> int:
    from commands.terminal.deliver import deliver
    from reports.fieldwork.area_lights import Round, lights
    from reports.groups import against_target, group_table, groups

    lit = lights(gathered.study, Round(gathered.version, asked.wave, args.mode), "district")
    found = groups(gathered, asked, lit)
    remarks = [*found.remarks, against_target(gathered, asked)]
    if found.found.standards:
        remarks.append(f"标准化：按全市的{'、'.join(found.found.standards)}结构")
    table = group_table(found.found, GROUPS[args.by])
    deliver(args, f"{found.sentence}。", table, found.provenance, [one for one in remarks if one])
    return 0
