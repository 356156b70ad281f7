"""Notes of the numbers above the documents of 简报."""

from __future__ import annotations

from collections.abc import Sequence

from reports.sentences.formats import Format
from reports.sentences.ledger import Due
from reports.sentences.sentence import Row, Sentence, count, field, join, listed, names, say
from survey.study.plans.rectification import Status


def confirmed(sure: Sequence[Row], own: Due | None = None) -> Sentence:
    """Return the largest confirmed weakness of the districts, how many there are, and what the ledger says of it.

    Args:
        sure: its rows of verdicts, the largest shortfall first.
        own: its open entry; None where there is none, or where the ledger is not to be seen.
    """
    if not sure:
        return say("区县四率")
    first = sure[0]
    more = say("等 {n} 项", n=count(sure, "confirmed weaknesses")) if len(sure) > 1 else Sentence()
    return say(
        "{area}{rate} {now}{more}{standing}",
        area=first.name("district"),
        rate=first.name("label"),
        now=first.bound("estimate", Format.WHOLE),
        more=more,
        standing=Sentence() if own is None else _standing(own),
    )


def _standing(own: Due) -> Sentence:
    """Return by how long an entry is overdue, and whether its measures did not help; empty for neither."""
    late = say("已超期 {days} 天", days=field(own, "late", Format.COUNT)) if own.late else Sentence()
    failed = say("措施未见效") if own.entry.status is Status.STILL_WEAK else Sentence()
    said = join([late, failed], "，")
    return say("：{said}", said=said) if said else said


def group(column: str, row: Row) -> Sentence:
    """Return a confirmed weakness of a group of people, and its target.

    Args:
        column: the column that names the group.
        row: its row of verdicts.
    """
    return say(
        "{group}{rate}，目标 {line}",
        group=row.name(column),
        rate=row.name("label"),
        line=row.bound("line", Format.TARGET),
    )


def left_out(red: Sequence[str]) -> Sentence:
    """Return which districts a forecast leaves out; empty for none."""
    return say("不含待复访的{areas}", areas=listed(names(red), 2)) if red else Sentence()
