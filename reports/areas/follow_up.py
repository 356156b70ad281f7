"""Sentences of a profile on what followed: the change since the previous wave, and the entries of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.areas.verdict import Reason, Verdict
from reports.areas.profile import Profile
from reports.areas.words import FEW, known
from reports.labels import wave_label
from reports.overview.headline import deciding
from reports.owners import entry_of, in_charge
from reports.sentences.formats import Format
from reports.sentences.ledger import standing
from reports.sentences.sentence import Declared, Name, Row, Sentence, join, listed, names, rows_of, say
from survey.study.plans.rectification import Entry, Status
from survey.study.study import Study


def trend(found: Profile) -> Sentence:
    """Report the main rate since the previous wave, and whether it moved; empty for a first wave."""
    row = found.main
    if found.silent == Reason.RED_LIGHT or not known(row, "before"):
        return Sentence()
    moved = say(
        "{rate} {before} → {now}",
        rate=row.name("label"),
        before=row.bound("before", Format.WHOLE),
        now=row.bound("estimate", Format.WHOLE),
    )
    if not known(row, "change_low"):
        return moved
    if float(str(row["change_low"])) > 0:
        return moved + "，上升"
    return moved + ("，下降" if float(str(row["change_high"])) < 0 else "，还看不出变化")


def trend_title(found: Profile) -> Sentence:
    """Return the heading of the picture of the waves: whether the main rate moved, or why that is not known."""
    if moved := trend(found):
        return moved
    label = found.main.name("label")
    if len(found.waves.table["estimate"].dropna()) > 1:
        return say("{rate}各轮比例，前后不可比，不说升降", rate=label)
    return say("{rate}只有这一轮，下一轮后看升降", rate=label)


def detectable(found: Profile) -> Sentence:
    """Report the change with its interval, and the smallest one that could be seen; empty where it is not known."""
    row = found.main
    if found.silent == Reason.RED_LIGHT or not known(row, "detectable") or not known(row, "change_low"):
        return Sentence()
    return say(
        "{rate}比上轮 {change}（{limits}）；变动 {least}以上才能确认",
        rate=row.name("label"),
        change=row.bound("change", Format.CHANGE),
        limits=row.interval(Format.CHANGE_INTERVAL, "change_low", "change_high"),
        least=row.bound("detectable", Format.POINTS),
    )


def over_waves(found: Profile, study: Study) -> Sentence:
    """Return the main rate in every wave, where there are three or more; else empty."""
    table = found.waves.table
    rows = rows_of(found.waves, table[table["estimate"].notna()], "wave", "item")
    if len(rows) <= FEW:
        return Sentence()
    parts = [
        say(
            "{wave} {value}",
            wave=Name(wave_label(study, str(row["wave"]))),
            value=row.bound("estimate", Format.WHOLE),
        )
        for row in rows
    ]
    return join(parts, " → ")


@dataclass(frozen=True, slots=True)
class Action:
    """What is done next in an area about its main rate.

    Attributes:
        who: the units in charge; may be empty.
        step: the next step; empty where nothing may be judged and the ledger has no entry.
        more: other open entries, and other confirmed rates without one.
        pressing: whether somebody must act now: an entry is overdue, or a confirmed rate has none.
    """

    who: Sentence
    step: Sentence
    more: tuple[Sentence, ...]
    pressing: bool


def action(found: Profile, every: Sequence[Entry], today: date) -> Action:
    """Return who acts next in an area, and how; arguments as for `entries`."""
    item = str(found.main["item"])
    below = found.main["verdict"] in (Verdict.WEAK, Verdict.WATCH)
    entry = entry_of(found.area.name, item, every)
    units = in_charge(found.area.name, item, found.units if below else (), every)
    waits = item in [str(row["item"]) for row in waiting(found, every)]
    return Action(
        listed(names(units[:FEW])) if units else Sentence(),
        _step(found, entry, today, waits=waits),
        entries(found, every, today, but=item),
        pressing=waits or (entry is not None and entry.days_late(today) > 0),
    )


def _step(found: Profile, entry: Entry | None, today: date, *, waits: bool) -> Sentence:
    """Return the next step about the main rate of an area."""
    row = found.main
    if entry is not None:
        return say("{rate}整改{standing}", rate=row.name("label"), standing=standing(entry, today))
    if found.silent:
        return Sentence()
    if waits:
        return say("{rate}还没立项，先定责任单位和期限", rate=row.name("label"))
    if row["verdict"] == Verdict.WEAK:
        if found.filtered:
            return say("立项按全部居民判断，先清除筛选")
        return say("{kind}不单独立项，随区县一起办", kind=Name(found.area.kind))
    if row["verdict"] == Verdict.WATCH:
        return say("{rate}{step}", rate=row.name("label"), step=deciding(row))
    return say("没有要办的，下一轮再看")


def entries(found: Profile, every: Sequence[Entry], today: date, but: str = "") -> tuple[Sentence, ...]:
    """Return the open entries of an area in the ledger, then its confirmed rates without one.

    Args:
        found: the profile.
        every: all entries of the ledger.
        today: the day that decides what is overdue.
        but: name of a rate to leave out.
    """
    labels = {str(row["item"]): row.name("label") for row in rows_of(found.rates, found.rates.table, "item")}
    here = [one for one in every if one.area == found.area.name and one.item != but]
    open_ = [one for one in here if one.status is not Status.CLOSED]
    said = [
        say(
            "{rate}：{standing}，{owner}",
            rate=labels.get(one.item, Name(one.item)),
            standing=standing(one, today),
            owner=Declared(one.owner, "wording"),
        )
        for one in open_
    ]
    rest = [row.name("label") for row in waiting(found, every) if str(row["item"]) != but]
    return (*said, *(say("{rate}{weak}，还没立项", rate=rate, weak=Name(Verdict.WEAK)) for rate in rest))


def waiting(found: Profile, every: Sequence[Entry]) -> tuple[Row, ...]:
    """Return the confirmed rates of a district without an open entry.

    None under a condition on people, and none of smaller areas: the ledger is opened for whole districts.
    """
    if found.area.level != "district" or found.filtered:
        return ()
    return tuple(row for row in found.weak if entry_of(found.area.name, str(row["item"]), every) is None)
