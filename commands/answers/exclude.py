"""`silu exclude --study DIR`: exclude or restore responses by a logged decision, without deleting them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from commands.terminal.options import of_round

if TYPE_CHECKING:
    from reports.fieldwork.data_quality import Fieldwork
    from reports.fieldwork.decide import Chosen

HELP = "剔除或恢复答卷：由人决定并写明理由，原答卷保留"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_round(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", metavar="检查", default="", help="某项检查标记的答卷，例如 duplicate")
    what.add_argument("--interviewer", metavar="访问员", default="", help="某位访问员的全部答卷（复访核实之后）")
    what.add_argument("--psu", metavar="社区代码", default="", help="某个社区的全部答卷（复访核实之后）")
    what.add_argument("--id", metavar="编号", default="", help="这些编号的答卷，用逗号分开")
    parser.add_argument("--restore", action="store_true", help="恢复，而不是剔除")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人")
    parser.add_argument("--why", metavar="理由", default="", help="为什么")


def run(args: argparse.Namespace) -> int:
    """Exclude or restore the chosen responses; without any, print the log."""
    from reports.fieldwork.data_quality import fieldwork
    from reports.fieldwork.decide import WORDS, decide
    from reports.sentences.notes import fieldwork as notes
    from reports.sentences.sentence import rows_of
    from survey.quality.exclusions import EXCLUDE, RESTORE
    from survey.study.study import load_study

    study = load_study(args.study)
    work = fieldwork(study, args.wave, args.mode)
    chosen = _chosen(work, args)
    if chosen is None:
        return _history(work)
    made = decide(work, RESTORE if args.restore else EXCLUDE, chosen, who=args.who, why=args.why)
    print(notes.decision(made, WORDS[made.kind]))
    table, out, decided = work.sensitivity()
    if decided:
        print(notes.excluded(out, decided, "；四率（全部答卷 → 剔除后）："))
        for row in rows_of(table, table, "measure"):
            print(f"  {notes.with_and_without(row)}")
    return 0


def _chosen(work: Fieldwork, args: argparse.Namespace) -> Chosen | None:
    from reports.fieldwork.decide import choose

    named = {name: getattr(args, name) for name in ("check", "id", "interviewer", "psu")}
    return next((choose(work, name, value) for name, value in named.items() if value), None)


def _history(work: Fieldwork) -> int:
    from reports.fieldwork.decide import WORDS, left_out
    from reports.sentences.notes import fieldwork as notes

    log = work.decisions.history()
    print("还没有剔除过答卷" if not log else notes.left_out(left_out(work), work.wave))
    for one in log:
        print(f"  {notes.logged(one, WORDS[one.kind], f'{one.at:%Y-%m-%d %H:%M} UTC')}")
    return 0
