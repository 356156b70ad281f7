"""What people mention in open answers of some waves and a mode, counted once for all conditions on people."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.estimation.pooled_deff import correlations, recall_correlations
from analysis.estimation.respondents import Marks
from analysis.text.mentioned import MentionSums, sum_mentions
from analysis.text.shares import Voices, marks_of, presence, wrote_among
from analysis.text.words.places import PlaceFinder, with_kinds
from reports.counted.kept_tables import Tables
from reports.voices.asked import TextSelection, counts_once, rows_of
from reports.voices.gathered import Gathered, gathered
from reports.voices.kept.answers import rules_of
from reports.voices.kept.scopes import SCOPES, Scopes, scope_name, scopes_of
from reports.voices.kept.summaries import Summaries
from reports.voices.open_answers import NOWHERE, OpenAnswers
from survey.study.study import Study

LAST, SUMS = "last mentions", "mentions"
"""Keys of the mentions that shares were estimated of last, and of the sums by key that were asked for last."""


def of_everyone(answers: OpenAnswers, asked: TextSelection) -> TextSelection:
    """Return the request for all people of its waves and mode, in the form in which others ask for the same."""
    return replace(asked, selection=asked.selection.everyone().asking(()), once=counts_once(answers, asked))


def for_everyone(
    study: Study,
    answers: OpenAnswers,
    asked: TextSelection,
    what: Hashable,
    make: Callable[[TextSelection], pd.DataFrame],
    *,
    linked: bool = False,
) -> pd.DataFrame:
    """Return a table that conditions on people do not change, made once for the waves and mode of a request.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request; conditions on people do not matter.
        what: name of the summary, and its further arguments.
        make: makes it of the request without conditions.
        linked: whether it depends on the responses of imports with texts alone, and on no weight.
    """
    one, all_of = of_everyone(answers, asked), gathered(study, answers, asked)
    kept, key = all_of.kept, (what, one)
    if key not in kept:
        name = name_of(all_of, one, what, linked=linked)
        kept[key] = summaries_for(answers, all_of, one).table(name, lambda: make(one))
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


def name_of(all_of: Gathered, one: TextSelection, what: Hashable, *, linked: bool = False) -> Hashable:
    """Return the name under which a summary of everyone is kept: what it is, and all that it depends on.

    Args:
        all_of: the sample.
        one: the request, from `of_everyone`.
        what: which summary.
        linked: as in `for_everyone`.
    """
    selection = one.selection
    asked = (one.item, selection.waves, selection.mode, selection.without_excluded, one.once)
    return what, asked, all_of.study.suppression, all_of.linked_digest if linked else all_of.digest


def mentions(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[MentionSums, ...]:
    """Return what people mention, among those who wrote something, and among all.

    Conditions on people are a domain of both, so that a filter does not count the mentions again.
    """
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)
    return summed(answers, all_of, one, (column, by), lambda: _mentions(study, answers, one, column, by))


def shared_by(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[Voices, ...]:
    """Return `mentions` over the cells of the sample, ready for shares; the last ones are kept."""
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)
    last = all_of.kept.get(LAST)
    if last is not None and last[0] == (one, column, by):
        known: tuple[Voices, ...] = last[1]
        return known
    found = estimable(answers, all_of, one, (column, by), mentions(study, answers, asked, column, by))
    if not by:
        all_of.kept[LAST] = ((one, column, by), found)
    return found


def summed(
    answers: OpenAnswers,
    all_of: Gathered,
    one: TextSelection,
    what: Hashable,
    make: Callable[[], tuple[MentionSums, ...]],
) -> tuple[MentionSums, ...]:
    """Return mentions of everyone summed by key, as they are kept until somebody writes; the last ones stay in memory.

    Args:
        answers: read and coded.
        all_of: the sample.
        one: the request, from `of_everyone`.
        what: which mentions.
        make: sums them.
    """
    last = all_of.kept.get(SUMS)
    if last is None or last[0] != (what, one):
        name = name_of(all_of, one, (SUMS, what), linked=True)
        last = all_of.kept[SUMS] = ((what, one), summaries_for(answers, all_of, one).mentions(name, make))
    found: tuple[MentionSums, ...] = last[1]
    return found


def estimable(
    answers: OpenAnswers, all_of: Gathered, one: TextSelection, what: Hashable, sums: tuple[MentionSums, ...]
) -> tuple[Voices, ...]:
    """Return mentions over the cells of the sample, with their correlations, which are kept.

    The arguments are those of `summed`, and what it returns.
    """
    found = _over(answers, all_of, sums)
    for each, known in zip(found, _correlated(answers, all_of, one, what, lambda: found), strict=True):
        recall_correlations(each.sample.basis, known)
    return found


def keep_mentions(study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]) -> None:
    """Keep what `mentions` returns; whether kept sums are intact is seen by those who read them."""
    if not are_summed(study, answers, asked, (column, by)):
        mentions(study, answers, asked, column, by)


def are_summed(study: Study, answers: OpenAnswers, asked: TextSelection, what: Hashable) -> bool:
    """Return whether mentions of everyone are kept, intact or not; `what` as for `summed`."""
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)
    return summaries_for(answers, all_of, one).has(name_of(all_of, one, (SUMS, what), linked=True))


def keep_correlations(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> None:
    """Keep the mentions that `shared_by` returns, and their correlations; they are summed over cells for these only."""
    all_of, one = gathered(study, answers, asked), of_everyone(answers, asked)

    def found() -> tuple[Voices, ...]:
        return _over(answers, all_of, mentions(study, answers, asked, column, by))

    _correlated(answers, all_of, one, (column, by), found)
    keep_mentions(study, answers, asked, column, by)


def _over(answers: OpenAnswers, all_of: Gathered, sums: tuple[MentionSums, ...]) -> tuple[Voices, ...]:
    asked = all_of.asked(answers.summaries)
    return tuple(Voices(each.over(all_of.sample, asked)) for each in sums)


def _correlated(
    answers: OpenAnswers, all_of: Gathered, one: TextSelection, what: Hashable, make: Callable[[], tuple[Voices, ...]]
) -> Sequence[Mapping[str, float]]:
    """Return the correlations of mentions, the kept ones or those of what `make` returns."""
    name = name_of(all_of, one, ("correlations", what))
    kept = summaries_for(answers, all_of, one).tables(name, lambda: Tables({}, {"icc": [*map(_correlations, make())]}))
    found: Sequence[Mapping[str, float]] = kept.meta["icc"]
    return found


def _correlations(one: Voices) -> dict[str, float]:
    """Return the intra-cluster correlation of each item: half of the time that shares take; none of opt-in answers."""
    if one.sample.opt_in:
        return {}
    return dict(zip(one.names, correlations(one.sample.basis, one.names).tolist(), strict=True))


def _mentions(
    study: Study, answers: OpenAnswers, asked: TextSelection, column: str, by: tuple[str, ...]
) -> tuple[MentionSums, ...]:
    all_of = gathered(study, answers, asked)
    responses = all_of.linked
    columns = None if column == "kinds" else (column, "says")
    rows, labels = rows_of(answers, asked, all_of.within(*by), columns), dict(answers.labels)
    if column == "kinds":
        rows, labels = with_kinds(rows, PlaceFinder()), {}
    found = presence(rows, column, labels=labels or None, responses=len(responses))
    base, asked_too = wrote_among(len(responses), rows), all_of.linked_asked
    wrote = marks_of(responses, found, study.questionnaire, base=base, asked=asked_too)
    every = marks_of(responses, found, study.questionnaire, asked=asked_too).hits
    of_those = of_all = keyed(all_of, wrote)
    if every.sum() > wrote.hits.sum():  # people have coded an answer that says nothing
        of_all = keyed(all_of, replace(wrote, hits=every))
    return of_those, replace(of_all, n=of_all.n[:0], wo=of_all.wo[:0])  # whom the others do not hold was asked as well


def keyed(all_of: Gathered, marks: Marks) -> MentionSums:
    """Return what the responses of imports with texts mention, summed by key."""
    return sum_mentions(all_of.sample, all_of.by_cell, marks)
