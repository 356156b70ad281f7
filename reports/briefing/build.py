"""Documents by kind: the one door through which pages and commands get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accounts.grants import require
from accounts.verbs import Verb
from reports.areas.places import find
from reports.briefing.brief import brief
from reports.briefing.circular import circular, report
from reports.briefing.deck import deck
from reports.briefing.facts import Facts, facts
from reports.briefing.model import Briefing, Kind
from reports.briefing.notice import may_notify, notice, supervision
from reports.briefing.parts.heard import Heard, heard, residents_of
from reports.briefing.profile import profile
from reports.missing import require_own_parts
from reports.sample import StudySample
from reports.selection import Selection
from survey.errors import ArgumentError
from survey.study.plans.rectification import Entry


@dataclass(frozen=True, slots=True)
class Source:
    """What every document of a wave is made from.

    Attributes:
        facts: the facts.
        heard: what residents of the city say.
        quotes: whether the reader may see what residents write.
    """

    facts: Facts
    heard: Heard
    quotes: bool


def source(gathered: StudySample, selection: Selection, *, quotes: bool) -> Source:
    """Return the source of the documents of a wave.

    Args:
        gathered: a probability sample.
        selection: wave and mode.
        quotes: whether the reader may see what residents write.

    Raises:
        DesignError: self-selected answers, or parts of the study that are still those of the template.
    """
    require_own_parts(gathered.study, against_targets=True)
    found = facts(gathered, selection)
    return Source(found, heard(found, quotes=quotes), quotes)


def _brief(found: Source, _: str) -> tuple[Briefing, ...]:
    return (brief(found.facts, found.heard),)


def _deck(found: Source, _: str) -> tuple[Briefing, ...]:
    return (deck(found.facts, found.heard),)


def _profile(found: Source, area: str) -> tuple[Briefing, ...]:
    """Return the profile of a district; of every one with answers where none is named."""
    there = dict.fromkeys(found.facts.districts.table["district"].astype(str))
    names = [area] if area else list(there)
    places = [find(found.facts.study.areas, (name,)) for name in names]
    return tuple(profile(found.facts, one, residents_of(found.facts, one) if found.quotes else None) for one in places)


def _notices(found: Source, area: str) -> tuple[Briefing, ...]:
    """Return a notice for each open entry that is confirmed low in this wave."""
    entries = [one for one in _entries(found, area) if may_notify(found.facts, one)]
    return tuple(notice(found.facts, one) for one in _some(entries, "没有要发整改通知单的台账条目"))


def _supervisions(found: Source, area: str) -> tuple[Briefing, ...]:
    """Return a 督办单 for each overdue entry."""
    late = [one for one in _entries(found, area) if one.days_late(found.facts.day)]
    return tuple(supervision(found.facts, one) for one in _some(late, "没有超期的台账条目"))


def _entries(found: Source, area: str) -> list[Entry]:
    return [one for one in found.facts.entries if area in ("", one.area)]


def _some(entries: Sequence[Entry], nothing: str) -> Sequence[Entry]:
    if not entries:
        raise ArgumentError(nothing, cure="确认薄弱的项目先在“整改台账”立项")
    return entries


def _circular(found: Source, _: str) -> tuple[Briefing, ...]:
    return (circular(found.facts, found.heard),)


def _report(found: Source, _: str) -> tuple[Briefing, ...]:
    return (report(found.facts, found.heard),)


OF_LEDGER = (Kind.NOTICE, Kind.SUPERVISION)
"""Kinds about entries of the ledger."""
BUILD: Mapping[Kind, Callable[[Source, str], tuple[Briefing, ...]]] = {
    Kind.BRIEF: _brief,
    Kind.PROFILE: _profile,
    Kind.CIRCULAR: _circular,
    Kind.REPORT: _report,
    Kind.NOTICE: _notices,
    Kind.SUPERVISION: _supervisions,
    Kind.DECK: _deck,
}


def build(found: Source, kind: Kind, area: str = "") -> tuple[Briefing, ...]:
    """Return the documents of a kind: one, or one for each area or entry where no area is named.

    Raises:
        AccountError: the role may not see the ledger.
        ArgumentError: an area that does not exist, or nothing to write about.
    """
    if kind in OF_LEDGER:
        require(Verb.LEDGER, str(kind))
    return BUILD[kind](found, area)
