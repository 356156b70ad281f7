"""Sentences of a profile on what followed: the change since the previous wave, and the entries of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.areas.verdict import Reason, Verdict
from reports.areas.profile import Profile
from reports.areas.words import FEW, known, weak_items
from reports.labels import wave_label
from reports.overview.next_step import NextSteps
from reports.owners import in_charge
from reports.sentences.briefing import responsible
from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Row, Sentence, join, rows_of, say
from survey.study.plans.rectification import Entry
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


def change(found: Profile) -> Sentence:
    """Report the change with its interval, which decides whether it is seen; empty where it is not known.

    The smallest detectable change, a property of the sample, stands in 这个数怎么来的 with its meaning.
    """
    row = found.main
    if found.silent == Reason.RED_LIGHT or not known(row, "change_low"):
        return Sentence()
    limits = row.interval(Format.CHANGE_INTERVAL, "change_low", "change_high")
    within = float(str(row["change_low"])) <= 0 <= float(str(row["change_high"]))
    return say(
        "{rate}比上轮 {change}，误差范围 {limits}{zero}",
        rate=row.name("label"),
        change=row.bound("change", Format.CHANGE),
        limits=limits,
        zero=say("，升降都有可能") if within else Sentence(),
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
        who: the lead unit and the units in charge; may be empty.
        step: the next step; empty where nothing may be judged and the ledger has no entry.
        more: other open entries, and other confirmed rates without one.
        pressing: whether somebody must act now: an entry is overdue, or a confirmed rate has none.
    """

    who: Sentence
    step: Sentence
    more: tuple[Sentence, ...]
    pressing: bool


def action(found: Profile, steps: NextSteps) -> Action:
    """Return who acts next in an area, and how.

    Args:
        found: the profile.
        steps: the next steps.
    """
    item = str(found.main["item"])
    below = found.main["verdict"] in (Verdict.WEAK, Verdict.WATCH)
    entry = steps.entry(found.area.name, item)
    units = in_charge(found.area.name, item, found.units if below else (), steps.entries)
    waits = item in [str(row["item"]) for row in waiting(found, steps)]
    more = entries(found, steps, but=item)
    return Action(
        responsible(found.lead, units[:FEW]) if units else Sentence(),
        Sentence() if more and _idle(found, entry) else _step(found, steps, waits=waits),
        more,
        pressing=waits or (entry is not None and entry.days_late(steps.today) > 0),
    )


def _idle(found: Profile, entry: Entry | None) -> bool:
    """Return whether nothing is to be done about the main rate, so that the other rates speak alone."""
    return entry is None and found.main["verdict"] not in (Verdict.WEAK, Verdict.WATCH)


def _step(found: Profile, steps: NextSteps, *, waits: bool) -> Sentence:
    """Return the next step about the main rate of an area."""
    row = found.main
    entry = steps.entry(found.area.name, str(row["item"]))
    if entry is not None:
        return say("{rate}整改{standing}", rate=row.name("label"), standing=steps.state(entry, row))
    if found.silent:
        return Sentence()
    if waits:
        return say("{rate}还没立项，先定责任单位和期限", rate=row.name("label"))
    if row["verdict"] == Verdict.WEAK:
        if found.filtered:
            return say("立项按全部居民判断，先清除筛选")
        return say("{kind}不单独立项，随区县一起办", kind=Name(found.area.kind))
    if row["verdict"] == Verdict.WATCH:
        return say("{rate}{step}", rate=row.name("label"), step=steps.by_verdict(row))
    if found.weak_items:
        return say("各率不用立项；{items}由责任单位改进", items=weak_items(found))
    return say("没有要办的，下一轮再看")


def entries(found: Profile, steps: NextSteps, but: str = "") -> tuple[Sentence, ...]:
    """Return the open entries of an area in the ledger, then its confirmed and watched rates without one.

    Args:
        found: the profile.
        steps: the next steps.
        but: name of a rate to leave out.
    """
    rows = {str(row["item"]): row for row in rows_of(found.rates, found.rates.table, "item")}
    here = [one for one in steps.open if one.area == found.area.name and one.item != but]
    said = [
        say(
            "{rate}：{standing}，{owner}",
            rate=rows[one.item].name("label") if one.item in rows else Name(one.item),
            standing=steps.state(one, rows.get(one.item)),
            owner=Declared(one.owner, "wording"),
        )
        for one in here
    ]
    lacking = [row for row in waiting(found, steps) if str(row["item"]) != but]
    rest = [say("{rate}{weak}，还没立项", rate=row.name("label"), weak=Name(Verdict.WEAK)) for row in lacking]
    watched = [
        say("{rate}{watch}：{step}", rate=row.name("label"), watch=Name(Verdict.WATCH), step=steps.by_verdict(row))
        for item, row in rows.items()
        if row["verdict"] == Verdict.WATCH and item != but and steps.entry(found.area.name, item) is None
    ]
    return (*said, *rest, *watched)


def waiting(found: Profile, steps: NextSteps) -> tuple[Row, ...]:
    """Return the confirmed rates of a district without an open entry.

    None under a condition on people, and none of smaller areas: the ledger is opened for whole districts.
    """
    if found.area.level != "district" or found.filtered:
        return ()
    return tuple(row for row in found.weak if steps.entry(found.area.name, str(row["item"])) is None)
