"""The next step of a rate of an area: one rule, which every page, command and document asks.

An open entry of the ledger decides; without one the verdict does. So an item that is being rectified is never said to
need nothing, and a watched one has the same step wherever it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.areas.verdict import SILENT, Reason, Verdict
from reports import owners
from reports.plans.deadlines import check_day, mend_day
from reports.plans.rectification import due, ledger_of
from reports.sample import StudySample
from reports.sentences.formats import Format
from reports.sentences.ledger import standing
from reports.sentences.notes.days import by_on_page, on_page
from reports.sentences.notes.watched import due_by, watching
from reports.sentences.sentence import Row, Sentence, say
from survey.instrument.measure import knowledge
from survey.study.plans.rectification import Entry, Status

Place = tuple[str, str]
"""District and name of a rate."""


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The next steps as of a wave and a day.

    Attributes:
        entries: all entries of the ledger.
        today: the day that decides what is overdue.
        wave: the wave that is shown; "" where no wave can test an entry.
        waves: all waves of the sample, in order.
        renew: by when an overdue entry is to be done instead, and a campaign, as documents say it; None where it is not
            said.
        check: by when the causes of a watched rate are checked; None where it is not said.
    """

    entries: tuple[Entry, ...]
    today: date
    wave: str = ""
    waves: tuple[str, ...] = ()
    renew: date | None = None
    check: date | None = None

    def entry(self, area: str, item: str) -> Entry | None:
        """Return the open entry of a rate of an area; None where there is none."""
        return owners.entry_of(area, item, self.entries)

    def owner(self, area: str, item: str) -> str:
        """Return who is responsible for the open entry of a rate of an area, as written there; "" without one."""
        entry = self.entry(area, item)
        return "" if entry is None else entry.owner

    def state(self, entry: Entry, row: Row | None = None) -> Sentence:
        """Return the state of an open entry.

        Args:
            entry: the entry.
            row: its rate in the wave that is shown, from `reports.verdicts.judged`; None where it is not known.
        """
        silent = row is not None and row["reason"] in SILENT
        return standing(entry, self.today, testable=not silent and entry in self.testable, renew=self.renew)

    @property
    def open(self) -> tuple[Entry, ...]:
        """Return the entries that are not closed."""
        return tuple(one for one in self.entries if one.status is not Status.CLOSED)

    @property
    def testable(self) -> tuple[Entry, ...]:
        """Return the open entries that the wave that is shown can test."""
        return due(self.entries, self.wave, self.waves) if self.wave else ()

    def until(self, area: str, item: str) -> Sentence:
        """Return by when the open entry of a rate is to be done; empty without a day, or once reported as done."""
        entry = self.entry(area, item)
        if entry is None or entry.status is Status.DONE:
            return Sentence()
        day = self.renew if entry.days_late(self.today) else entry.deadline
        return Sentence() if day is None else say("{day}前完成", day=on_page(day, self.today.year))

    def of(self, area: str, item: str, row: Row) -> Sentence:
        """Return the next step of a rate of an area.

        Args:
            area: name of the area.
            item: name of the rate.
            row: its verdict in the wave that is shown, from `reports.verdicts.judged`.
        """
        entry = self.entry(area, item)
        return self.by_verdict(row) if entry is None else self.state(entry, row)

    def of_people(self, row: Row) -> Sentence:
        """Return what is done about a confirmed weakness of a group of people, which no entry of the ledger holds."""
        when = Sentence() if self.renew is None else by_on_page(self.renew, self.today.year)
        return when + (say("完成宣传") if row["measure"] in knowledge() else say("完成整改"))

    def by_verdict(self, row: Row) -> Sentence:
        """Return `by_verdict` of a rate, with the day by which something is done about a watched one."""
        day = due_by(str(row["measure"]), campaign=self.renew, check=self.check)
        return by_verdict(row, Sentence() if day is None else by_on_page(day, self.today.year))


def place_of(row: Row) -> Place:
    """Return district and name of the rate of a row of verdicts."""
    return str(row["district"]), str(row["item"])


def next_steps(gathered: StudySample, wave: str, today: date) -> NextSteps:
    """Return the next steps as of a wave of a sample; self-selected answers test nothing."""
    entries = ledger_of(gathered.study).entries()
    renew, check = (day(gathered.study, gathered.version) for day in (mend_day, check_day))
    return NextSteps(entries, today, "" if gathered.sample.opt_in else wave, tuple(gathered.waves), renew, check)


def by_verdict(row: Row, when: Sentence | None = None) -> Sentence:
    """Return the next step of a rate without an open entry.

    Args:
        row: a row of `reports.verdicts.judged`.
        when: by when something is done about a watched rate, "12 月 25 日前"; None or empty where that is not said.
    """
    if row["reason"] == Reason.RED_LIGHT:
        return say("独立复访后再判断")
    if row["verdict"] == Verdict.WEAK:
        return say("还没立项")
    if row["verdict"] == Verdict.WATCH:
        todo = watching(str(row["measure"]))
        return when + todo if when else todo + "，下一轮再看"
    return say("下一轮再看")


def deciding(row: Row) -> Sentence:
    """Return how many further interviews would decide on a watched rate, or that its shortfall is too small."""
    if pd.isna(row["more"]):  # type: ignore[call-overload]
        return say("差距太小，加访也难分清")
    return say("加访约 {more} 份可以判断", more=row.bound("more", Format.COUNT))


def unlisted(steps: NextSteps, verdicts: Mapping[Place, Row], listed: Collection[Place]) -> tuple[Row, ...]:
    """Return the rates with an open entry that a page does not list by their verdict, the nearest deadline first.

    Args:
        steps: the next steps.
        verdicts: the rates of the districts, from `reports.plans.rectification.by_place`.
        listed: district and name of the rates that the page lists.
    """
    entries = sorted(steps.open, key=lambda one: (one.deadline, one.number))
    places = dict.fromkeys((one.area, one.item) for one in entries)
    return tuple(verdicts[place] for place in places if place in verdicts and place not in listed)
