"""What to do, who does it and by when: from confirmed rates, confirmed groups, watched rates and red lights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Action, Actions, Run
from reports.briefing.facts import Facts, worst_items
from reports.overview.problems import OWNERS, WORST, Problem, own_units
from reports.owners import entry_of
from reports.sentences import briefing as sentences
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.notes.watched import due_by, watching
from reports.sentences.sentence import Name, Row, Sentence, count, field, join, listed, names, say
from survey.instrument.measure import appraisals, knowledge

NAMED = 4
"""Number of districts that one row names."""


def table(rows: Sequence[Action]) -> Actions:
    """Return actions with the headings of a city's document."""
    words = "表，{rows}行，列为事项、责任单位和期限"
    return Actions(
        "actions",
        say("谁来办、何时办"),
        tuple(rows),
        (say("事项"), say("责任单位"), say("期限")),
        say(words, rows=count(rows, "actions")),
    )


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
    )


def due(found: Facts, district: str, item: str) -> date:
    """Return the deadline: that of the ledger where it still lies ahead, else counted from the day of the document."""
    entry = entry_of(district, item, found.entries)
    if entry is not None and entry.deadline > found.day:
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
    return tuple(units[:OWNERS]) or (found.letterhead.short_lead_of(district),)


def charged(found: Facts, one: Problem) -> Sentence:
    """Return who leads and who acts on a confirmed rate; the same words in writing, aloud and on the page."""
    return sentences.charged(found.letterhead.short_lead_of(one.place[0]), one.units[:OWNERS])


def of_group(found: Facts, column: str, row: Row, channels: Sequence[str]) -> Action:
    """Return what is done for a group of the city that is confirmed low."""
    rate = found.gathered.rate(str(row["item"]))
    day = days.before(days.deadline(found.day, found.letterhead.mend), found.day.year)
    if rate.measure in knowledge():
        by = say("，先用{channels}", channels=listed(names(channels[:1]))) if channels else Sentence()
        task = say("{group}居民宣传{by}", group=row.name(column), by=by)
    else:
        task = say("{group}居民{rate}整改", group=row.name(column), rate=phrases.rate(row))
    evidence = say("{rate}{value}", rate=phrases.rate(row), value=phrases.value(row))
    return Action(task, listed(names(group_owners(found, row)), 2), day, (Run(evidence),))


def group_owners(found: Facts, row: Row) -> tuple[str, ...]:
    """Return who is in charge of the rate of a group: the units of its worst items; its own without items."""
    rate = found.gathered.rate(str(row["item"]))
    worst = worst_items(found.items)[:WORST] if rate.measure in appraisals() else ()
    units = dict.fromkeys(found.gathered.rate(str(one["item"])).unit for one in worst)
    return tuple(unit for unit in units if unit) or own_units(rate)


def causes(found: Facts, but: str = "") -> Action | None:
    """Return what is done in the districts with a watched rate that the ledger does not have, except one district."""
    some = [one for one in found.unentered if one.place[0] != but]
    if not some:
        return None
    first = some[0].row
    alike = [one for one in some if one.row["item"] == first["item"]]
    places = list(dict.fromkeys(one.place[0] for one in alike))
    units = dict.fromkeys(unit for one in alike for unit in _units(found, one.place[0], one.units))
    return Action(
        say(
            "{areas}{rate}{what}（观察）",
            areas=listed(names(places), NAMED),
            rate=first.name("label"),
            what=watching(str(first["measure"])),
        ),
        listed(names(units), NAMED),
        watch_day(found, str(first["measure"])),
        (Run(phrases.judgement(first)),),
    )


def again(found: Facts) -> Action | None:
    """Return the interviews that an independent person repeats."""
    parts = [
        say("{area}{n}份", area=Name(name), n=field(light, "again", Format.PLAIN))
        for name, light in found.lights.items()
        if light.again
    ]
    if not parts:
        return None
    shown = join(parts[:NAMED], "，")
    more = say("等") if len(parts) > NAMED else Sentence()
    office = Name(found.letterhead.name)
    return Action(
        say("独立复访：{areas}{more}", areas=shown, more=more), say("{office}", office=office), check_day(found)
    )


def plan_day(found: Facts) -> Sentence:
    """Return by when the plan of a rectification is due."""
    return days.before(days.deadline(found.day, found.letterhead.plan), found.day.year)


def watch_day(found: Facts, measure: str) -> Sentence:
    """Return by when something is done about a watched rate; the same day as on pages."""
    period = due_by(measure, campaign=found.letterhead.mend, check=found.letterhead.check)
    return days.before(days.deadline(found.day, period), found.day.year)


def check_day(found: Facts) -> Sentence:
    """Return by when causes are checked and interviews repeated."""
    return days.before(days.deadline(found.day, found.letterhead.check), found.day.year)
