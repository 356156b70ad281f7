"""Copied answers: what counting them once changes, and the most copied ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.estimates import Estimates
from analysis.text.quotes import Quoter
from reports.sentences import voices as words
from reports.sentences.sentence import Sentence
from reports.sentences.voices import Repeats
from reports.voices.asked import TextSelection, counts, counts_once, repeated
from reports.voices.gathered import gathered
from reports.voices.mentions import for_everyone
from reports.voices.open_answers import OpenAnswers
from reports.voices.shares import theme_shares
from survey.study.study import Study

MOST = 8
"""Number of groups of copies that are listed."""


def copies_note(study: Study, answers: OpenAnswers, asked: TextSelection, *, effect: bool = True) -> Sentence:
    """Return how many answers of the mode repeat another, and how they are counted; empty for none.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request.
        effect: whether to say which theme that changes most.
    """
    table = for_everyone(
        study,
        answers,
        asked,
        "repeated",
        lambda one: counts(repeated(answers, one, gathered(study, answers, one).within())),
        linked=True,
    )
    n, again = (int(table[name].iloc[0]) for name in ("n", "again"))
    if not again:
        return Sentence()
    found = Repeats(n, again, counts_once(answers, asked))
    if not effect:
        return words.copies(found, pd.DataFrame(), counted=not asked.selection.reserved)
    both = [theme_shares(study, answers, replace(asked, once=flag)).estimates for flag in (False, True)]
    moved = with_and_without_copies(*both).sort_values("moved", key=abs, ascending=False, kind="stable")
    return words.copies(found, moved, counted=not asked.selection.reserved)


def copied(study: Study, answers: OpenAnswers, asked: TextSelection) -> pd.DataFrame:
    """Return the largest groups of copied answers of some waves, in all modes: masked text and, for analysts, people.

    Groups below the limit are left out.
    """
    waves, limit = asked.selection.waves, study.suppression
    groups = answers.summaries.table(("copied", waves, limit, MOST), lambda: _largest(answers, waves, limit))
    scrub: Any = Quoter(study.areas).scrub
    texts = [scrub(str(text)) for text in groups["text"]]
    people = {} if asked.selection.reserved else {"人数": groups["n"].tolist()}
    return pd.DataFrame({"这样说的（已隐去地名）": texts, **people})


def _largest(answers: OpenAnswers, waves: Sequence[str], limit: int) -> pd.DataFrame:
    """Return the commonest text and the number of people of the largest groups."""
    here = np.asarray(pc.is_in(answers.table["wave"], pa.array(waves, pa.string())))
    here &= answers.copies.group >= 0
    rows = answers.table.select(["response_id", "text"]).filter(pa.array(here)).to_pandas()
    rows["group"] = answers.copies.group[here]
    people = rows.groupby("group")["response_id"].nunique()
    people = people[people >= limit].sort_values(ascending=False, kind="stable").head(MOST)
    texts = rows[rows["group"].isin(people.index)].groupby("group")["text"]
    commonest = texts.agg(lambda said: said.value_counts().index[0]).reindex(people.index)
    return pd.DataFrame({"n": people.to_numpy(np.int64), "text": commonest.astype(object).tolist()})


def with_and_without_copies(every: Estimates, once: Estimates) -> pd.DataFrame:
    """Return theme shares from all answers and with copies counted once (`_once`), most frequent first.

    `moved` is the difference in the share of all respondents.
    """
    both = every.table.merge(once.table, on="item", suffixes=("", "_once")).dropna(subset=["estimate", "estimate_once"])
    both = both.assign(moved=both["of_all_once"] - both["of_all"])
    return both.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
