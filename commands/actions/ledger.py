"""`silu ledger --study DIR`: list, open, update, re-measure and export the rectification ledger."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING

from commands.terminal.options import of_sample
from survey.errors import ArgumentError
from survey.study.plans.rectification import BY_HAND

if TYPE_CHECKING:
    import pandas as pd

    from reports.sample import StudySample
    from survey.study.plans.rectification import Ledger

HELP = "整改台账：立项、更新、用新一轮数据复测、导出"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--open", metavar="区县:题号", default="", help="把一项确认薄弱立项，例如 青苇区:E0")
    what.add_argument("--update", metavar="编号", type=int, help="更新一个条目")
    what.add_argument("--remeasure", action="store_true", help="用这一轮的结果复测在办条目；达标才销号")
    parser.add_argument("--owner", metavar="单位", default="", help="责任单位")
    parser.add_argument("--deadline", metavar="日期", default="", help="整改期限，例如 2026-12-31")
    parser.add_argument("--measure", metavar="措施", default="", help="整改措施")
    parser.add_argument("--status", metavar="状态", choices=[str(one) for one in BY_HAND], help="整改中 或 待复测")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人；改动台账时必须写")


def run(args: argparse.Namespace) -> int:
    """Run the requested action, then print the ledger."""
    from commands.terminal.asked import selection_of, study_of
    from commands.terminal.deliver import check_out, deliver, write
    from commands.terminal.missing import refuse_examples
    from reports.missing import missing_lines, objection
    from reports.plans import rectification
    from reports.sample import gather
    from reports.sentences.notes import captions

    check_out(args)
    study = study_of(args)
    if args.open or args.remeasure:
        refuse_examples(study, against_targets=True)
    gathered = gather(study, selection_of(args))
    asked = gathered.newest(selection_of(args))
    ledger = rectification.ledger_of(gathered.study)
    said = objection(study, against_targets=True)
    confirmed = None if said else rectification.confirmed(gathered, asked)
    if args.open and confirmed is not None:
        _open(args, gathered, asked.wave, ledger, confirmed.waiting(ledger.entries()))
    elif args.update is not None:
        ledger.update(args.update, who=args.who, at=None, **_changes(args))
    elif args.remeasure:
        _remeasure(args, gathered, asked.wave, ledger)
    entries = ledger.entries()
    left = rectification.NONE_WAITING if confirmed is None else confirmed.waiting(entries)
    silent = None if confirmed is None else confirmed.silent
    sentence = said if said and not entries else rectification.sentence(study, entries, left, silent)
    waiting = [f"等待立项：{row['district']}:{row['item']}（{row['label']}）" for _, row in left.iterrows()]
    waiting += missing_lines(study)
    if args.format == "xlsx":
        write(args, rectification.ledger_book(gathered, ledger), str(captions.entries(entries)), sentence)
    elif not entries:
        print("\n".join([str(sentence), *waiting]))
    else:
        table = rectification.entry_table(entries, gathered.study.questionnaire)
        deliver(args, sentence, table, None if confirmed is None else confirmed.provenance, waiting)
    return 0


def _open(args: argparse.Namespace, gathered: StudySample, wave: str, ledger: Ledger, pending: pd.DataFrame) -> None:
    from reports.overview.problems import owner_of
    from reports.plans.rectification import new_entry
    from reports.selection import Selection

    area, _, item = args.open.replace("：", ":").rpartition(":")
    rows = pending[(pending["district"].astype(str) == area) & (pending["item"] == item)]
    if rows.empty:
        listed = "、".join(f"{row['district']}:{row['item']}" for _, row in pending.iterrows())
        raise ArgumentError(
            "这一项没有等待立项", got=args.open, expected=listed or "本轮没有等待立项的确认薄弱项目",
            cure="只有确认薄弱、还没有在办的项目可以立项",
        )  # fmt: skip
    owner = args.owner or owner_of(gathered, Selection((wave,), args.mode), area, item)
    typed = {"owner": owner, "deadline": _day(args.deadline), "measure": args.measure}
    ledger.open_entry(new_entry(gathered, wave, rows.iloc[0].to_dict(), typed), who=args.who)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ArgumentError("日期写法不对", where="--deadline", got=text, expected="例如 2026-12-31") from error


def _changes(args: argparse.Namespace) -> dict[str, str]:
    named = {name: getattr(args, name) or "" for name in ("owner", "deadline", "measure", "status")}
    return {name: str(value) for name, value in named.items() if value}


def _remeasure(args: argparse.Namespace, gathered: StudySample, wave: str, ledger: Ledger) -> None:
    from reports.plans.rectification import due, measure_all
    from reports.sentences.notes import captions

    open_ = due(ledger.entries(), wave, gathered.waves)
    if not open_:
        print(f"没有可以用 {wave} 复测的条目（只复测更早一轮立项、还没有用这一轮测过的）。")
    for entry, reason in measure_all(gathered, wave, open_, who=args.who):
        print(captions.remeasure(entry, reason))
