"""Shares of respondents who mention a word or raise a theme, as estimates of the survey.

Presence becomes a 0/1 column of the response table, and a column is a rate like any other: the one pass, the domains,
the intervals and the presentation rules are those of the closed questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.text.keyness import Mentions
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.study.areas import Areas

THEME, TERM = "theme", "term"
"""Values of `measure` for rates of themes and of words."""
_COLUMN = "mention.{}"


@dataclass(frozen=True, slots=True)
class Presence:
    """Which respondent mentions which of K words or themes.

    Attributes:
        keys: [R] response_id and wave of the respondents, one row each.
        present: CSR [R, K] 0/1.
        names: [K] words or theme codes. labels: [K] what people read.
        measure: `THEME` or `TERM`.
    """

    keys: pa.Table
    present: Any
    names: tuple[str, ...]
    labels: tuple[str, ...]
    measure: str

    def columns(self) -> Mapping[str, str]:
        """Name -> name of its 0/1 column in a response table."""
        return {name: _COLUMN.format(at) for at, name in enumerate(self.names)}


def presence(answers: pa.Table, column: str, *, labels: Mapping[str, str] | None = None, fewest: int = 1) -> Presence:
    """Who mentions what, over all answers of a respondent taken together.

    Args:
        answers: as `answers.attach` gives them.
        column: "words" or "themes", a list column.
        labels: names to keep, in order, and what people read; every value of the column when None.
        fewest: a value must be mentioned by so many respondents.
    """
    key = pc.binary_join_element_wise(answers["wave"], answers["response_id"], "\x1f")
    who = key.combine_chunks().dictionary_encode()
    lists = answers[column].combine_chunks()
    values = lists.flatten().dictionary_encode()
    row = who.indices.to_numpy()[pc.list_parent_indices(lists).to_numpy()]
    known = values.dictionary.to_pylist()
    shape = (len(who.dictionary), len(known))
    ones = np.ones(len(row), dtype=np.int32)
    table = sparse.csr_matrix((ones, (row, values.indices.to_numpy())), shape=shape)
    table.sum_duplicates()
    table.data[:] = 1
    place = {name: at for at, name in enumerate(known)}
    count = table.getnnz(axis=0)
    order = [known[at] for at in np.argsort(-count, kind="stable")] if labels is None else list(labels)
    names = [name for name in order if name not in place or count[place[name]] >= fewest]
    names = [name for name in names if name in place or labels is not None]
    padded: Any = sparse.hstack([table, sparse.coo_matrix(np.zeros((shape[0], 1), dtype=np.int32))], format="csc")
    chosen = padded[:, [place.get(name, shape[1]) for name in names]].tocsr()
    parts = [part.split("\x1f") for part in who.dictionary.to_pylist()]
    wave, response = (pa.array([part[at] for part in parts], pa.string()) for at in (0, 1))
    keys = pa.table({"wave": wave, "response_id": response})
    shown = tuple((labels or {}).get(name, name) for name in names)
    return Presence(keys, chosen, tuple(names), shown, THEME if column == "themes" else TERM)


def with_presence(responses: pa.Table, found: Presence, questionnaire: Questionnaire) -> pa.Table:
    """The response table with a 0/1 column for each name; NULL for those the interview did not reach.

    Somebody who was asked the headline questions and wrote nothing mentions nothing: 0. Those screened out are NULL.
    """
    if {"response_id", "wave"} - set(responses.column_names):
        raise ArgumentError("答卷表缺少编号列", expected="response_id、wave")
    place = _places(responses, found)
    asked = _asked(responses, questionnaire)
    dense = np.vstack([np.asarray(found.present.todense(), dtype=np.int8), np.zeros((1, len(found.names)), np.int8)])
    for at, column in enumerate(found.columns().values()):
        values = pa.array(dense[place, at], pa.int8(), mask=~asked)
        responses = responses.append_column(column, values)
    return responses


def mention_rates(found: Presence) -> tuple[Rate, ...]:
    """The rates of `with_presence`: numerator mentions, base everybody asked."""
    columns = found.columns()
    return tuple(
        Rate(name, label, found.measure, ((columns[name], (1,)),), "all")
        for name, label in zip(found.names, found.labels, strict=True)
    )


def with_link(responses: pa.Table, found: Presence, rate: Rate) -> tuple[pa.Table, tuple[Rate, ...]]:
    """A closed rate among those who mention each name: copies of its columns, NULL for everybody else.

    Returns:
        The response table with these columns, and the rates; `name` is that of the theme or word.
    """
    place = _places(responses, found)
    padded: Any = sparse.vstack([found.present, sparse.coo_matrix(np.zeros((1, len(found.names)), dtype=np.int32))])
    dense = np.asarray(padded.todense(), dtype=bool)[place]
    linked = []
    for at, (name, label) in enumerate(zip(found.names, found.labels, strict=True)):
        terms = []
        for column, codes in rate.terms:
            copy = f"link.{at}.{column}"
            values = pc.if_else(pa.array(dense[:, at]), responses[column], pa.scalar(None, responses[column].type))
            responses = responses.append_column(copy, values)
            terms.append((copy, codes))
        linked.append(replace(rate, name=name, label=label, terms=tuple(terms), overall=False))
    return responses, tuple(linked)


@dataclass(frozen=True, slots=True)
class Voices:
    """A sample whose items are words or themes."""

    sample: Sample
    found: Presence

    def shares(
        self, *, by: Sequence[str] = (), where: Mapping[str, Any] | None = None, level: float = LEVEL
    ) -> Estimates:
        """Share of respondents who mention each, in every domain, with design-based intervals."""
        return self.sample.rates(item=list(self.found.names), by=by, where=where, level=level)


def voices(
    responses: pa.Table,
    found: Presence,
    questionnaire: Questionnaire,
    areas: Areas,
    margins: pd.DataFrame,
    plan: SampleOptions | None = None,
    *,
    among: Rate | None = None,
) -> Voices:
    """Everything between the answers and the first share.

    Args:
        responses: the coded responses of the store.
        found: who mentions what.
        questionnaire: of the study.
        areas: its frame.
        margins: its margins, may be empty.
        plan: modes and roles; its rates are set here.
        among: instead of who mentions what, this closed rate among those who mention it.
    """
    if among is None:
        rows, rates = with_presence(responses, found, questionnaire), mention_rates(found)
    else:
        rows, rates = with_link(responses, found, among)
    plan = replace(plan or SampleOptions(), rates=tuple(rate.name for rate in rates))
    return Voices(prepare(rows, replace(questionnaire, rates=rates), areas, margins, plan), found)


def mentions_by(
    found: Presence,
    responses: pa.Table,
    areas: Areas,
    questionnaire: Questionnaire,
    weight: npt.NDArray[np.float64] | None = None,
) -> Mentions:
    """Who mentions what with sampling point, stratum and place, for `keyness`; opt-in modes left out.

    Respondents without a sampling point or without a weight are left out; those who wrote nothing count as mentioning
    nothing.

    Args:
        found: who mentions what.
        responses: the coded responses.
        areas: the frame.
        questionnaire: of the study.
        weight: of each response, as `audience.respondent_weights` gives them; base weights when None.
    """
    frame = areas.frame.drop_duplicates("psu").set_index("psu")
    rows = responses.select(["response_id", "wave", "mode", "psu", "w_fx"]).to_pandas()
    keep = rows["psu"].isin(frame.index).to_numpy() & _asked(responses, questionnaire)
    keep &= rows["mode"].ne("online").to_numpy()
    final = rows["w_fx"].to_numpy(dtype=np.float64) if weight is None else weight
    keep &= final > 0
    place = _places(responses, found)[keep]
    rows = rows[keep].reset_index(drop=True)
    padded = sparse.vstack([found.present, sparse.coo_matrix(np.zeros((1, len(found.names)), dtype=np.int32))]).tocsr()
    keys = rows[["wave", "mode", "psu"]].join(frame, on="psu")
    final = final[keep]
    return Mentions(padded[place], found.names, keys, final / final.mean() if len(final) else final)


def _places(responses: pa.Table, found: Presence) -> npt.NDArray[np.int64]:
    """Row of each response in the presence table; the row after the last for those who wrote nothing."""
    join = pc.binary_join_element_wise(responses["wave"].cast(pa.string()), responses["response_id"], "\x1f")
    known = pc.binary_join_element_wise(found.keys["wave"], found.keys["response_id"], "\x1f")
    place = pc.fill_null(pc.index_in(join, known.combine_chunks()), len(found.keys))
    return np.asarray(place.to_numpy(), dtype=np.int64)


def _asked(responses: pa.Table, questionnaire: Questionnaire) -> npt.NDArray[np.bool_]:
    """Whether any headline question was put to the respondent; NULL means it was not."""
    headline = [name for rate in questionnaire.rates if rate.overall for name in rate.columns]
    names = [name for name in headline if name in responses.column_names]
    if not names:
        return np.ones(len(responses), dtype=bool)
    asked = np.zeros(len(responses), dtype=bool)
    for name in names:
        asked |= pc.is_valid(responses[name]).to_numpy()
    return asked
