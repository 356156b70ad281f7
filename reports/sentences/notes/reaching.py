"""Sentences on what makes passing likely: districts that reach the line of the city, a rise everywhere; and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isnan

from analysis.decisions.passing.pass_forecast import Forecast
from reports.sentences.formats import Format
from reports.sentences.notes.days import on_page
from reports.sentences.sentence import Binding, Name, Row, Sentence, field, listed, names, say

OTHERS = 3
"""Number of further districts that a sentence names."""


def first(row: Row, line: Binding, chance: Binding) -> Sentence:
    """Report what the worst district brings if its rate reaches the line of the city.

    Args:
        row: the verdict of the rate there, from `reports.verdicts.judged`.
        line: the line.
        chance: the probability of passing everything then.
    """
    return say("{title}，全部达标的可能升到{chance}", title=title(row, line), chance=chance)


def further(others: Sequence[Row], leads: Sequence[str], line: Binding, chance: Binding) -> Sentence:
    """Report what the next worst districts bring if they reach the line of the city too; follows `first`.

    Args:
        others: verdicts of the rate there, the worst first; may be empty.
        leads: the lead units of these districts; may be empty.
        line: the line.
        chance: the probability of passing everything then.
    """
    if not others:
        return Sentence()
    where = [
        say("{area}（{now}）", area=row.name("district"), now=row.bound("estimate", Format.WHOLE)) for row in others
    ]
    return say(
        "再{who}把{where}也提到 {line}，升到{chance}",
        who=say("由{leads}", leads=listed(names(leads), OTHERS)) if leads else Sentence(),
        where=listed(where, OTHERS, "个区县"),
        line=line,
        chance=chance,
    )


def title(row: Row, line: Binding) -> Sentence:
    """Name the step: the rate of a district now, and the line."""
    return say(
        "{area}{rate}从 {now} 提到 {line}",
        area=row.name("district"),
        rate=row.name("label"),
        now=row.bound("estimate", Format.WHOLE),
        line=line,
    )


def also(others: Sequence[Row], line: Binding) -> Sentence:
    """Name the step after the first one: the next worst districts reach the line too; see `further`."""
    where = listed([row.name("district") for row in others], OTHERS, "个区县")
    return say("{where}也提到 {line}", where=where, line=line)


def rise(rate: str, found: Forecast) -> Sentence:
    """Name the rise of a rate in the whole city that nine in ten take; empty where no rise of it suffices."""
    if isnan(found.needed):
        return Sentence()
    return say("要到九成：全市{rate}提高 {rise}", rate=Name(rate), rise=field(found, "needed", Format.POINTS))


def enough(rate: str, found: Forecast) -> Sentence:
    """Report by how much a rate must rise in the whole city for nine in ten, or that no rise of it suffices.

    Args:
        rate: name of the rate with the largest gain.
        found: the forecast of the city.
    """
    if isnan(found.needed):
        return say("单靠{rate}到不了九成", rate=Name(rate))
    rise = field(found, "needed", Format.POINTS)
    return say("要到九成，全市{rate}得提高 {rise}", rate=Name(rate), rise=rise)


def exam(day: date | None, today: date) -> Sentence:
    """Report when the official survey is, or that study.toml does not say it.

    Args:
        day: the day; None where it is not known.
        today: the day that decides whether it is over.
    """
    if day is None:
        return say("官方调查日期待定")
    return say("官方调查 {day}{over}", day=on_page(day, today.year), over=Name("（已过）" if day < today else ""))
