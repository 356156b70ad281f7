"""The work of `silu ledger`: the rectification ledger: list, open, update, re-measure, export."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import pandas as pd

from analysis.areas.verdicts import standings
from analysis.estimation.estimates import Estimates
from analysis.prose import advice
from commands.evidence import Evidence, deliver, load
from reports import rectification, workbook
from reports.labels import short
from reports.sample import headlines
from survey.errors import ArgumentError
from survey.study.rectification import Entry, Ledger

WEEKS = 8


def run(args: argparse.Namespace) -> int:
    """Do what was asked, then show the ledger."""
    evidence = load(args)
    ledger = rectification.ledger_of(evidence.study)
    found = standings(evidence.sample, headlines(evidence.study), evidence.study.targets, {"wave": evidence.wave})
    names = {rate.name: short(rate) for rate in evidence.study.questionnaire.rates}
    found = Estimates(found.table.assign(label=found.table["item"].map(names)), found.meta)
    if args.open:
        _open(evidence, ledger, found, args)
    elif args.update is not None:
        ledger.update(args.update, who=args.who, **_changes(args))
    elif args.remeasure:
        _remeasure(evidence, ledger, args.who)
    entries = ledger.entries()
    pending = rectification.waiting(found, entries)
    table = rectification.entry_table(entries, evidence.study.questionnaire)
    sentence = advice.ledger(entries, len(pending), date.today().isoformat())
    if args.format == "xlsx":
        sheets = {"整改台账": table, "变更记录": rectification.event_table(ledger.events())}
        args.out.write_bytes(workbook.workbook(sheets, [evidence.study.title, str(evidence.meta["data"])]))
        print(f"{sentence}\n已存到 {args.out}，共 {len(table)} 条")
        return 0
    if table.empty:
        print("\n".join([sentence, *_waiting(pending)]))
        return 0
    deliver(sentence, table, evidence.meta, args, _waiting(pending))
    return 0


def _open(evidence: Evidence, ledger: Ledger, found: Estimates, args: argparse.Namespace) -> None:
    area, _, item = args.open.replace("：", ":").rpartition(":")
    pending = rectification.waiting(found, ledger.entries())
    rows = pending[(pending["district"].astype(str) == area) & (pending["item"] == item)]
    if rows.empty:
        listed = "、".join(f"{row['district']}:{row['item']}" for _, row in pending.iterrows())
        raise ArgumentError(
            "这一项没有等待立项", got=args.open, expected=listed or "本轮没有等待立项的确认薄弱项目",
            cure="只有确认薄弱、还没有在办的项目可以立项",
        )  # fmt: skip
    row = rows.iloc[0].to_dict()
    deadline = args.deadline or (date.today() + timedelta(weeks=WEEKS)).isoformat()
    ledger.open_entry(
        Entry(
            number=0,
            area=area,
            item=item,
            wave=evidence.wave,
            version=evidence.version,
            estimate=float(row["estimate"]),
            target=float(row["line"]),
            owner=args.owner or rectification.proposed_owner(evidence.study.questionnaire.rate(item)),
            deadline=_day(deadline),
            measure=args.measure,
        ),
        who=args.who,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError("日期写法不对", where="--deadline", got=text, expected="例如 2026-12-31") from error


def _changes(args: argparse.Namespace) -> dict[str, str]:
    named = {name: getattr(args, name) or "" for name in ("owner", "deadline", "measure", "status")}
    return {name: str(value) for name, value in named.items() if value}


def _remeasure(evidence: Evidence, ledger: Ledger, who: str) -> None:
    due = rectification.due(ledger.entries(), evidence.wave, evidence.waves)
    if not due:
        print(f"没有可以用 {evidence.wave} 复测的条目（只复测更早一轮立项、还没有用这一轮测过的）。")
    done = rectification.measure_all(evidence.study, evidence.sample, evidence.wave, evidence.version, due, who=who)
    for entry, reason in done:
        print(f"第 {entry.number} 条 {entry.area}：{entry.status}。{reason}")


def _waiting(pending: pd.DataFrame) -> list[str]:
    return [f"等待立项：{row['district']}:{row['item']}（{row['label']}）" for _, row in pending.iterrows()]
