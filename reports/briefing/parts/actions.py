"""What to do, who does it and by when: from confirmed rates, confirmed groups, watched rates and red lights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from analysis.areas.verdict import Verdict
from reports.briefing import phrases
from reports.briefing.blocks import Action, Actions, Run
from reports.briefing.facts import Facts, worst_items
from reports.overview.next_step import watching
from reports.overview.problems import WORST, Problem, own_units
from reports.owners import entry_of
from reports.sentences import briefing as sentences
from reports.sentences.formats import Format
from reports.sentences.notes import days
from reports.sentences.sentence import Name, Row, Sentence, count, field, join, listed, names, say
from survey.instrument.measure import appraisals, knowledge

MOST = 4
"""Number of rows."""
NAMED = 4
"""Number of districts that one row names."""


def actions(found: Facts, channels: Sequence[str] = ()) -> Actions | None:
    """Return what to do in the city, at most four rows; None where there is nothing.

    Args:
        found: the facts.
        channels: names of the channels that reach those who do not know.
    """
    last = [one for one in (_causes(found), _again(found)) if one]
    groups = [_of_group(found, column, row, channels) for column, row in found.weak_groups()]
    first = [*(mend(found, one) for one in found.sure), *groups]
    rows = [replace(one, evidence=()) for one in (*first[: MOST - len(last)], *last)]
    return table(rows) if rows else None


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
    weak = found.streets_of(district, item, Verdict.WEAK)[:2]
    where = listed([row.name("street") for row in weak]) if weak else say("{area}", area=Name(district))
    items = one.items if str(one.row["measure"]) in appraisals() else ()
    what = listed(names(items)) if items else phrases.rate(one.row)
    return Action(
        say("{where}{what}整改", where=where, what=what),
        owners(found, one),
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


def owners(found: Facts, one: Problem) -> Sentence:
    """Return the lead unit of the district, and the units in charge, who help."""
    lead = Name(found.letterhead.short_lead_of(one.place[0]))
    return listed([lead, *names(one.units[:2])], 3)


def charged(found: Facts, one: Problem) -> Sentence:
    """Return who leads and who acts on a confirmed rate; the same words in writing, aloud and on the page."""
    return sentences.charged(found.letterhead.short_lead_of(one.place[0]), one.units[:2])


def call(found: Facts) -> Sentence:
    """Return who acts first and by when, for the line below the headline of the page."""
    if found.sure:
        return say("{who}，{day}完成整改", who=charged(found, found.sure[0]), day=until(found, found.sure[0]))
    todo = actions(found)
    if todo is None:
        return say("本轮没有要办的事项")
    first = todo.rows[0]
    return say("由{who}办：{task}，{day}", who=first.owner, task=first.task, day=first.due)


def _of_group(found: Facts, column: str, row: Row, channels: Sequence[str]) -> Action:
    rate = found.gathered.rate(str(row["item"]))
    day = days.before(days.deadline(found.day, found.letterhead.mend), found.day.year)
    if rate.measure in knowledge():
        by = say("，先用{channels}", channels=listed(names(channels))) if channels else Sentence()
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


def _causes(found: Facts) -> Action | None:
    """Return what is done in the districts with a watched rate that the ledger does not have."""
    if not found.unentered:
        return None
    first = found.unentered[0].row
    places = list(dict.fromkeys(one.place[0] for one in found.unentered if one.row["item"] == first["item"]))
    leads = [found.letterhead.short_lead_of(name) for name in places]
    return Action(
        say(
            "{areas}{rate}{what}（观察）",
            areas=listed(names(places), NAMED),
            rate=first.name("label"),
            what=watching(str(first["measure"])),
        ),
        listed(names(leads), NAMED - 2),
        _check(found),
        (Run(phrases.judgement(first)),),
    )


def _again(found: Facts) -> Action | None:
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
    return Action(say("独立复访：{areas}{more}", areas=shown, more=more), say("{office}", office=office), _check(found))


def _check(found: Facts) -> Sentence:
    return days.before(days.deadline(found.day, found.letterhead.check), found.day.year)
