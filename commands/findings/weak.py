"""`silu weak --study DIR`: weak and adequate districts, and where more interviews are needed to decide."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.choices import KINDS
from commands.terminal.options import of_engine, of_sample
from survey.errors import ArgumentError
from survey.instrument.measure import MEASURES

if TYPE_CHECKING:
    from reports.sample import StudySample
    from reports.selection import Selection

HELP = "判断哪些区县薄弱：确认薄弱、观察、尚难判断或达标，附可能性和应补样本"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    of_engine(parser)
    parser.add_argument("--by", metavar="层级", choices=tuple(KINDS), default="district", help="district 或 street")
    parser.add_argument("--measure", metavar="指标", choices=tuple(MEASURES), help="只看四率之一")
    parser.add_argument(
        "--margin", metavar="百分点", type=float, help="不与目标比，而与“全市水平减这么多百分点”比，例如 3"
    )
    parser.add_argument(
        "--lqas", metavar="上线,下线", default="", help="小样本判定：逐个社区数份数，例如 85,70；要写 --measure"
    )


def run(args: argparse.Namespace) -> int:
    """Request the report and print it."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from commands.terminal.missing import refuse_examples
    from reports.definitions import headline_of, headlines
    from reports.fieldwork.area_lights import Round, lights, without_long_checks
    from reports.missing import missing_lines
    from reports.sample import gather
    from reports.weak_areas import verdict_table, weak_areas

    check_out(args)
    study = study_of(args)
    rates = (headline_of(study, args.measure),) if args.measure else headlines(study)
    refuse_examples(study)
    gathered = gather(study, selection_of(args))
    asked = gathered.newest(selection_of(args)).asking([rate.name for rate in rates], (args.by,))
    if args.lqas:
        return _lots(args, gathered, asked)
    gathered = without_long_checks(gathered, (asked.wave,))
    checked = asked.wave not in gathered.unchecked
    lit = lights(gathered.study, Round(gathered.version, asked.wave, args.mode), args.by) if checked else {}
    found = weak_areas(gathered, asked, lit, None if args.margin is None else args.margin / 100)
    remarks = [*found.remarks, *missing_lines(study)]
    deliver(args, found.sentence, verdict_table(found.found), found.provenance, remarks)
    return 0


def _lots(args: argparse.Namespace, gathered: StudySample, asked: Selection) -> int:
    """Classify communities by lot quality assurance sampling (LQAS)."""
    from commands.terminal.asked import listed
    from commands.terminal.deliver import deliver
    from reports.provenance import provenance
    from reports.weak_areas import community_verdicts

    if len(asked.items) != 1:
        raise ArgumentError("小样本判定一次只判一项率", where="--lqas", cure="加上 --measure satisfaction 等")
    try:
        good, poor = (float(part) / 100 for part in listed(args.lqas))
    except ValueError as error:
        raise ArgumentError(
            "两条线写法不对", where="--lqas", got=args.lqas, expected="上线,下线，例如 85,70"
        ) from error
    found = community_verdicts(gathered, asked, (good, poor))
    origin = provenance(gathered, asked, gathered.estimates(asked.asking(asked.items)))
    deliver(args, found.sentence, found.table, origin, [found.risks])
    return 0
