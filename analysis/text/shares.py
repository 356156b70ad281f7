"""Shares of respondents who mention a word or raise a theme, as survey estimates.

Presence is summed over the cells of a sample and becomes an item like any other: domains, intervals and presentation
rules are those of the closed questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from analysis.design.cells import IntArray, NumericItem
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import LEVEL
from analysis.estimation.respondents import Marks, answered, base_weights_of, cell_of, with_items
from analysis.estimation.sample import Sample
from analysis.text.mentioned import Mentions
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.study.areas import Areas

Flags = npt.NDArray[np.bool_]
THEME, TERM = "theme", "term"
"""Values of `measure` for rates of themes and of words."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Which respondent mentions which of K words or themes.

    Attributes:
        keys: [R] response_id and wave of the respondents; None where the rows are those of the responses.
        present: CSR [R, K] 0/1.
        names: [K] words or theme codes. labels: [K] text for display.
        measure: `THEME` or `TERM`.
    """

    keys: pa.Table | None
    present: Any
    names: tuple[str, ...]
    labels: tuple[str, ...]
    measure: str


def presence(
    answers: pa.Table,
    column: str,
    *,
    labels: Mapping[str, str] | None = None,
    fewest: int = 1,
    responses: int | None = None,
) -> Presence:
    """Return who mentions what, over all answers of a respondent taken together.

    Args:
        answers: as `answers.attach` gives them.
        column: "words" or "themes", a list column.
        labels: names to keep, in order, with their display text; every value of the column when None.
        fewest: smallest number of respondents who mention a value.
        responses: number of responses, where the answers have the column "response", the row of each.
    """
    who, people, keys = _respondents(answers) if responses is None else (answers["response"], responses, None)
    lists = answers[column].combine_chunks()
    values = lists.flatten().dictionary_encode()
    row = who.to_numpy()[pc.list_parent_indices(lists).to_numpy()]
    known = values.dictionary.to_pylist()
    shape = (people, len(known))
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
    shown = tuple((labels or {}).get(name, name) for name in names)
    return Presence(keys, chosen, tuple(names), shown, THEME if column == "themes" else TERM)


def _respondents(answers: pa.Table) -> tuple[pa.Array, int, pa.Table]:
    """Return the respondent of each answer, their number, and wave and response_id of each."""
    key = pc.binary_join_element_wise(answers["wave"], answers["response_id"], "\x1f")
    who = key.combine_chunks().dictionary_encode()
    first = pa.array(np.unique(who.indices.to_numpy(), return_index=True)[1])
    keys = pa.table({name: answers[name].take(first).cast(pa.string()) for name in ("wave", "response_id")})
    return who.indices, len(who.dictionary), keys


@dataclass(frozen=True, slots=True)
class Voices:
    """A sample whose items are words or themes."""

    sample: Sample

    @property
    def names(self) -> tuple[str, ...]:
        """The words or theme codes."""
        return tuple(item.name for item in self.sample.cells.items)

    def shares(
        self, *, by: Sequence[str] = (), where: Mapping[str, Any] | None = None, level: float = LEVEL
    ) -> Estimates:
        """Estimate the share of respondents who mention each, in every domain, with design-based intervals."""
        return self.sample.rates(item=list(self.names), by=by, where=where, level=level)


def voices(
    sample: Sample,
    responses: pa.Table,
    found: Presence,
    questionnaire: Questionnaire,
    *,
    among: Rate | None = None,
    base: Flags | None = None,
    cell: IntArray | None = None,
) -> Voices:
    """Sum mentions over the cells and weights of a sample.

    Library only: pages sum mentions by key first (`sum_mentions`), with the same result.

    Args:
        sample: cells, design and weights; its items are not needed.
        responses: the coded responses behind the sample.
        found: who mentions what.
        questionnaire: questionnaire of the study.
        among: as in `marks_of`.
        base: as in `marks_of`.
        cell: [R] from `cell_of`, where somebody keeps it.

    Raises:
        ArgumentError: the responses have no wave or no response_id.
    """
    marks = marks_of(responses, found, questionnaire, among=among, base=base)
    cell = cell_of(sample, responses) if cell is None else cell
    return Voices(with_items(sample, cell, base_weights_of(sample, responses), marks))


def marks_of(
    responses: pa.Table,
    found: Presence,
    questionnaire: Questionnaire,
    *,
    among: Rate | None = None,
    base: Flags | None = None,
    asked: Flags | None = None,
) -> Marks:
    """Return who of R respondents counts, and who of them mentions what.

    A respondent who was asked the headline questions and wrote nothing mentions nothing, unless `base` leaves these
    respondents out; those screened out are outside the base.

    Args:
        responses: the coded responses behind the sample.
        found: who mentions what.
        questionnaire: questionnaire of the study.
        among: estimate this closed rate among those who mention each, instead of the mentions.
        base: [R] respondents to count, for example `wrote_among`; all when None.
        asked: [R] from `asked_of`, where somebody keeps it.

    Raises:
        ArgumentError: the responses have no wave or no response_id.
    """
    if {"response_id", "wave"} - set(responses.column_names):
        raise ArgumentError("答卷表缺少编号列", expected="response_id、wave")
    present = _present(responses, found)
    if among is None:
        inside = asked_of(responses, questionnaire) if asked is None else asked
        inside = inside if base is None else inside & base
        measure, marks = found.measure, (inside, _only(present, inside))
    else:
        inside, hit = answered(responses, among)
        measure, raised = among.measure, _only(present, inside)
        marks = (raised, _only(raised, hit))
    items = tuple(NumericItem(name, label, measure) for name, label in zip(found.names, found.labels, strict=True))
    return Marks(items, *marks)


def _only(rows: Any, inside: npt.NDArray[np.bool_]) -> Any:
    """Return the rows of a CSR matrix, with those outside emptied."""
    return sparse.diags_array(inside, format="csr", dtype=np.int64) @ rows


def mentions_by(
    found: Presence,
    responses: pa.Table,
    areas: Areas,
    questionnaire: Questionnaire,
    weight: npt.NDArray[np.float64] | None = None,
    *,
    base: Flags | None = None,
) -> Mentions:
    """Return mentions with sampling point, stratum and place, for `keyness`; opt-in modes are left out.

    Library only: pages compare sums by key (`MentionSums.mentioned`).

    Respondents without a sampling point or without a weight are left out; those who wrote nothing count as mentioning
    nothing, unless `base` leaves them out.

    Args:
        found: who mentions what.
        responses: the coded responses.
        areas: the sampling frame.
        questionnaire: questionnaire of the study.
        weight: weight of each response, as `audience.respondent_weights` gives them; base weights when None.
        base: [R] respondents to count, for example `wrote_among`; all when None.
    """
    frame = areas.frame.drop_duplicates("psu").set_index("psu")
    rows = responses.select(["response_id", "wave", "mode", "psu", "w_fx"]).to_pandas()
    keep = rows["psu"].isin(frame.index).to_numpy() & asked_of(responses, questionnaire)
    keep &= rows["mode"].ne("online").to_numpy()
    keep &= True if base is None else base
    final = rows["w_fx"].to_numpy(dtype=np.float64) if weight is None else weight
    keep &= final > 0
    rows = rows[keep].reset_index(drop=True)
    keys = rows[["wave", "mode", "psu"]].join(frame, on="psu")
    final = final[keep]
    return Mentions(_present(responses, found)[keep], found.names, keys, final / final.mean() if len(final) else final)


def wrote_among(responses: int, answers: pa.Table) -> Flags:
    """Return whether each of R responses [R] is among those whose answer says something.

    Args:
        responses: their number.
        answers: the answers counted, as `answers.attach` gives them, and "response", the row of each.
    """
    wrote = np.zeros(responses, dtype=np.bool_)
    wrote[answers["response"].filter(answers["says"]).to_numpy()] = True
    return wrote


def _keys(table: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(table["wave"].cast(pa.string()), table["response_id"], "\x1f")


def _present(responses: pa.Table, found: Presence) -> Any:
    """Return CSR [responses, K] of mentions, with empty rows for those who wrote nothing."""
    if found.keys is None:
        return found.present
    place = pc.index_in(_keys(responses), value_set=_keys(found.keys).combine_chunks())
    row, there = np.flatnonzero(place.is_valid().to_numpy()), place.drop_null().to_numpy()
    shape = (len(responses), len(found.keys))
    return sparse.csr_matrix((np.ones(len(row), dtype=np.int32), (row, there)), shape=shape) @ found.present


def asked_of(responses: pa.Table, questionnaire: Questionnaire) -> Flags:
    """Return [R] whether any headline question was asked of the respondent; NULL means it was not."""
    headline = [name for rate in questionnaire.rates if rate.overall for name in rate.columns]
    names = [name for name in headline if name in responses.column_names]
    if not names:
        return np.ones(len(responses), dtype=bool)
    asked = np.zeros(len(responses), dtype=bool)
    for name in names:
        asked |= pc.is_valid(responses[name]).to_numpy()
    return asked
