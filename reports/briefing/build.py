"""Documents by kind: the one door through which pages and commands get them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.briefing.brief import brief
from reports.briefing.facts import Facts, facts
from reports.briefing.model import Briefing, Kind
from reports.briefing.parts.heard import Heard, heard
from reports.missing import require_own_parts
from reports.sample import StudySample
from reports.selection import Selection
from survey.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class Source:
    """What every document of a wave is made from: the facts, and what residents say."""

    facts: Facts
    heard: Heard


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
    return Source(found, heard(found, quotes=quotes))


def _brief(found: Source, _: str) -> tuple[Briefing, ...]:
    return (brief(found.facts, found.heard),)


BUILD: Mapping[Kind, Callable[[Source, str], tuple[Briefing, ...]]] = {
    Kind.BRIEF: _brief,
}


def build(found: Source, kind: Kind, area: str = "") -> tuple[Briefing, ...]:
    """Return the documents of a kind: one, or one for each area or entry where no area is named.

    Raises:
        ArgumentError: an area that does not exist, or nothing to write about.
    """
    if kind not in BUILD:
        raise ArgumentError("没有这种文件", got=str(kind), expected="、".join(BUILD))
    return BUILD[kind](found, area)
