"""What people mention in open answers of some waves and a mode, counted once for all conditions on people."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

import pandas as pd

from analysis.text.shares import Voices, presence, voices, wrote_among
from analysis.text.words.places import PlaceFinder, with_kinds
from reports.counted.kept_tables import Tables
from reports.voices.asked import TextSelection, counts_once, rows_of
from reports.voices.gathered import Gathered, gathered
from reports.voices.kept.answers import rules_of
from reports.voices.kept.scopes import SCOPES, Scopes, scope_name, scopes_of
from reports.voices.kept.summaries import Summaries
from reports.voices.open_answers import NOWHERE, OpenAnswers
from survey.study.study import Study

LAST = "mentions"
"""Key of the mentions that were counted last."""


def of_everyone(answers: OpenAnswers, asked: TextSelection) -> TextSelection:
    """Return the request for all people of its waves and mode, in the form in which others ask for the same."""
    return replace(asked, selection=asked.selection.everyone().asking(()), once=counts_once(answers, asked))


def for_everyone(
    study: Study,
    answers: OpenAnswers,
    asked: TextSelection,
    what: Hashable,
    make: Callable[[TextSelection], pd.DataFrame],
) -> pd.DataFrame:
    """Return a table that conditions on people do not change, made once for the waves and mode of a request.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request; conditions on people do not matter.
        what: name of the summary, and its further arguments.
        make: makes it of the request without conditions.
    """
    one, all_of = of_everyone(answers, asked), gathered(study, answers, asked)
    kept, key = all_of.kept, (what, one)
    if key not in kept:
        kept[key] = summaries_for(answers, all_of, one).table(name_of(all_of, one, what), lambda: make(one))
    found: pd.DataFrame = kept[key]
    return found


def summaries_for(answers: OpenAnswers, all_of: Gathered, one: TextSelection) -> Summaries:
    """Return where summaries of a request, from `of_everyone`, are kept."""
    if not all_of.digest:
        return NOWHERE
    kept, waves, mode = answers.summaries, one.selection.waves, one.selection.mode
    if not kept.key or len(waves) != 1 or not mode:
        return kept
    if SCOPES not in answers.cache:
        answers.cache[SCOPES] = kept.tables(SCOPES, lambda: Tables({}, _scopes(answers))).meta
    return kept.of(answers.cache[SCOPES].get(scope_name(waves[0], mode), kept.key))


def _scopes(answers: OpenAnswers) -> Scopes:
    """Return the digests of the answers of each wave and mode."""
    read_with = (answers.items, rules_of((answers.lexicon.fingerprint, answers.engine)))
    one = answers.reading
    return scopes_of(one.table, one.names, one.coded, answers.copies, read_with)


def name_of(all_of: Gathered, one: TextSelection, what: Hashable) -> Hashable:
    """Return the name under which a summary of everyone is kept: what it is, and all that it depends on."""
    selection = one.selection
    asked = (one.item, selection.waves, selection.mode, selection.without_excluded, one.once)
    return what, asked, all_of.study.suppression, all_of.digest


def mentions(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[Voices, ...]:
    """Return what people mention, among those who wrote something, and among all.

    Conditions on people are a domain of both, so that a filter does not count the mentions again; the last are kept.
    """
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)
    last = all_of.kept.get(LAST)
    if last is not None and last[0] == (one, column, by):
        known: tuple[Voices, ...] = last[1]
        return known
    found = summed(answers, all_of, one, (column, by), lambda: _mentions(study, answers, one, column, by))
    if not by:
        all_of.kept[LAST] = ((one, column, by), found)
    return found


def summed(
    answers: OpenAnswers,
    all_of: Gathered,
    one: TextSelection,
    what: Hashable,
    make: Callable[[], tuple[Voices, ...]],
) -> tuple[Voices, ...]:
    """Return mentions of everyone summed over the cells of a sample, as they are kept.

    Args:
        answers: read and coded.
        all_of: the sample.
        one: the request, from `of_everyone`.
        what: which mentions.
        make: sums them.
    """
    return summaries_for(answers, all_of, one).voices(name_of(all_of, one, ("mentions", what)), all_of.sample, make)


def _mentions(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[Voices, ...]:
    all_of = gathered(study, answers, asked)
    responses, sample = all_of.rows, all_of.sample
    columns = None if column == "kinds" else (column, "says")
    rows, labels = rows_of(answers, asked, all_of.within(*by), columns), dict(answers.labels)
    if column == "kinds":
        rows, labels = with_kinds(rows, PlaceFinder()), {}
    found = presence(rows, column, labels=labels or None, responses=len(responses))
    wrote, asks = wrote_among(len(responses), rows), study.questionnaire
    return tuple(voices(sample, responses, found, asks, base=base, cell=all_of.cell) for base in (wrote, None))
