"""Rectification ledger: confirmed weaknesses without an entry, entries and log as tables, re-measurement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.areas.verdict import SILENT, Verdict, worst_first
from analysis.decisions.waves.remeasure import measure_again
from analysis.estimation.estimates import Estimates
from analysis.numerals import percent, target
from reports.definitions import headlines
from reports.disclosure import hidden_areas
from reports.fieldwork.area_lights import red_areas
from reports.labels import short
from reports.plans.due import by_due
from reports.plans.own_ledger import OwnLedger
from reports.plans.workbook import workbook
from reports.provenance import Provenance, origin, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import ledger as words
from reports.sentences.briefing import nobody
from reports.sentences.notes import days
from reports.sentences.sentence import Row, Sentence, rows_of
from reports.verdicts import judged
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire
from survey.study.plans.rectification import Entry, Event, Ledger, Remeasure, Status
from survey.study.study import Study

FILE = "ledger.sqlite"
WEEKS = 8
"""Default deadline, weeks."""
NONE_WAITING = pd.DataFrame(columns=["district", "item", "label", "estimate", "line", "prob_below"])
KINDS = {"opened": "立项", "changed": "更新", "remeasured": "复测"}
FIELDS = {
    "area": "区域", "item": "题号", "wave": "轮次", "version": "数据版本", "estimate": "比例", "target": "目标",
    "owner": "责任单位", "deadline": "期限", "measure": "措施", "status": "状态", "note": "说明",
    "conf_low": "区间下限", "conf_high": "区间上限", "mended": "达标", "reason": "依据",
}  # fmt: skip


def closed_when(study: Study) -> Sentence:
    """Return the rule by which an entry is closed."""
    return words.closed_when(study.false_calls)


def ledger_of(study: Study) -> Ledger:
    """Return the ledger of a study, kept in its folder, within the scope of the person who acts."""
    return OwnLedger(study.root / FILE)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Verdicts of a wave, from which entries are opened.

    Attributes:
        found: every area and rate, all residents counted.
        provenance: provenance of the rates.
    """

    found: Estimates
    provenance: Provenance

    def waiting(self, entries: tuple[Entry, ...]) -> pd.DataFrame:
        """Return confirmed weaknesses without an open entry: district, item, label, estimate, line, prob_below."""
        return waiting(self.found, entries)

    @property
    def measured(self) -> Mapping[tuple[str, str], Row]:
        """Return (district, rate) -> its verdict."""
        return by_place(self.found)

    @property
    def silent(self) -> Sentence:
        """Return why no district is judged; empty where one is."""
        table = self.found.table
        return nobody(table, "区县") if table["reason"].isin(list(SILENT)).all() else Sentence()


def confirmed(gathered: StudySample, selection: Selection) -> Confirmed:
    """Judge every district for the four rates.

    Raises:
        DesignError: self-selected answers.
    """
    asked = selection.everyone().asking([rate.name for rate in headlines(gathered.study)], ("district",))
    found = judged(gathered, asked)
    return Confirmed(found, provenance(gathered, asked, found))


def by_place(found: Estimates) -> Mapping[tuple[str, str], Row]:
    """Return (district, rate) -> its verdict, a row of `reports.verdicts.judged`."""
    rows = rows_of(found, found.table, "district", "item")
    keys = [dict(row.key) for row in rows]
    return {(key["district"], key["item"]): row for key, row in zip(keys, rows, strict=True)}


def waiting(found: Estimates, entries: tuple[Entry, ...]) -> pd.DataFrame:
    """Return the rows that are confirmed weak and have no open entry, the largest shortfall first."""
    rows = worst_first(found.table[found.table["verdict"] == Verdict.WEAK])
    busy = {(entry.area, entry.item) for entry in entries if entry.status is not Status.CLOSED}
    free = [(str(area), str(item)) not in busy for area, item in zip(rows["district"], rows["item"], strict=True)]
    return rows.loc[free, list(NONE_WAITING.columns)].reset_index(drop=True)


def sentence(
    study: Study, entries: tuple[Entry, ...], waiting: pd.DataFrame, silent: Sentence | None = None
) -> Sentence:
    """Return what the ledger requires today, headline and lead in one; see `Confirmed` for the other arguments."""
    dues, rows = by_due(study, entries, date.today()), rows_waiting(waiting)
    return words.headline(dues, rows, silent) + "。" + words.lead(dues, rows)


def rows_waiting(waiting: pd.DataFrame) -> tuple[Row, ...]:
    """Return confirmed weaknesses without an entry as rows of a sentence; `waiting` may be empty."""
    return rows_of(waiting, waiting, "district", "item") if len(waiting) else ()


def new_entry(gathered: StudySample, wave: str, row: Mapping[str, Any], typed: Mapping[str, Any]) -> Entry:
    """Return a new entry for a confirmed weakness.

    Args:
        gathered: source of version and questionnaire.
        wave: the wave that confirmed the weakness.
        row: of `Confirmed.waiting`; its estimate and line are written into the entry.
        typed: owner, measure, and optionally deadline (`WEEKS` from today where None).
    """
    item = str(row["item"])
    return Entry(
        number=0,
        area=str(row["district"]),
        item=item,
        wave=wave,
        version=gathered.version,
        estimate=float(row["estimate"]),
        target=float(row["line"]),
        owner=typed["owner"],
        deadline=typed.get("deadline") or days.deadline(date.today(), 7 * WEEKS),
        measure=typed["measure"],
    )


def ledger_book(gathered: StudySample, ledger: Ledger) -> bytes:
    """Return entries and log as a workbook."""
    study = gathered.study
    notes = [study.title, f"数据版本 {gathered.version}", origin(study.mock), "销号与否由下一轮复测的检验决定"]
    entries = entry_table(ledger.entries(), study.questionnaire)
    return workbook({"整改台账": entries, "变更记录": event_table(ledger.events())}, notes)


def entry_table(entries: tuple[Entry, ...], questionnaire: Questionnaire) -> pd.DataFrame:
    """Return the ledger formatted for readers."""
    labels = {rate.name: short(rate) for rate in questionnaire.rates}
    return pd.DataFrame(
        [
            {
                "编号": entry.number,
                "区域": entry.area,
                "项目": labels.get(entry.item, entry.item),
                "状态": str(entry.status),
                "责任单位": entry.owner,
                "期限": entry.deadline.isoformat(),
                "整改措施": entry.measure,
                "立项时": percent(entry.estimate),
                "目标": target(entry.target),
                "发现轮次": entry.wave,
                "最近复测": entry.remeasured or "—",
                "数据版本": entry.version,
            }
            for entry in entries
        ]
    )


def event_table(events: tuple[Event, ...]) -> pd.DataFrame:
    """Return the log, newest first."""
    return pd.DataFrame(
        [
            {
                "时间": f"{event.at.astimezone():%Y-%m-%d %H:%M}",
                "编号": event.entry,
                "事项": KINDS.get(event.kind, event.kind),
                "经办人": event.who,
                "内容": "；".join(
                    f"{FIELDS.get(name, name)}：{_shown(name, value)}" for name, value in event.body.items()
                ),
            }
            for event in reversed(events)
        ]
    )


def due(entries: tuple[Entry, ...], wave: str, order: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return open entries that a wave can re-measure: found in an earlier wave, not yet measured by this one."""
    place = {name: at for at, name in enumerate(order)}
    return tuple(
        entry
        for entry in entries
        if entry.status is not Status.CLOSED
        and entry.remeasured != wave
        and place.get(entry.wave, -1) < place.get(wave, -1)
    )


def measure_all(
    gathered: StudySample, wave: str, entries: tuple[Entry, ...], *, who: str, at: datetime | None = None
) -> list[tuple[Entry, str]]:
    """Re-measure entries by a later wave and write the outcome of the test; `at` is the present time unless given.

    Returns:
        Each entry in its new state, with the reason; an entry that cannot be measured stays unchanged.
    """
    ledger, done, red = ledger_of(gathered.study), [], red_areas(gathered, (wave,))
    items = tuple(dict.fromkeys(entry.item for entry in entries))
    hidden = hidden_areas(gathered, Selection((wave,)).asking(items, ("district",))) if items else frozenset()
    for entry in entries:
        try:
            rate = gathered.study.questionnaire.rate(entry.item)
            result: Remeasure = measure_again(
                gathered.sample,
                rate,
                entry,
                wave,
                gathered.version,
                q=gathered.study.false_calls,
                red=red,
                hidden=hidden,
            )
        except DesignError as error:
            done.append((entry, str(error).split("\n")[0]))
            continue
        done.append((ledger.remeasure(entry.number, result, who=who, at=at), result.reason))
    return done


def _shown(name: str, value: object) -> str:
    if name in ("estimate", "target", "conf_low", "conf_high"):
        return percent(float(str(value)))
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
