"""Notes of the four numbers above the documents of 简报."""

from __future__ import annotations

from collections.abc import Sequence

from reports.sentences.formats import Format
from reports.sentences.sentence import Row, Sentence, count, listed, names, say


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


def left_out(red: Sequence[str]) -> Sentence:
    """Return which districts a forecast leaves out; empty for none."""
    return say("不含待复访的{areas}", areas=listed(names(red), 2)) if red else Sentence()
