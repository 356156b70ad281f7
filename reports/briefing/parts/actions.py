"""What to do, who does it and by when: from confirmed rates, streets and groups, watched rates and red lights.

The lead unit is that of the district; the units in charge are those of the ledger, or of the worst items.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Action, Actions, Run
from reports.briefing.facts import Facts, worst_items
from reports.overview.people import lowest_items_of, units_of
from reports.overview.problems import OWNERS, WORST, Problem, own_units
from reports.owners import entry_of, in_charge
from reports.sentences import briefing as sentences
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.notes.watched import due_by, watching
from reports.sentences.sentence import Name, Row, Sentence, count, field, join, listed, names, say
from survey.instrument.measure import appraisals, knowledge
from survey.study.plans.rectification import Status

NAMED = 4
"""Number of districts that one row names."""


def table(rows: Sequence[Action], *, led: bool = False) -> Actions:
    """Return actions with their headings; `led` for a table of several districts, which names their lead units."""
    heads = ["事项", *(["牵头单位"] if led else []), "责任单位", "期限"]
    headings = tuple(say("{head}", head=Name(head)) for head in heads)
    columns = join(headings[:-1], "、")
    alt = say("表，{rows}行，列为{columns}和期限", rows=count(rows, "actions"), columns=columns)
    return Actions("actions", say("谁来办、何时办"), tuple(rows), headings, alt)


def mend(found: Facts, one: Problem) -> Action:
    """Return the mending of a confirmed rate: where, what, who, by when."""
    district, item = one.place
    weak = [row.name("street") for row in found.streets_of(district, item, Verdict.WEAK)]
    where = phrases.streets(weak) if weak else say("{area}", area=Name(district))
    items = one.items if str(one.row["measure"]) in appraisals() else ()
    what = listed(names(items)) if items else phrases.rate(one.row)
    return Action(
        say("{where}{what}整改", where=where, what=what),
        who(found, one.place[0], one.units),
        until(found, one),
        (Run(phrases.judgement(one.row)),),
        led(found, district),
        due(found, *one.place).isoformat(),
    )


def led(found: Facts, *districts: str) -> Sentence:
    """Return the lead units of some districts; the districts themselves where none is known."""
    return listed(names(found.letterhead.short_lead_of(one) for one in districts), OWNERS)


def mend_streets(found: Facts, district: str, rows: Sequence[Row]) -> Action:
    """Return the mending of the confirmed streets of a district that is not confirmed itself.

    Args:
        found: the facts.
        district: its name.
        rows: the streets, of one rate.
    """
    item = str(rows[0]["item"])
    known = next((one.units for one in found.watched if one.place == (district, item)), street_owners(found, rows[0]))
    units = in_charge(district, item, known, found.entries)
    last = due(found, district, item)
    where = phrases.streets([row.name("street") for row in rows])
    entry = entry_of(district, item, found.entries)
    more = Name("继续" if entry is not None and entry.status is Status.DONE else "")
    task = say(
        "{area}：{where}{rate}{more}整改", area=Name(district), where=where, rate=phrases.rate(rows[0]), more=more
    )
    day = days.before(last, found.day.year)
    return Action(task, who(found, district, units), day, (), led(found, district), last.isoformat())


def plans(found: Facts) -> list[Action]:
    """Return the plans that districts with a confirmed rate in the ledger hand in, in one row; none without one."""
    some = [one.place[0] for one in found.sure if found.steps.entry(*one.place) is not None]
    some = list(dict.fromkeys(some))
    if not some:
        return []
    last = days.deadline(found.day, found.letterhead.plan)
    task = say("{areas}报送整改方案", areas=listed(names(some), NAMED))
    whom = say("{office}", office=Name(found.letterhead.name))
    return [Action(say("{task}（报{whom}）", task=task, whom=whom), Sentence(), plan_day(found), (),
                   led(found, *some), last.isoformat())]  # fmt: skip


def due(found: Facts, district: str, item: str) -> date:
    """Return the deadline: that of the ledger where it still lies ahead, else counted from the day of the document.

    An entry that is reported as done has no deadline for what is still to be mended.
    """
    entry = entry_of(district, item, found.entries)
    if entry is not None and entry.status is not Status.DONE and entry.deadline > found.day:
        return entry.deadline
    return days.deadline(found.day, found.letterhead.mend)


def until(found: Facts, one: Problem) -> Sentence:
    """Return the deadline of a confirmed rate; with that of the ledger where it has passed."""
    day, late = days.before(due(found, *one.place), found.day.year), overdue(found, one)
    return day + say("（{late}）", late=late) if late else day


def overdue(found: Facts, one: Problem) -> Sentence:
    """Return that the deadline of the ledger has passed; empty where it has not, or where there is no entry."""
    entry = entry_of(*one.place, found.entries)
    if entry is None or not entry.days_late(found.day):
        return Sentence()
    return say("原定{first}，已超期", first=days.near(entry.deadline, found.day.year))


def who(found: Facts, district: str, units: Sequence[str]) -> Sentence:
    """Return the units in charge as pages name them; the lead unit of the district where none is known."""
    return listed(names(_units(found, district, units)), OWNERS)


def _units(found: Facts, district: str, units: Sequence[str]) -> tuple[str, ...]:
    return found.local(units[:OWNERS], district) or (found.letterhead.short_lead_of(district),)


def charged(found: Facts, one: Problem) -> Sentence:
    """Return who leads and who acts on a confirmed rate; the same words in writing, aloud and on the page."""
    district = one.place[0]
    return sentences.charged(found.letterhead.short_lead_of(district), found.local(one.units[:OWNERS], district))


def of_group(found: Facts, column: str, row: Row, channels: Sequence[str]) -> Action:
    """Return what is done for a group of the city that is confirmed low."""
    rate = found.gathered.rate(str(row["item"]))
    last = days.deadline(found.day, found.letterhead.mend)
    day = days.before(last, found.day.year)
    if rate.measure in knowledge():
        by = (
            say("，先用{channels}", channels=listed(names(one.partition("、")[0] for one in channels[:1])))
            if channels
            else Sentence()
        )
        task = say("全市{group}居民宣传{by}", group=row.name(column), by=by)
    else:
        lowest = lowest_items_of(found.gathered, found.selection, (column, row))
        worst = listed([one.name("label") for one in lowest], WORST)
        what = say("不满意事项：先改{worst}", worst=worst) if worst else say("{rate}整改", rate=phrases.rate(row))
        task = say("全市{group}居民{what}", group=row.name(column), what=what)
    evidence = say("{rate}{value}", rate=phrases.rate(row), value=phrases.value(row))
    units = listed(names(people_owners(found, column, row)), OWNERS)
    return Action(task, units, day, (Run(evidence),), by=last.isoformat())


def people_owners(found: Facts, column: str, row: Row) -> tuple[str, ...]:
    """Return who is in charge of the rate of a group of people of the city, as 总览 names them."""
    return units_of(found.gathered, found.selection, (column, row))


def street_owners(found: Facts, row: Row) -> tuple[str, ...]:
    """Return who is in charge of a rate of streets: the units of the worst items of the city; its own without items."""
    units = dict.fromkeys(found.gathered.rate(str(one["item"])).unit for one in _worst_of(found, row))
    return tuple(unit for unit in units if unit) or own_units(found.gathered.rate(str(row["item"])))


def _worst_of(found: Facts, row: Row) -> Sequence[Row]:
    """Return the worst items of the city where a rate consists of items; none else."""
    rate = found.gathered.rate(str(row["item"]))
    return worst_items(found.items)[:WORST] if rate.measure in appraisals() else ()


def causes(found: Facts, but: str = "") -> list[Action]:
    """Return what is done about watched rates that the ledger does not have, a row a rate, except in one district."""
    some = [one for one in found.unentered if one.place[0] != but]
    by_rate = [
        [one for one in some if one.row["item"] == item] for item in dict.fromkeys(one.row["item"] for one in some)
    ]
    return [_causes(found, alike) for alike in by_rate]


def _causes(found: Facts, alike: Sequence[Problem]) -> Action:
    first = alike[0].row
    measure = str(first["measure"])
    places = list(dict.fromkeys(one.place[0] for one in alike))
    units = dict.fromkeys(unit for one in alike for unit in _units(found, one.place[0], one.units))
    return Action(
        say("{areas}{rate}{what}（观察）", areas=listed(names(places), NAMED), rate=first.name("label"),
            what=watching(measure)),
        listed(names(units), OWNERS),
        watch_day(found, measure),
        (Run(phrases.judgement(first)),),
        led(found, *places),
        watch_date(found, measure).isoformat(),
    )  # fmt: skip


def again(found: Facts) -> list[Action]:
    """Return the interviews that an independent person repeats; none where no district has any."""
    parts = [
        say("{area}{n}份", area=Name(name), n=field(light, "again", Format.PLAIN))
        for name, light in found.lights.items()
        if light.again
    ]
    if not parts:
        return []
    shown = join(parts[:NAMED], "，")
    more = say("等") if len(parts) > NAMED else Sentence()
    task = say("独立复访：{areas}{more}", areas=shown, more=more)
    by = days.deadline(found.day, found.letterhead.check).isoformat()
    return [Action(task, say("{office}", office=Name(found.letterhead.name)), check_day(found), by=by)]


def plan_day(found: Facts) -> Sentence:
    """Return by when the plan of a rectification is due."""
    return days.before(days.deadline(found.day, found.letterhead.plan), found.day.year)


def watch_day(found: Facts, measure: str) -> Sentence:
    """Return by when something is done about a watched rate; the same day as on pages."""
    return days.before(watch_date(found, measure), found.day.year)


def watch_date(found: Facts, measure: str) -> date:
    """Return the day of `watch_day`."""
    return days.deadline(found.day, due_by(measure, campaign=found.letterhead.mend, check=found.letterhead.check))


def check_day(found: Facts) -> Sentence:
    """Return by when causes are checked and interviews repeated."""
    return days.before(days.deadline(found.day, found.letterhead.check), found.day.year)
