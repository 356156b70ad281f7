"""`silu area NAME --study DIR`: the profile of one district, street or community as text."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from accounts.grants import may
from accounts.verbs import Verb
from commands.terminal.options import of_sample

if TYPE_CHECKING:
    from reports.sentences.sentence import Sentence

HELP = "区域档案：一个区县、街道或社区哪里薄弱、差在哪些人、谁来办、与其他区域比"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", metavar="区域", help="名称，例如 青苇区；同名时写明上一级，例如 青苇区/芷坡镇")
    of_sample(parser)


def run(args: argparse.Namespace) -> int:
    """Request the profile and print it."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from commands.terminal.missing import refuse_examples
    from reports.areas.places import require_level, search
    from reports.areas.report import area_report, spine_table
    from reports.missing import missing_lines
    from reports.sample import gather

    check_out(args)
    study = study_of(args)
    refuse_examples(study, against_targets=True)
    area = search(study.areas, args.name)
    asked = selection_of(args)
    require_level(area, reserved=asked.reserved, scope=asked.scope)
    gathered = gather(study, asked)
    found = area_report(gathered, gathered.newest(asked), area, quotes=may(Verb.VOICES))
    lines: list[Sentence | str] = [*found.lines, *missing_lines(study)]
    deliver(args, found.sentence, spine_table(found.found), found.found.provenance, lines)
    return 0
