"""What people mention in open answers of some waves and a mode, counted once for all conditions on people."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

from analysis.text.shares import Voices, presence, voices, wrote_among
from analysis.text.words.places import PlaceFinder, with_kinds
from reports.voices.asked import TextSelection, counts_once, rows_of
from reports.voices.gathered import gathered, places
from reports.voices.open_answers import OpenAnswers
from survey.study.study import Study

T = TypeVar("T")
LAST = "mentions"
"""Key of the mentions that were counted last."""


def of_everyone(answers: OpenAnswers, asked: TextSelection) -> TextSelection:
    """Return the request for all people of its waves and mode, in the form in which others ask for the same."""
    return replace(asked, selection=asked.selection.everyone().asking(()), once=counts_once(answers, asked))


def for_everyone(
    study: Study, answers: OpenAnswers, asked: TextSelection, what: Hashable, make: Callable[[TextSelection], T]
) -> T:
    """Return what conditions on people do not change, made once for the waves and mode of a request.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request; conditions on people do not matter.
        what: name of the summary, and its further arguments.
        make: makes it of the request without conditions.
    """
    one = of_everyone(answers, asked)
    kept, key = gathered(study, answers, one).kept, (what, one)
    if key not in kept:
        kept[key] = make(one)
    found: T = kept[key]
    return found


def mentions(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[Voices, Voices]:
    """Return what people mention, among those who wrote something, and among all.

    Conditions on people are a domain of both, so that a filter does not count the mentions again; the last are kept.
    """
    all_of, one = gathered(study, answers, asked), (of_everyone(answers, asked), column, by)
    last = all_of.kept.get(LAST)
    if last is not None and last[0] == one:
        both: tuple[Voices, Voices] = last[1]
        return both
    counted, sample = all_of.counted, all_of.sample
    rows, labels = rows_of(answers, asked, places(study, counted.rows, by)), dict(answers.labels)
    if column == "kinds":
        rows, labels = with_kinds(rows, PlaceFinder()), {}
    found = presence(rows, column, labels=labels or None)
    wrote = wrote_among(counted.rows, rows)
    said, every = (voices(sample, counted.rows, found, study.questionnaire, base=base) for base in (wrote, None))
    if not by:
        all_of.kept[LAST] = (one, (said, every))
    return said, every
