"""What residents say, and the channels that reach them, as far as the reader of a document may know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.integrity.lights import MARK
from reports.areas.places import Area
from reports.areas.residents import Voices, voices
from reports.audience.heard import heard_by
from reports.briefing.facts import Facts, worst_items
from reports.briefing.phrases import brief_name
from reports.plans.outreach import widest
from reports.sentences.sentence import Row
from reports.voices.asked import TextSelection
from reports.voices.open_answers import OpenAnswers, load_answers, open_questions
from reports.voices.quoted import comments
from survey.errors import DesignError, StoreError, StudyError
from survey.instrument.measure import knowledge

LONGEST = 20
"""Largest number of characters of a quote."""
QUOTES, CHANNELS, TRIED = 3, 2, 12
REMOVED = ("某地", "某日", MARK)


@dataclass(frozen=True, slots=True)
class Heard:
    """Masked quotes, one a theme, and names of channels; both may be empty."""

    quotes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


def heard(found: Facts, *, quotes: bool) -> Heard:
    """Return quotes about the worst items, and the channels with the largest reach.

    Args:
        found: the facts.
        quotes: whether the reader may see what residents write.
    """
    said = tuple(dict.fromkeys(_quotes(found, worst_items(found.items)[:QUOTES]))) if quotes else ()
    return Heard(said, _channels(found))


def residents_of(found: Facts, area: Area) -> Voices:
    """Return what residents of an area say; nothing without an open question."""
    known = _answers(found)
    return Voices() if known is None else voices(found.study, known[1], TextSelection(found.selection, known[0]), area)


def _answers(found: Facts) -> tuple[str, OpenAnswers] | None:
    """Return the first open question with its answers; None without any.

    They are kept with the sample, since every district of a batch asks for them.
    """
    cache, key = found.gathered.sample.cells.cache, "open answers"
    if key not in cache:
        try:
            item = next(iter(open_questions(found.study)))
            cache[key] = item, load_answers(found.study, item, version=found.gathered.version)
        except (StudyError, StoreError):
            cache[key] = None
    kept: tuple[str, OpenAnswers] | None = cache[key]
    return kept


def _quotes(found: Facts, worst: Sequence[Row]) -> Iterator[str]:
    """Yield one short quote for each item: from the whole city, without any place."""
    study, known = found.study, _answers(found)
    if known is None:
        return
    item, answers = known
    places = {part for name in study.areas.districts for part in (name, brief_name(name))}
    asked = TextSelection(found.selection, item)
    for row in worst:
        indicators = found.gathered.rate(str(row["item"])).indicators
        codes = [theme.code for theme in answers.codebook.themes if theme.indicator and theme.indicator in indicators]
        every = [quote for code in codes for quote in comments(study, answers, asked, theme=code, most=TRIED)]
        some = [quote for quote in every if fit(quote, places)]
        yield from some[:1]


def fitting(quote: str) -> bool:
    """Return whether a quote of one area may leave the office: short, and without a part that was removed."""
    return fit(quote, set())


def fit(quote: str, places: set[str]) -> bool:
    """Return whether a quote may leave the office: short, and without any place or removed part."""
    return len(quote) <= LONGEST and not any(part in quote for part in (*REMOVED, *places))


def _channels(found: Facts) -> tuple[str, ...]:
    """Return the bookable channels with the largest reach; none where no group's knowledge is confirmed low."""
    groups = found.weak_groups()
    if not groups or groups[0][1]["measure"] not in knowledge():
        return ()
    try:
        return widest(heard_by(found.gathered, found.selection), found.selection)[:CHANNELS]
    except DesignError:
        return ()
