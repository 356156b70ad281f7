"""The rectification ledger in one line: what is overdue, and which measures did not help."""

from __future__ import annotations

from accounts.grants import may
from accounts.verbs import Verb
from reports.briefing.facts import Facts
from reports.labels import short
from reports.sentences.notes import days
from reports.sentences.sentence import Name, Sentence, count, join, say, setting
from survey.study.plans.rectification import Entry, Status

NAMED = 2
"""Number of entries that the line names."""


def entered(found: Facts) -> Sentence:
    """Return what the ledger presses for; empty where nothing is open or may be seen."""
    open_ = found.steps.open
    if not open_ or not may(Verb.LEDGER):
        return Sentence()
    pressed = [one for one in open_ if one.days_late(found.day) or one.status is Status.STILL_WEAK]
    late = [one for one in open_ if one.days_late(found.day)]
    failed = [one for one in open_ if one.status is Status.STILL_WEAK]
    parts = [
        say("整改台账{n}项没有销号", n=count(open_, "open entries")),
        say("{n}项超期", n=count(late, "overdue entries")) if late else say("没有超期的"),
        say("{n}项复测仍未达标、要换措施", n=count(failed, "entries still weak")) if failed else Sentence(),
    ]
    waiting = [one for one in open_ if one not in pressed and one.status is Status.DONE]
    named = join([*(_entry(found, one) for one in pressed[:NAMED]), *(_waiting(found, one) for one in waiting[:NAMED])])
    return join(parts, "，") + (say("：{named}", named=named) if named else named)


def _entry(found: Facts, one: Entry) -> Sentence:
    """Return one entry: 青苇区满意率原定8月9日完成，逾期112天，原措施“停车专项整治”复测没有达标."""
    rate = Name(short(found.gathered.rate(one.item)))
    parts = [
        say("{area}{rate}", area=Name(one.area), rate=rate),
        delay(found, one),
        say("复测仍未达标") if one.status is Status.STILL_WEAK else Sentence(),
    ]
    first, *rest = parts
    return first + join(rest, "，")


def _waiting(found: Facts, one: Entry) -> Sentence:
    """Return an entry that is reported as done: 望澄区满意率已报完成，等下一轮复测."""
    rate = Name(short(found.gathered.rate(one.item)))
    return say("{area}{rate}已报完成，等下一轮复测", area=Name(one.area), rate=rate)


def delay(found: Facts, one: Entry) -> Sentence:
    """Return by how long an entry is overdue: 原定8月9日完成，逾期112天; empty where it is not."""
    late = one.days_late(found.day)
    if not late:
        return Sentence()
    return say("原定{day}完成，逾期{n}天", day=days.near(one.deadline, found.day.year), n=setting("days overdue", late))
