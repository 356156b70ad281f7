"""The weighted answers behind a crosstab: one item per answer, the groups as columns, the domain as a flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.counts.numbered_responses import NumberedResponses
from analysis.estimation.sample import Sample, SampleOptions, weigh_cells
from reports.counted.cells import counted_cells
from reports.counted.definition import definition_of
from reports.counted.kept_correlations import sample_digest
from reports.crosstab.lines import Line, lines_of
from reports.crosstab.numbered import MOST_ROWS, prepare_numbered
from reports.crosstab.request import Request
from reports.crosstab.variables import Kind, Variable, expanded, groups, place_label
from reports.sample import ENVELOPE, Counted, StudySample, options, read_counted, versioned, written
from reports.selection import AREA_COLUMNS, Selection
from survey.errors import ArgumentError
from survey.instrument.conditions.expressions import parse
from survey.instrument.conditions.on_columns import evaluate
from survey.instrument.rate import Rate
from survey.quality.exclusions import ID, caption_phrase
from survey.storage.stored_parts import stored_parts
from survey.study.study import Study

INSIDE = "inside_domain"
"""Key column of the cells: 1 in the domain of the condition."""
LAST_READ: list[tuple[str, pa.Table]] = []
"""Digest and columns of the responses that were read last."""
LAST_SUMMED: list[tuple[str, Sample]] = []
"""Digest and sums of those that were counted last."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The sample of a crosstab.

    Attributes:
        gathered: the study and its sample, with a key column per group and `INSIDE`.
        numbered: the responses with the cell of each; None where only their sums were read.
        lines: lines of the table, in order.
        heads: groups, as asked for.
    """

    gathered: StudySample
    numbered: NumberedResponses | None
    lines: tuple[Line, ...]
    heads: tuple[tuple[Variable, ...], ...]

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items of all lines."""
        return tuple(dict.fromkeys(name for line in self.lines for name in line.items))

    @property
    def sample(self) -> Sample:
        """The weighted sample."""
        return self.gathered.sample


def gather_answers(study: Study, selection: Selection, request: Request) -> Answers:
    """Read and weight the answers of a request; the margins of the study alone determine the weights.

    Raises:
        ArgumentError: an unknown question, group or name in the condition, or nobody meets the condition.
        StoreError: no responses yet, or no such version.
    """
    rows, heads = expanded(study.questionnaire, request.rows), _heads(study, request)
    if (summed := _sum_up(study, selection, request, rows, heads)) is not None:
        return summed
    counted = _read(study, selection, request, (*rows, *(one for head in heads for one in head)))
    lines, rates = lines_of(counted.rows, rows, request)
    plan = _plan(study, selection, request, heads, counted.rows.schema.names)
    sample, numbered = prepare_numbered(counted, plan, rates)
    return Answers(counted.weighted(_keyed(study, sample, heads), rates), numbered, lines, heads)


def _plan(
    study: Study, selection: Selection, request: Request, heads: Sequence[Sequence[Variable]], columns: Sequence[str]
) -> SampleOptions:
    """Return what the sample of a request groups its responses by, of the columns that there are."""
    keys = {one.column for head in heads for one in head if one.kind is not Kind.SEVERAL and one.columns}
    people = [name for name in selection.where if name in study.questionnaire.roles]
    roles = dict.fromkeys((*study.margins.columns, *sorted(keys), *people, *([INSIDE] if request.where else [])))
    return replace(options(study, selection), roles=tuple(name for name in roles if name in columns))


def _sum_up(
    study: Study,
    selection: Selection,
    request: Request,
    rows: Sequence[Variable],
    heads: tuple[tuple[Variable, ...], ...],
) -> Answers | None:
    """Count the answers of a large study part by part, without holding responses.

    None where the responses are needed, for a multiple choice among the groups, a condition, or values of numbers, and
    where few are held in less time.
    """
    if request.where or any(one.kind is Kind.SEVERAL for head in heads for one in head):
        return None
    asked, version = versioned(study, selection)
    parts = stored_parts(study.root / "store", version)
    if sum(part.rows for part in parts) <= MOST_ROWS or not all(one.options for one in rows):
        return None
    lines, rates = lines_of(None, rows, request)
    plan = _plan(study, selection, request, heads, parts[0].schema.names)
    if (sample := _sum_up_once(asked, version, plan, rates)) is None:
        return None
    time, left_out = written(asked, version), caption_phrase(asked)
    return Answers(StudySample(asked, version, time, left_out, _keyed(study, sample, heads), rates), None, lines, heads)


def _sum_up_once(study: Study, version: int, plan: SampleOptions, rates: tuple[Rate, ...]) -> Sample | None:
    """Return the weighted sums of rates; the last ones stay in memory, because another filter needs the same."""
    key = sample_digest(study, version, (plan, rates))
    for known, sample in LAST_SUMMED:
        if key is not None and known == key:
            return sample
    cells = counted_cells(study, version, definition_of(study, version, plan, rates), range(len(rates)))
    if cells is None:
        return None
    sample = weigh_cells(cells, study.questionnaire, study.areas, study.margins, plan)
    if key is not None:
        LAST_SUMMED[:] = [(key, sample)]
    return sample


def _heads(study: Study, request: Request) -> tuple[tuple[Variable, ...], ...]:
    known = groups(study)
    if unknown := [name for head in request.heads for name in head if name not in known]:
        raise ArgumentError("没有这个分组", got="、".join(unknown), expected="、".join(known))
    return tuple(tuple(known[name] for name in head) for head in request.heads)


def _read(study: Study, selection: Selection, request: Request, variables: Sequence[Variable]) -> Counted:
    """Read the columns that are needed; with a condition, add whether a response meets it."""
    names = parse(request.where).names if request.where else ()
    stored = {name for one in variables for name in one.columns}
    roles = {*study.margins.columns, *selection.where, *names}
    named = {item.name for item in study.questionnaire.items if item.name in names or item.question in names}
    envelope = {*ENVELOPE} - {ID}  # ids take long to read, and no table needs them unless a condition does
    counted = _read_once(study, selection, frozenset(envelope | roles | stored | named))
    if not request.where:
        return counted
    known = {*counted.rows.schema.names, *AREA_COLUMNS, *(item.question for item in study.questionnaire.items)}
    if unknown := [name for name in names if name not in known]:
        raise ArgumentError(
            "条件里有不认识的名字", where=request.where, got="、".join(unknown), expected="题号、分组列"
        )
    inside = evaluate(parse(request.where), _columns(study, counted.rows, names))
    if not inside.any():
        raise ArgumentError("没有一份答卷符合条件", where=request.where, cure="核对编码和取值，或放宽条件")
    flag = pa.array(inside.astype(np.int8))
    return replace(counted, rows=counted.rows.append_column(INSIDE, flag))


def _read_once(study: Study, selection: Selection, columns: frozenset[str]) -> Counted:
    """Read columns of the responses; the last ones stay in memory, because another filter needs the same.

    A digest of the responses that count tells whether they are the same; small studies have none and are read again.
    """
    asked, version = versioned(study, selection)
    key = sample_digest(asked, version, tuple(sorted(columns)))
    for known, rows in LAST_READ:
        if key is not None and known == key:
            return Counted(asked, version, written(asked, version), caption_phrase(asked), rows)
    counted = read_counted(study, selection, columns=columns)
    if key is not None and counted.rows.num_rows <= MOST_ROWS:
        LAST_READ[:] = [(key, counted.rows)]
    return counted


def _columns(study: Study, rows: pa.Table, names: Sequence[str]) -> Mapping[str, object]:
    """Return the stored columns and those of places that a condition names."""
    frame = study.areas.frame.set_index("psu").reindex(pd.Index(rows["psu"].to_pandas()))
    places = {name: frame[name].astype(object) for name in AREA_COLUMNS if name in names and name in frame}
    return {**{name: rows[name] for name in rows.schema.names}, **places}


def key_of(variable: Variable) -> str:
    """Return the name of the key column of a group."""
    return f"by:{variable.name}"


def _keyed(study: Study, sample: Sample, heads: Sequence[Sequence[Variable]]) -> Sample:
    """Return the sample with a labelled key column for each group, but for multiple choices."""
    groups_of = dict.fromkeys(one for head in heads for one in head if one.kind is not Kind.SEVERAL)
    keys = {key_of(variable): _labelled(study, sample, variable) for variable in groups_of}
    return replace(sample, cells=sample.cells.with_keys(**keys)) if keys else sample


def _labelled(study: Study, sample: Sample, variable: Variable) -> object:
    if variable.kind is Kind.PLACE:
        codes, values = sample.cells.codes(variable.column)
        held = np.bincount(codes[codes >= 0], minlength=len(values)) > 0
        labels = {value: place_label(study, variable.column, value) for value in values[held]}
        return _named(codes, values.tolist(), labels)
    answers = {one.code: one.label for one in variable.options if not one.missing}
    codes, values = pd.factorize(sample.grouped[variable.column])
    return _named(codes, values.tolist(), answers)


def _named(codes: Any, values: Sequence[Any], labels: Mapping[Any, str]) -> Any:
    """Return categories in the order of the labels, given the place of each in some values (-1: missing).

    Those without a label are missing.
    """
    names = {label: at for at, label in enumerate(dict.fromkeys(labels.values()))}
    place = np.array([*(names[labels[value]] if value in labels else -1 for value in values), -1])
    return pd.Categorical.from_codes(place[codes], pd.Index(list(names)), ordered=True)
