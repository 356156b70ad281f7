"""What to do in the city: the tasks of the district in the headline, other districts, groups, causes, re-interviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.areas.places import find
from reports.briefing.blocks import Action, Actions
from reports.briefing.facts import Facts, profile_in
from reports.briefing.parts.actions import again, causes, charged, mend, of_group, plan_day, table, until
from reports.briefing.parts.tasks import tasks_of
from reports.sentences.sentence import Name, Sentence, say

MOST = 6
"""Number of rows."""


def actions(found: Facts, channels: Sequence[str] = ()) -> Actions | None:
    """Return what to do in the city, at most `MOST` rows; None where there is nothing.

    The tasks of the district with the largest confirmed shortfall stand first, in the words of its 区域档案.

    Args:
        found: the facts.
        channels: names of the channels that reach those who do not know.
    """
    first = found.sure[0].place[0] if found.sure else ""
    own = _of_district(found, first) if first else []
    last = [one for one in (causes(found, but=first), again(found)) if one]
    rest = [mend(found, one) for one in found.sure if one.place[0] != first]
    rest += [of_group(found, column, row, channels) for column, row in found.weak_groups()]
    rows = [replace(one, evidence=()) for one in (*own, *rest[: MOST - len(own) - len(last)], *last)]
    return table(rows) if rows else None


def _of_district(found: Facts, district: str) -> list[Action]:
    here = profile_in(found, find(found.study.areas, (district,)))
    return [_named(one, district) for one in tasks_of(found, here)]


def _named(one: Action, district: str) -> Action:
    """Return a task of a district with its name before it, unless it begins with it."""
    if one.task.text.startswith(district):
        return one
    return replace(one, task=say("{area}：{task}", area=Name(district), task=one.task))


def leading(found: Facts) -> Sentence:
    """Return who leads in the district whose tasks stand first, and by when its plan is due.

    Empty where study.toml names no lead unit; the plan is due where the ledger has the weakness, as in the 整改通知单.
    """
    district = found.sure[0].place[0] if found.sure else ""
    lead = found.letterhead.named_lead_of(district) if district else ""
    if not lead:
        return Sentence()
    entered = found.steps.entry(*found.sure[0].place) is not None
    plan = say("，{day}报送整改方案", day=plan_day(found)) if entered else Sentence()
    return say("　{area}的事由{lead}牵头{plan}", area=Name(district), lead=Name(lead), plan=plan)


def call(found: Facts) -> Sentence:
    """Return who acts first and by when, for the line below the headline of the page."""
    if found.sure:
        return say("{who}，{day}完成整改", who=charged(found, found.sure[0]), day=until(found, found.sure[0]))
    todo = actions(found)
    if todo is None:
        return say("本轮没有要办的事项")
    first = todo.rows[0]
    return say("由{who}办：{task}，{day}", who=first.owner, task=first.task, day=first.due)
