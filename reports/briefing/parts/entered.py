"""The rectification ledger in one line: what is overdue, and which measures did not help."""

from __future__ import annotations

from collections.abc import Sequence

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
    late = [one for one in open_ if one.days_late(found.day)]
    failed = [one for one in open_ if one.status is Status.STILL_WEAK]
    pressed = [one for one in open_ if one in late or one in failed]
    waiting = [one for one in open_ if one not in pressed and one.status is Status.DONE]
    rest = len(open_) - len(pressed[:NAMED]) - len(waiting[:NAMED])
    parts = [say("整改台账{n}项没有销号", n=count(open_, "open entries")), *_pressing(late, failed)]
    named = [
        *(_entry(found, one) for one in pressed[:NAMED]),
        *(_waiting(found, one) for one in waiting[:NAMED]),
    ]
    if named and rest:
        named.append(say("其余{n}项见整改台账", n=setting("further open entries", rest)))
    text = join(named)
    return join(parts, "，") + (say("：{named}", named=text) if text else text)


def _pressing(late: Sequence[Entry], failed: Sequence[Entry]) -> tuple[Sentence, ...]:
    """Return how many entries are overdue and how many a wave found weak again; once where they are the same."""
    if late and set(late) == set(failed):
        return (say("{n}项超期且复测仍未达标、要换措施", n=count(late, "overdue entries")),)
    return (
        say("{n}项超期", n=count(late, "overdue entries")) if late else say("没有超期的"),
        say("{n}项复测仍未达标、要换措施", n=count(failed, "entries still weak")) if failed else Sentence(),
    )


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
    """Return an entry that is reported as done: 望澄区满意率已报完成，待本轮复测，达标才销号."""
    rate = Name(short(found.gathered.rate(one.item)))
    test = "待本轮复测，达标才销号" if one in found.steps.testable else "等下一轮复测"
    return say("{area}{rate}已报完成，{test}", area=Name(one.area), rate=rate, test=Name(test))


def delay(found: Facts, one: Entry) -> Sentence:
    """Return by how long an entry is overdue: 原定8月9日完成，逾期112天; empty where it is not."""
    late = one.days_late(found.day)
    if not late:
        return Sentence()
    return say("原定{day}完成，逾期{n}天", day=days.near(one.deadline, found.day.year), n=setting("days overdue", late))
