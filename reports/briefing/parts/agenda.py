"""What to do in the city, in order of day: plans, causes, re-interviews, the tasks of the worst district, the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.areas.verdict import Verdict
from reports.areas.places import children, find
from reports.areas.profile import Profile
from reports.briefing.blocks import Action, Actions
from reports.briefing.facts import Facts, profile_in
from reports.briefing.parts.actions import (
    again,
    causes,
    charged,
    led,
    mend,
    mend_streets,
    of_group,
    plans,
    table,
    until,
)
from reports.briefing.parts.findings import day_of
from reports.briefing.parts.tasks import rates_of, tasks_of
from reports.sentences.sentence import Name, Sentence, count, rows_of, say

MOST = 9
"""Number of rows."""


def actions(found: Facts, channels: Sequence[str] = ()) -> Actions | None:
    """Return what to do in the city in order of day, at most `MOST` rows; None where there is nothing.

    The tasks of the district with the largest confirmed shortfall are among them, in the words of its 区域档案; what
    does not fit is counted in the last row.

    Args:
        found: the facts.
        channels: names of the channels that reach those who do not know.
    """
    first = found.sure[0].place[0] if found.sure else ""
    here = profile_in(found, find(found.study.areas, (first,))) if first else None
    own = [_named(found, one, first) for one in tasks_of(found, here)] if here else []
    must = [*plans(found), *own, *causes(found, but=first), *again(found)]
    rest = [mend(found, one) for one in found.sure if one.place[0] != first]
    rest += _streets(found, here)
    rest += [of_group(found, column, row, channels) for column, row in found.weak_groups()]
    every = [*must, *rest]
    rows = sorted((replace(one, evidence=()) for one in every[:MOST]), key=lambda one: one.by or "9")
    if more := every[MOST:]:
        task = say("其余{n}件见区域档案和整改台账", n=count(more, "further actions"))
        rows.append(Action(task, Sentence(), Sentence()))
    return table(rows, led=True) if rows else None


def _named(found: Facts, one: Action, district: str) -> Action:
    """Return a task of a district behind its name, with its lead unit; that a deadline has passed stands elsewhere."""
    named = one.task.text.startswith(district)
    task = one.task if named else say("{area}：{task}", area=Name(district), task=one.task)
    return replace(one, task=task, lead=led(found, district), due=day_of(one.due))


def _streets(found: Facts, first: Profile | None) -> Iterator[Action]:
    """Yield the confirmed streets of the rate in the headline where no other task covers them, by district."""
    item = main_item(found)
    covered = {one.place[0] for one in found.sure if one.place[1] == item}
    if first is not None and item in rates_of(found, first):
        covered.add(first.area.name)
    weak = found.streets.table
    weak = weak[(weak["verdict"] == Verdict.WEAK) & (weak["item"].astype(str) == item)]
    rows = [(str(row["street"]), row) for row in rows_of(found.streets, weak, "street", "item")]
    for district in dict.fromkeys(found.districts.table["district"].astype(str)) if rows else ():
        if district in covered:
            continue
        names = {one.name for one in children(found.study.areas, find(found.study.areas, (district,)))}
        if some := [row for name, row in rows if name in names]:
            yield mend_streets(found, district, some)


def main_item(found: Facts) -> str:
    """Return the rate of which documents name streets: of the worst confirmed or watched district, or the last."""
    loud = [*found.sure, *found.watched]
    return str(loud[0].row["item"] if loud else found.city.table["item"].iloc[-1])


def call(found: Facts) -> Sentence:
    """Return who acts first and by when, for the line below the headline of the page."""
    if found.sure:
        return say("{who}，{day}完成整改", who=charged(found, found.sure[0]), day=until(found, found.sure[0]))
    todo = actions(found)
    if todo is None:
        return say("本轮没有要办的事项")
    first = todo.rows[0]
    return say("由{who}办：{task}，{day}", who=first.owner or first.lead, task=first.task, day=first.due)
