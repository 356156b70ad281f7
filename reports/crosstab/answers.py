"""The weighted answers behind a crosstab: one item per answer, the groups as columns, the domain as a flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.counts.numbered_responses import NumberedResponses
from analysis.estimation.sample import Sample
from reports.counted.kept_correlations import sample_digest
from reports.crosstab.numbered import MOST_ROWS, prepare_numbered
from reports.crosstab.request import Net, Request
from reports.crosstab.variables import Kind, Option, Variable, expanded, groups, place_label
from reports.sample import ENVELOPE, Counted, StudySample, options, read_counted, versioned, written
from reports.selection import AREA_COLUMNS, Selection
from survey.errors import ArgumentError
from survey.instrument.conditions.expressions import parse
from survey.instrument.conditions.on_columns import evaluate
from survey.instrument.question import BLANK
from survey.instrument.rate import Base, Rate
from survey.quality.exclusions import ID, caption_phrase
from survey.study.study import Study

INSIDE = "inside_domain"
"""Key column of the cells: 1 in the domain of the condition."""
MOST_VALUES = 400
"""Different values that a number may have."""
LISTED = 20
"""Values of a number up to which each has a line of its own; of more only the mean is shown."""
LAST_READ: list[tuple[str, pa.Table]] = []
"""Digest and columns of the responses that were read last."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        variable: the question.
        label: the answer, the net, or 平均.
        items: names of the items it is made from: one, or those whose codes a mean averages.
        codes: the code of each item of a mean; empty for shares.
        net: whether it is a net.
    """

    variable: Variable
    label: str
    items: tuple[str, ...]
    codes: tuple[int, ...] = ()
    net: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """The sample of a crosstab.

    Attributes:
        gathered: the study and its sample, with a key column per group and `INSIDE`.
        numbered: the responses with the cell of each.
        lines: lines of the table, in order.
        heads: groups, as asked for.
    """

    gathered: StudySample
    numbered: NumberedResponses
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
    counted = _read(study, selection, request, (*rows, *(one for head in heads for one in head)))
    lines, rates = _lines(counted.rows, rows, request)
    keys = {one.column for head in heads for one in head if one.kind is not Kind.SEVERAL and one.columns}
    wanted = options(study, selection)
    people = [name for name in selection.where if name in study.questionnaire.roles]
    roles = dict.fromkeys((*study.margins.columns, *sorted(keys), *people, *([INSIDE] if request.where else [])))
    known = tuple(name for name in roles if name in counted.rows.schema.names)
    sample, numbered = prepare_numbered(counted, replace(wanted, roles=known), rates)
    return Answers(counted.weighted(_keyed(study, sample, heads), rates), numbered, lines, heads)


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


def _lines(
    rows: pa.Table, variables: Sequence[Variable], request: Request
) -> tuple[tuple[Line, ...], tuple[Rate, ...]]:
    """Return the lines of the table and the rates that they are made from."""
    lines, rates = list[Line](), list[Rate]()
    _check_nets(variables, request)
    for variable in variables:
        answers = variable.options or _values(rows, variable)
        missing = tuple(one.code for one in answers if one.missing and variable.kind is Kind.SINGLE)
        shown = [one for one in answers if request.everyone or not one.missing]
        made = [_rate(variable, (one,), missing, request) for one in shown]
        rates += made
        if variable.kind is not Kind.NUMBER or len(made) <= LISTED:
            lines += [Line(variable, one.label, (rate.name,)) for one, rate in zip(shown, made, strict=True)]
        for net in request.nets:
            if net.question in (variable.name, variable.matrix):
                rates.append(_rate(variable, _netted(net, answers), missing, request, net.label))
                lines.append(Line(variable, net.label, (rates[-1].name,), net=True))
        if variable.kind is Kind.NUMBER or (request.means and variable.kind is Kind.SINGLE):
            codes = tuple(one.code for one in shown if not one.missing)
            names = tuple(rate.name for one, rate in zip(shown, made, strict=True) if not one.missing)
            lines.append(Line(variable, "平均", names, codes))
    return tuple(lines), tuple(rates)


def _check_nets(variables: Sequence[Variable], request: Request) -> None:
    """Refuse nets of questions that are no rows of the table, and two of one name on a row."""
    known = {name: None for one in variables for name in (one.name, one.matrix) if name}
    if unknown := [net.question for net in request.nets if net.question not in known]:
        raise ArgumentError("合并项的题目不在这张表里", got="、".join(unknown), expected="、".join(known))
    for one in variables:
        labels = [net.label for net in request.nets if net.question in (one.name, one.matrix)]
        if twice := [label for label in labels if labels.count(label) > 1]:
            raise ArgumentError("两个合并项同名", where=one.name, got=twice[0], cure="给其中一个换个名字")


def _values(rows: pa.Table, variable: Variable) -> tuple[Option, ...]:
    """Return the values of a number in the data as answers."""
    found = sorted(value for value in pc.unique(rows[variable.column]).to_pylist() if value not in (None, BLANK))
    if len(found) > MOST_VALUES:
        raise ArgumentError(
            "这道数值题不同的取值太多", where=variable.name, got=str(len(found)), expected=f"至多 {MOST_VALUES}"
        )
    return tuple(Option(str(value), ((variable.column, (value,)),), value) for value in found)


def _netted(net: Net, answers: Sequence[Option]) -> tuple[Option, ...]:
    known = {one.label: one for one in answers}
    if unknown := [label for label in net.answers if label not in known]:
        raise ArgumentError(
            "合并项里有不认识的答案", where=net.question, got="、".join(unknown), expected="、".join(known)
        )
    return tuple(known[label] for label in net.answers)


def _rate(
    variable: Variable, answers: Sequence[Option], missing: tuple[int, ...], request: Request, label: str = ""
) -> Rate:
    """Return the rate of one answer, or of several counted together."""
    codes: dict[str, tuple[int, ...]] = {}
    for answer in answers:
        for column, chosen in answer.terms:
            codes[column] = (*codes.get(column, ()), *chosen)
    name = f"{variable.name}≡{label}" if label else f"{variable.name}={answers[0].code}"
    base: Base = "all" if request.everyone else "valid"
    return Rate(name, label or answers[0].label, "", tuple(codes.items()), base, () if request.everyone else missing)


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
