"""Sentences of a profile on what followed: the change since the previous wave, and the entries of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.areas.verdict import Reason, Verdict
from reports.areas.profile import Profile
from reports.areas.words import FEW, known
from reports.labels import wave_label
from reports.sentences.formats import Format
from reports.sentences.ledger import standing
from reports.sentences.sentence import Declared, Name, Row, Sentence, join, rows_of, say
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


def detectable(found: Profile) -> Sentence:
    """Report the change with its interval, and the smallest one that could be seen; empty where it is not known."""
    row = found.main
    if found.silent == Reason.RED_LIGHT or not known(row, "detectable") or not known(row, "change_low"):
        return Sentence()
    return say(
        "{rate}比上轮 {change}（{limits}）；至少变动 {least}才看得出",
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


def entries(found: Profile, every: Sequence[Entry], today: date) -> tuple[Sentence, ...]:
    """Return the open entries of an area in the ledger, then its confirmed rates without one.

    Args:
        found: the profile.
        every: all entries of the ledger.
        today: the day that decides what is overdue.
    """
    labels = {str(row["item"]): row.name("label") for row in rows_of(found.rates, found.rates.table, "item")}
    open_ = [one for one in every if one.area == found.area.name and one.status is not Status.CLOSED]
    said = [
        say(
            "{rate}：{standing}，{owner}",
            rate=labels.get(one.item, Name(one.item)),
            standing=standing(one, today),
            owner=Declared(one.owner, "wording"),
        )
        for one in open_
    ]
    rest = [row.name("label") for row in waiting(found, every)]
    return (*said, *(say("{rate}{weak}，还没立项", rate=rate, weak=Name(Verdict.WEAK)) for rate in rest))


def waiting(found: Profile, every: Sequence[Entry]) -> tuple[Row, ...]:
    """Return the confirmed rates of a district without an open entry.

    None under a condition on people, and none of smaller areas: the ledger is opened for whole districts.
    """
    if found.area.level != "district" or found.filtered:
        return ()
    busy = {one.item for one in every if one.area == found.area.name and one.status is not Status.CLOSED}
    return tuple(row for row in found.weak if str(row["item"]) not in busy)


def nothing_open() -> Sentence:
    """Return what stands in the box of the ledger where nothing is open."""
    return say("整改台账：没有在办条目")
