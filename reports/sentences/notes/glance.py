"""Notes of the numbers above the documents of 简报."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, listed, names, say

OTHERS = 2
"""Number of further groups that the line on people names."""


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


def people(found: Sequence[tuple[str, Row]], units: Sequence[str], step: Sentence) -> Sentence:
    """Return the confirmed weaknesses of groups of people, and who acts by when on the first; empty for none.

    Args:
        found: (column, row) of the confirmed groups, the one to name first.
        units: who is in charge of its rate; may be empty.
        step: what is done, and by when.
    """
    if not found:
        return Sentence()
    first, *others = _named(found)
    return say(
        "人群{more}{weak}：{first}，{who}{step}{others}",
        more=say("有 {n} 项", n=count(found, "confirmed weaknesses of groups")) if others else Sentence(),
        weak=Name(Verdict.WEAK),
        first=first,
        who=listed(names(units)) + " " if units else Sentence(),
        step=step,
        others=say("；{others}", others=listed(others, OTHERS)) if others else Sentence(),
    )


def groups(found: Sequence[tuple[str, Row]]) -> Sentence:
    """Return the confirmed weaknesses of groups of people with their rates; the first two by name.

    Args:
        found: (column, row) of the confirmed groups, the one to name first.
    """
    return listed(_named(found), OTHERS)


def further(rest: Sequence[object]) -> Sentence:
    """Return how many tasks stand in the document alone; empty for none."""
    return say("其余 {n} 件见下面的简报", n=count(rest, "further tasks")) if rest else Sentence()


def _named(found: Sequence[tuple[str, Row]]) -> list[Sentence]:
    return [
        say(
            "{group}{rate} {now}",
            group=row.name(column),
            rate=row.name("label"),
            now=row.bound("estimate", Format.WHOLE),
        )
        for column, row in found
    ]
