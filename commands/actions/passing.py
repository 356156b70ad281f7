"""`silu pass --study DIR`: the probability of passing the official survey, and what would raise it most."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.terminal.options import of_sample
from survey.errors import ArgumentError

if TYPE_CHECKING:
    from reports.sentences.sentence import Sentence

HELP = "预测官方调查能否达标：各条线和全部达标的可能，先抓哪一项、哪个区县"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    parser.add_argument("--n", metavar="份数", type=int, help="官方样本量，默认 1000")
    parser.add_argument("--take", metavar="人数", type=int, help="每个社区访问几人，默认 20")
    parser.add_argument("--icc", metavar="系数", type=float, help="同社区的相似程度，默认 0.05")
    parser.add_argument("--item", metavar="题号", default="", help="再加哪些单项，用逗号分开，例如 E.E10,A4")
    parser.add_argument(
        "--line", metavar="题号=百分数", action="append", default=[], help="改一条达标线，例如 E0=85；可写多次"
    )


def run(args: argparse.Namespace) -> int:
    """Request the report and print it."""
    from commands.terminal.asked import listed, selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from commands.terminal.missing import refuse_examples
    from reports.definitions import headlines
    from reports.missing import missing_lines
    from reports.overview.lever import foreseen
    from reports.plans.pass_forecast import (
        OfficialSample,
        lines_of,
        no_lines,
        pass_table,
        verdict_line,
    )
    from reports.sample import gather

    check_out(args)
    study = study_of(args)
    gathered = gather(study, selection_of(args))
    rates = (*headlines(study), *(study.questionnaire.rate(name) for name in listed(args.item)))
    asked = gathered.newest(selection_of(args)).asking([rate.name for rate in rates])
    lines = {**(known := lines_of(study, rates)), **_changed(args.line, tuple(known))}
    refuse_examples(study, against_targets=no_lines(study, lines))
    given = {"n": args.n, "take": args.take, "icc": args.icc}
    official = OfficialSample(**{name: value for name, value in given.items() if value is not None})
    seen = foreseen(gathered, asked, official, lines)
    found = seen.forecast
    remarks: list[Sentence | str] = [verdict_line(found), *found.remarks, found.method, *missing_lines(study)]
    deliver(args, seen.sentence, pass_table(found), found.provenance, remarks)
    return 0


def _changed(texts: Sequence[str], known: Sequence[str]) -> dict[str, float]:
    """Return the thresholds changed by `--line`, as shares in [0, 1]."""
    lines: dict[str, float] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or name not in known or not value.replace(".", "", 1).isdigit():
            raise ArgumentError("达标线要写成 题号=百分数", got=text, expected="例如 E0=85；题号：" + "、".join(known))
        lines[name] = float(value) / 100
    return lines
