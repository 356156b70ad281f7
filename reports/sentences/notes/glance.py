"""Notes of the numbers above the documents of 简报."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, listed, names, say

OTHERS = 2
"""Number of groups that are named."""
People = tuple[str, Row]
"""The column that names a group, and the verdict of one of its rates."""


def confirmed(sure: Sequence[Row], standing: Sentence | None = None) -> Sentence:
    """Return the largest confirmed weakness of the districts, how many there are, and what the ledger says of it.

    Args:
        sure: its rows of verdicts, the largest shortfall first.
        standing: from `reports.sentences.ledger.pressing`; None or empty where it says nothing or is hidden.
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
        standing=say("：{said}", said=standing) if standing else Sentence(),
    )


def person(one: People, units: Sequence[str], step: Sentence) -> Sentence:
    """Return the confirmed weakness of a group of people, and who acts on it by when.

    Args:
        one: the column and the row of the group.
        units: who is in charge; may be empty.
        step: what is done, and by when.
    """
    return say(
        "人群：{one}，{weak}；{who}{step}",
        one=_named([one])[0],
        weak=Name(Verdict.WEAK),
        who=listed(names(units)) + " " if units else Sentence(),
        step=step,
    )


def groups(found: Sequence[People]) -> Sentence:
    """Return the confirmed weaknesses of groups of people with their rates; the first two by name.

    Args:
        found: (column, row) of the confirmed groups, the one to name first.
    """
    return listed(_named(found), OTHERS)


def further(rest: Sequence[object]) -> Sentence:
    """Return how many tasks stand in the document alone; empty for none."""
    return say("其余 {n} 件见下面的简报", n=count(rest, "further tasks")) if rest else Sentence()


def _named(found: Sequence[People]) -> list[Sentence]:
    return [
        say(
            "{group}{rate} {now}",
            group=row.name(column),
            rate=row.name("label"),
            now=row.bound("estimate", Format.WHOLE),
        )
        for column, row in found
    ]
