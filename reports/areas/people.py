"""Who does not know and who is not satisfied in an area, and the channels that reach these residents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.areas.verdict import SILENT, Verdict
from analysis.decisions.contacts import REACH
from analysis.estimation.estimates import Estimates
from reports.areas.places import Area
from reports.audience.heard import Heard
from reports.causes import PEOPLE_BY
from reports.definitions import headlines
from reports.disclosure import shown
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.briefing import of
from reports.sentences.sentence import Row, rows_of
from reports.verdicts import judged
from survey.instrument.measure import MEASURES, appraisals, knowledge

MOST = 3
"""Number of groups, and of channels, that a profile names."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """The groups of one area in which one rate lies below its line.

    Attributes:
        measure: the measure of the rate.
        lacking: what its people lack, such as 不知晓.
        groups: (column, row) pairs: confirmed groups, else watched ones, the largest shortfall first; may be empty.
        judged: whether any group may be judged.
    """

    measure: str
    lacking: str
    groups: tuple[tuple[str, Row], ...]
    judged: bool

    @property
    def sure(self) -> bool:
        """Return whether the groups are confirmed."""
        return bool(self.groups) and self.groups[0][1]["verdict"] == Verdict.WEAK


def concerned(gathered: StudySample, selection: Selection, area: Area) -> tuple[Concerned, ...]:
    """Return the groups by age and by kind of place, for satisfaction first and then for what residents know.

    Args:
        gathered: a probability sample.
        selection: waves; under a condition on people the groups are left out.
        area: the area.
    """
    if selection.where:
        return ()
    rates = {rate.measure: rate for rate in headlines(gathered.study)}
    wanted = [measure for measure in MEASURES if measure in appraisals()]
    wanted += [measure for measure in MEASURES if measure in knowledge()]
    asked = [rates[measure].name for measure in wanted if measure in rates]
    there = [name for name in PEOPLE_BY if name in gathered.sample.cells.keys.columns]
    found = [judged(gathered, selection.asking(asked, (name,)).within(**area.condition)) for name in there]
    return tuple(_of_rate(rates[measure].name, measure, found) for measure in wanted if measure in rates)


def _of_rate(item: str, measure: str, found: Sequence[Estimates]) -> Concerned:
    every = [(one, one.table[one.table["item"].astype(str) == item]) for one in found]
    tables = [(one, rows) for one, rows in every if (rows["n"].fillna(0) > 0).sum() > 1]  # one group is the whole area
    open_ = any((~rows["reason"].isin(list(SILENT))).any() for _, rows in tables)
    for verdict in (Verdict.WEAK, Verdict.WATCH):
        groups = [
            (one.by[0], row) for one, rows in tables for row in rows_of(one, of(rows, verdict), one.by[0], "item")
        ]
        if groups:
            ordered = sorted(groups, key=lambda pair: float(str(pair[1]["gap"])))
            return Concerned(measure, MEASURES[measure].lacking, tuple(ordered[:MOST]), open_)
    return Concerned(measure, MEASURES[measure].lacking, (), open_)


@dataclass(frozen=True, slots=True)
class Reached:
    """The channels that residents of an area were in touch with.

    Attributes:
        group: the group asked about, such as 60岁及以上; "" for all residents of the area.
        channels: the channels with the largest shares, one row each; may be empty.
    """

    group: str
    channels: tuple[Row, ...]


def reached(heard: Heard, selection: Selection, area: Area, groups: Sequence[Concerned]) -> Reached:
    """Return the channels that reach those who do not know, as far as their group can be named.

    Args:
        heard: the sample of awareness with its channels.
        selection: waves.
        area: the area.
        groups: from `concerned`.
    """
    first = next((one.groups[0] for one in groups if one.measure in knowledge() and one.groups), None)
    if first is not None:
        column, row = first
        if rows := _reach(heard, selection, area, column, str(row[column])):
            return Reached(str(row[column]), rows)
    return Reached("", _reach(heard, selection, area))


def _reach(heard: Heard, selection: Selection, area: Area, column: str = "", group: str = "") -> tuple[Row, ...]:
    """Return the channels with the largest shares; none where their answers may not be shown."""
    labels = heard.audience.channels.labels
    asked = selection.everyone().asking([name + REACH for name in labels], (column,) if column else ())
    asked = asked.within(**area.condition)
    found = shown(heard.gathered.estimates(asked), heard.gathered, asked)
    names = found.table["item"].astype(str).str.removesuffix(REACH).map(labels)
    named = Estimates(found.table.assign(label=names), found.meta)
    rows = named.table[named.table["estimate"].notna() & ~named.table["flag"].eq("few")]
    if column:
        rows = rows[rows[column].astype(str) == group]
    rows = rows.assign(_share=rows["estimate"].astype(float)).nlargest(MOST, "_share")
    return rows_of(named, rows, *(("item", column) if column else ("item",)))
