"""Three tasks of an area: confirmed rates, confirmed groups, what is watched, then more interviews; never praise.

The most urgent three are chosen in this order; they stand in order of day.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.areas.verdict import Reason, Verdict
from reports.areas.people import Concerned
from reports.areas.profile import Profile
from reports.briefing import phrases
from reports.briefing.blocks import Action, Actions, Run
from reports.briefing.facts import Facts, worst_items
from reports.briefing.parts.actions import check_day, due, mend, table, watch_date, watch_day, who
from reports.overview.problems import own_units
from reports.owners import in_charge
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.notes.watched import watching
from reports.sentences.sentence import Name, Row, Sentence, field, join, listed, names, rows_of, say
from reports.sentences.weak import LIMIT
from survey.instrument.measure import appraisals, knowledge

MOST, GROUPS = 3, 2
"""Number of tasks, and of groups that one task names."""


def tasks(found: Facts, here: Profile) -> Actions | None:
    """Return at most three tasks of an area; None where there is nothing to do.

    Args:
        found: the facts.
        here: its profile.
    """
    every = tasks_of(found, here)
    return table(every) if every else None


def tasks_of(found: Facts, here: Profile | None) -> tuple[Action, ...]:
    """Return at most three tasks of an area in order of day; none without answers from it."""
    some = tuple(_tasks(found, here))[:MOST] if here is not None else ()
    return tuple(sorted(some, key=lambda one: one.by or "9"))


def rates_of(found: Facts, here: Profile) -> frozenset[str]:
    """Return the rates whose confirmed streets the tasks of a district name: its confirmed ones, and of its groups."""
    known = {one.measure: one.name for one in found.gathered.rates if one.overall}
    sure = {one.place[1] for one in found.sure if one.place[0] == here.area.name}
    return frozenset({*sure, *(known[one.measure] for one in here.people if one.sure)})


def _tasks(found: Facts, here: Profile) -> Iterator[Action]:
    if here.area.level != "district":
        yield from _below(found, here)
        return
    district = here.area.name
    light = found.lights.get(district)
    if light is not None and not light.may_rank:
        task = say("独立复访{n}份，复访前不作判断、不表扬", n=field(light, "again", Format.PLAIN))
        yield Action(task, say("{office}", office=Name(found.letterhead.name)), check_day(found), by=_check(found))
        return
    sure = [one for one in found.sure if one.place[0] == district]
    for one in sure:
        yield mend(found, one)
    watched = list(_watched(found, here))
    for group in sorted(here.people, key=lambda one: one.measure not in knowledge()):
        if group.sure:
            own = next((row for row in watched if _is_of(found, row, group, here)), None)
            watched = [row for row in watched if row is not own]
            yield _of_group(found, here, group, own)
    for row in watched:
        yield _entered(found, row, here) or _cause(found, row, here)
    yield from _more(found, here)


def _below(found: Facts, here: Profile) -> Iterator[Action]:
    """Yield the tasks of a street or community: its confirmed rates, what is watched, then more interviews."""
    district = here.area.path[0]
    if here.silent == Reason.RED_LIGHT:
        office = say("{office}", office=Name(found.letterhead.name))
        yield Action(say("独立复访，复访前不作判断、不表扬"), office, check_day(found), by=_check(found))
        return
    for row in here.weak:
        worst = [one.name("label") for one in worst_items(here.items)[:MOST]]
        what = listed(worst) if worst and str(row["measure"]) in appraisals() else phrases.rate(row)
        lead = [Name(found.letterhead.short_lead_of(district)), Name(here.area.name)]
        last = due(found, district, str(row["item"]))
        evidence = (Run(phrases.judgement(row)),)
        day = days.before(last, found.day.year)
        yield Action(say("{what}整改", what=what), listed(lead), day, evidence, by=last.isoformat())
    for row in rows_of(here.rates, here.rates.table[here.rates.table["verdict"] == Verdict.WATCH], "item"):
        yield _cause(found, row, here)
    yield from _more(found, here)


def _more(found: Facts, here: Profile) -> Iterator[Action]:
    """Yield the unclear rates without an open entry that a few more interviews in the next wave decide."""
    for row in rows_of(here.rates, here.rates.table, "item"):
        if row["verdict"] != Verdict.UNCLEAR or found.steps.entry(here.area.name, str(row["item"])) is not None:
            continue
        if phrases.known(row, "more") and float(str(row["more"])) <= LIMIT:
            more = row.bound("more", Format.COUNT)
            task = say("{rate}补充样本：再访约{more}份可作判断", rate=phrases.rate(row), more=more)
            yield Action(task, say("{office}", office=Name(found.letterhead.name)), say("下一轮"))


def _is_of(found: Facts, row: Row, group: Concerned, here: Profile) -> bool:
    """Return whether a watched rate of the district asks for the same publicity as its group."""
    same = group.measure in knowledge() and row["measure"] == group.measure and "street" not in dict(row.key)
    return same and found.steps.entry(here.area.name, str(row["item"])) is None


def _of_group(found: Facts, here: Profile, group: Concerned, own: Row | None) -> Action:
    """Return what is done for the confirmed groups of a rate.

    Args:
        found: the facts.
        here: the profile of the district.
        group: its groups.
        own: the rate of the whole district where it is watched: one task and one day for both; None for none.
    """
    knows = group.measure in knowledge()
    rate = {one.measure: one for one in found.gathered.rates if one.overall}[group.measure]
    some = group.groups[:GROUPS]
    who_ = listed([row.name(column) for column, row in some])
    values = join([say("{name}{value}", name=row.name(column), value=phrases.value(row))
                   for column, row in some], "；")  # fmt: skip
    weak = found.streets_of(here.area.name, rate.name, Verdict.WEAK)
    streets = phrases.streets([row.name("street") for row in weak])
    where = say("{streets}，", streets=streets) if weak and knows else Sentence()
    task = say("{where}向{who}居民讲清创建内容" if knows else "{where}{who}居民不满意事项整改", where=where, who=who_)
    units = in_charge(here.area.name, rate.name, own_units(rate) if knows else here.units, found.entries)
    last = days.deadline(found.day, found.letterhead.mend)
    mending = days.before(last, found.day.year)
    label = group.groups[0][1].name("label")
    watched = () if own is None else (
        Run(say("；全区{value}，", value=phrases.value(own))),
        Run(say("{watch}", watch=Name(Verdict.WATCH)), mark=Verdict.WATCH),
    )  # fmt: skip
    return Action(task, who(found, here.area.name, units), mending, (
        Run(say("{label}：{values}，", label=label, values=values)),
        Run(say("{verdict}", verdict=Name(Verdict.WEAK)), strong=True, mark=Verdict.WEAK), *watched,
    ), by=last.isoformat())  # fmt: skip


def _watched(found: Facts, here: Profile) -> Iterator[Row]:
    """Yield the watched rates of the district, then the watched streets of its main rate."""
    table = here.rates.table
    yield from rows_of(here.rates, table[table["verdict"] == Verdict.WATCH], "item")
    yield from found.streets_of(here.area.name, str(here.main["item"]), Verdict.WATCH)[:1]


def _entered(found: Facts, row: Row, here: Profile) -> Action | None:
    """Return the open entry of a watched rate of the district; None for a street, and without one."""
    entry = None if "street" in dict(row.key) else found.steps.entry(here.area.name, str(row["item"]))
    if entry is None:
        return None
    state = Run(say("{value}，{watch}", value=phrases.value(row), watch=Name(Verdict.WATCH)), mark=Verdict.WATCH)
    task = say("{rate}整改：{state}", rate=phrases.rate(row), state=found.steps.state(entry, row))
    day = days.before(entry.deadline, found.day.year)
    units = found.local(in_charge(entry.area, entry.item, (), found.entries), entry.area)
    return Action(task, listed(names(units), len(units)), day, (state,), by=entry.deadline.isoformat())


def _cause(found: Facts, row: Row, here: Profile) -> Action:
    """Return what is done about a watched rate: by the units of the rate, in a street or village by itself."""
    street = row.name("street") if "street" in dict(row.key) else None
    what = watching(str(row["measure"]))
    task = say("{where}{rate}{what}", where=street or Name(""), rate=phrases.rate(row), what=what)
    state = Run(say("{verdict}", verdict=Name(Verdict.WATCH)), mark=Verdict.WATCH)
    place = here.area.name, str(row["item"])
    units = next((one.units for one in found.watched if one.place == place), ())
    by = who(found, here.area.path[0], units) if here.area.level == "district" else say("{me}", me=Name(here.area.name))
    owner = say("{street}", street=street) if street else by
    day, last = watch_day(found, str(row["measure"])), watch_date(found, str(row["measure"]))
    evidence = (Run(say("{value}，", value=phrases.value(row))), state)
    return Action(task, owner, day, evidence, by=last.isoformat())


def _check(found: Facts) -> str:
    """Return the day of `check_day`, ISO."""
    return days.deadline(found.day, found.letterhead.check).isoformat()
