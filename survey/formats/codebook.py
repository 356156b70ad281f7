"""Codebook: the columns of an export with labels, codes and missing codes, shared by all formats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.storage.store import W_SCALE
from survey.study.responses import column_of
from survey.study.study import Study

Form = Literal["code", "number", "decimal", "text", "time"]
BLANK_LABEL = "未答"
CHOSEN: Mapping[int, str] = {0: "未选", 1: "选中"}


@dataclass(frozen=True, slots=True)
class ExportVariable:
    """One column of an export.

    Attributes:
        name: name, such as "A1", "B1.4", "E.E3".
        label: one-line label.
        form: code, number, decimal, text or time.
        labels: code -> value label.
        missing: codes of non-substantive answers: blank, don't know, refused.
        question: question text, "" for columns about the response.
        asked_if: condition under which it is asked, "" for always.
        stored: column in the response table, "" for a text.
        names: code -> text name of the choice in the form that the questionnaire was made from, where it has one.
    """

    name: str
    label: str
    form: Form
    labels: Mapping[int, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    question: str = ""
    asked_if: str = ""
    stored: str = ""
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dataset:
    """Coded answers ready for export.

    Attributes:
        title: title of the survey.
        variables: one per column of the table, in order.
        table: columns by `ExportVariable.name`; NULL means "not asked", BLANK "left empty".
        notes: origin of the data: wave, version, mock or real.
    """

    title: str
    variables: tuple[ExportVariable, ...]
    table: pa.Table
    notes: tuple[str, ...] = ()


ABOUT: tuple[ExportVariable, ...] = (
    ExportVariable("response_id", "答卷编号", "text", stored="response_id"),
    ExportVariable("wave", "调查轮次", "text", stored="wave"),
    ExportVariable("mode", "调查方式", "text", stored="mode"),
    ExportVariable("psu", "社区编码", "text", stored="psu"),
    ExportVariable("submitted", "提交时间", "time", stored="submitted"),
    ExportVariable("seconds", "答题用时（秒）", "number", stored="seconds"),
    ExportVariable("interviewer", "访问员编号", "text", stored="interviewer"),
    ExportVariable("weight", "基础权重", "decimal", stored="w_fx"),
)
"""Columns about the response. Pseudonyms of network addresses and devices are not exported."""


def variables_of(questionnaire: Questionnaire, *, texts: bool) -> tuple[ExportVariable, ...]:
    """Return the codebook of a questionnaire.

    Args:
        questionnaire: the questionnaire.
        texts: whether to include the free texts.
    """
    asked = [one for question in questionnaire.questions for one in _of_question(question, questionnaire, texts=texts)]
    return (*ABOUT, *asked)


def dataset_of(
    study: Study,
    responses: pa.Table,
    words: pa.Table | None,
    *,
    more: Sequence[ExportVariable] = (),
    notes: Sequence[str] = (),
) -> Dataset:
    """Return the columns of the store in the order of the codebook.

    Args:
        study: source of questionnaire and title.
        responses: rows of the store.
        words: free texts of the store; None to leave them out.
        more: further columns of the responses, such as final weights; a name that a question has gets silu_ in front.
        notes: see `Dataset`.
    """
    asked = variables_of(study.questionnaire, texts=words is not None)
    known = {variable.name for variable in asked}
    variables = (*asked, *(replace(one, name=f"silu_{one.name}") if one.name in known else one for one in more))
    by_item = {} if words is None else _texts_by_item(words)
    ids = responses["response_id"].to_pylist()
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for variable in variables:
        if variable.stored:
            columns[variable.name] = _cells(variable, responses)
        else:
            texts = by_item.get(variable.name, {})
            columns[variable.name] = pa.array([texts.get(one) for one in ids], pa.string())
    return Dataset(study.title, variables, pa.table(columns), tuple(notes))


def _of_question(question: Question, questionnaire: Questionnaire, *, texts: bool) -> Iterator[ExportVariable]:
    for item in question.items:
        labels = CHOSEN if item.form == "flag" else {choice.code: choice.label for choice in item.choices}
        part = item.name != question.name  # an option or a grid row
        yield ExportVariable(
            name=item.name,
            label=f"{question.label}：{item.label}" if part else item.label,
            form="number" if item.form == "number" else "code",
            labels={**labels, BLANK: BLANK_LABEL},
            missing=(BLANK, *item.missing),
            question=question.title,
            asked_if=question.visible_if or "",
            stored=column_of(item, questionnaire),
            names={choice.code: choice.source_name for choice in item.choices if choice.source_name},
        )
    for name in question.text_items if texts else ():
        label = f"{question.label}：填写内容" if name.endswith(".other") else question.label
        yield ExportVariable(name, label, "text", question=question.title, asked_if=question.visible_if or "")


def _cells(variable: ExportVariable, responses: pa.Table) -> pa.Array | pa.ChunkedArray:
    if variable.stored not in responses.column_names:
        return pa.nulls(responses.num_rows, pa.int32())
    cells = responses[variable.stored]
    if variable.form == "decimal":
        fixed = pa.types.is_integer(cells.type)
        return pc.divide(pc.cast(cells, pa.float64()), float(W_SCALE)) if fixed else cells
    return pc.cast(cells, pa.string()) if variable.form == "text" else cells


def _texts_by_item(words: pa.Table) -> Mapping[str, Mapping[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for row in words.select(["item", "response_id", "text"]).to_pylist():
        texts.setdefault(row["item"], {})[row["response_id"]] = row["text"]
    return texts
