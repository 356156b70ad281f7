"""Notes of the four numbers above the documents of 简报."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reports.sentences.formats import Format
from reports.sentences.ledger import Due
from reports.sentences.notes.days import on_page
from reports.sentences.sentence import Name, Row, Sentence, count, field, listed, names, say


def confirmed(sure: Sequence[Row]) -> Sentence:
    """Return the largest confirmed weakness of the districts, and how many there are.

    Args:
        sure: its rows of verdicts, the largest shortfall first.
    """
    if not sure:
        return say("区县四率")
    first = sure[0]
    more = say("等 {n} 项", n=count(sure, "confirmed weaknesses")) if len(sure) > 1 else Sentence()
    return say(
        "{area}{rate} {now}{more}",
        area=first.name("district"),
        rate=first.name("label"),
        now=first.bound("estimate", Format.WHOLE),
        more=more,
    )


def overdue(late: Sequence[Due], renew: date) -> Sentence:
    """Return by how long the longest overdue entry is late, and by when it is to be done instead."""
    if not late:
        return say("台账没有超期")
    days = field(late[0], "late", Format.COUNT)
    day = on_page(renew, late[0].entry.deadline.year)
    return say("{longest}{days} 天，{day}前完成", longest=Name("最久 " if len(late) > 1 else ""), days=days, day=day)


def without_effect(failed: Sequence[Due]) -> Sentence:
    """Return which entries were measured again and are still weak, and what is to be done."""
    if not failed:
        return say("复测没有仍薄弱的")
    return say("{places}，要换措施", places=listed([one.place for one in failed], 1, "项"))


def left_out(red: Sequence[str]) -> Sentence:
    """Return which districts a forecast leaves out; empty for none."""
    return say("不含待复访的{areas}", areas=listed(names(red), 2)) if red else Sentence()
