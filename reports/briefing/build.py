"""Documents by kind: the one door through which pages and commands get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from accounts.grants import require
from accounts.verbs import Verb
from reports.areas.places import Area, of_level, require_level, search
from reports.briefing.brief import GAP, brief, title_of
from reports.briefing.circular import circular, report
from reports.briefing.deck import deck
from reports.briefing.facts import Facts, facts, rates_by
from reports.briefing.model import Briefing, Kind
from reports.briefing.notice import may_notify, notice, supervision
from reports.briefing.parts.agenda import call
from reports.briefing.parts.heard import Heard, heard, residents_of
from reports.briefing.profile import profile
from reports.missing import require_own_parts
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Sentence
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


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a batch, not made yet.

    Attributes:
        name: the area or the entry that it is about; "" for the city.
        make: makes it.
        unit: the unit to which it goes: the folder of its files in an archive; "" for none.
    """

    name: str
    make: Callable[[], Briefing]
    unit: str = ""


Parts = tuple[Part, ...]


def _city(write: Callable[[Facts, Heard], Briefing]) -> Callable[[Source, str, str], Parts]:
    """Return the one document of the city."""
    return lambda found, area, level: (Part("", partial(write, found.facts, found.heard)),)


def _profiles(found: Source, area: str, level: str) -> Parts:
    """Return the profile of an area; of every one of a level with answers where none is named."""
    facts, selection = found.facts, found.facts.selection
    places = (search(facts.study.areas, area),) if area else of_level(facts.study.areas, level)
    if not area:
        there, mine = set(rates_by(facts, level).table[level].astype(str)), selection.scope
        places = tuple(one for one in places if one.name in there and (mine is None or one.path[0] in mine))
    for one in places:
        require_level(one, reserved=selection.reserved, scope=selection.scope)
    return tuple(Part("/".join(one.path), partial(_profile, found, one)) for one in places)


def _profile(found: Source, area: Area) -> Briefing:
    return profile(found.facts, area, residents_of(found.facts, area) if found.quotes else None)


def _notices(found: Source, area: str, _: str) -> Parts:
    """Return a notice for each open entry that is confirmed low in this wave."""
    entries = [one for one in _entries(found, area) if may_notify(found.facts, one)]
    return _of_entries(found, notice, entries, "没有要发整改通知单的台账条目")


def _supervisions(found: Source, area: str, _: str) -> Parts:
    """Return a 督办单 for each overdue entry."""
    late = [one for one in _entries(found, area) if one.days_late(found.facts.day)]
    return _of_entries(found, supervision, late, "没有超期的台账条目")


def _entries(found: Source, area: str) -> list[Entry]:
    """Return the entries of a district or of a unit in charge."""
    return [one for one in found.facts.entries if area in ("", one.area, one.owner)]


def _of_entries(
    found: Source, write: Callable[[Facts, Entry], Briefing], entries: Sequence[Entry], nothing: str
) -> Parts:
    if not entries:
        raise ArgumentError(nothing, cure="确认薄弱的项目先在“整改台账”立项")
    return tuple(Part(f"{one.area} {one.item}", partial(write, found.facts, one), one.owner) for one in entries)


OF_LEDGER = (Kind.NOTICE, Kind.SUPERVISION)
"""Kinds about entries of the ledger."""
BUILD: Mapping[Kind, Callable[[Source, str, str], Parts]] = {
    Kind.BRIEF: _city(brief),
    Kind.PROFILE: _profiles,
    Kind.CIRCULAR: _city(circular),
    Kind.REPORT: _city(report),
    Kind.NOTICE: _notices,
    Kind.SUPERVISION: _supervisions,
    Kind.DECK: _city(deck),
}


def parts(found: Source, kind: Kind, area: str = "", level: str = "district") -> Parts:
    """Return the documents of a kind before they are made: one, or one for each area or entry where none is named.

    Args:
        found: the source.
        kind: the kind.
        area: an area, such as 青苇区 or 青苇区/芷坡镇; of notices also the unit in charge.
        level: of which areas there is one each, where none is named: "district", "street" or "community".

    Raises:
        AccountError: the role may not see the ledger.
        ArgumentError: an area that does not exist or is not the reader's, or nothing to write about.
    """
    if kind in OF_LEDGER:
        require(Verb.LEDGER, str(kind))
    return BUILD[kind](found, area, level)


def finding(found: Source) -> tuple[Sentence, Sentence]:
    """Return what the 简报 finds, as its title on one line, and who acts on it by when."""
    title = title_of(found.facts)
    return Sentence(
        tuple(piece.replace(GAP, "，") if isinstance(piece, str) else piece for piece in title.pieces)
    ), call(found.facts)


def build(found: Source, kind: Kind, area: str = "") -> tuple[Briefing, ...]:
    """Return the documents of a kind; see `parts`.

    Raises:
        AccountError, ArgumentError: as of `parts`.
        DesignError: nothing may be said of the area.
    """
    return tuple(one.make() for one in parts(found, kind, area))
