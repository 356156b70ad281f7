"""`silu change --study DIR`: changes since an earlier wave, and whether earlier weaknesses were remedied."""

from __future__ import annotations

import argparse

from commands.terminal.options import of_sample

HELP = "比较两轮：哪些变化看得出来，上一轮的薄弱项补上没有"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    parser.add_argument("--before", metavar="轮次", default="", help="与哪一轮比；不写则为前一轮")
    parser.add_argument("--look-back", action="store_true", help="列出回头看（上一轮的薄弱项），不列各区县变化")


def run(args: argparse.Namespace) -> int:
    """Request the report and print it."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver
    from reports.change import change, change_table, look_back_table
    from reports.sample import gather

    check_out(args)
    gathered = gather(study_of(args), selection_of(args))
    found = change(gathered, gathered.newest(selection_of(args)), args.before)
    table = look_back_table(found.looks) if args.look_back else change_table(found)
    words = [
        f"{row['label']}的{row['part']}：{found.before}“{row['before']}”；{found.after}“{row['after']}”"
        for row in found.reworded.to_dict("records")
    ]
    deliver(
        args, found.sentence, table, found.provenance, [*found.remarks, *(one.text for one in found.objections), *words]
    )
    return 0
