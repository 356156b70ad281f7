"""Code the answer columns of a file, before routing is checked.

Every column is coded on its distinct values, which are then spread over the rows. Arrays contain these marks:
`absent(dtype)` for not asked, `broken(dtype)` for a cell that could not be coded, BLANK for shown and left empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.question import BLANK, OTHER, Item, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dates import read_moment
from survey.readers.cells.decoding import Answer, Tokens
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.files.sheet import as_text, distinct
from survey.readers.tables.read_table import Column, Form, ReadTable
from survey.readers.tables.targets import decoder_of

Codes = npt.NDArray[Any]
Positions = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
SHOWN_CHOICES = 12


@cache
def absent(dtype: npt.DTypeLike) -> int:
    """Return the mark for "not asked"."""
    return int(np.iinfo(np.dtype(dtype)).min)


@cache
def broken(dtype: npt.DTypeLike) -> int:
    """Return the mark for a cell that could not be coded."""
    return int(np.iinfo(np.dtype(dtype)).min) + 1


@dataclass(frozen=True)
class Words:
    """Row positions and free texts of one text item."""

    positions: Positions
    texts: pa.Array


@dataclass
class CodedAnswers:
    """Coded answers of one file.

    Args:
        rows: number of rows.
        codes: item name -> int8 codes (int32 for numbers), for the items in the file.
        words: text item -> texts.
        findings: the issues found.
    """

    rows: int
    codes: dict[str, Codes] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    findings: list[CellIssue] = field(default_factory=list)


def code_answers(read: ReadTable, questionnaire: Questionnaire) -> CodedAnswers:
    """Code every answer column of a file."""
    answers = CodedAnswers(read.frame.num_rows)
    by_target = {column.target: column for column in read.columns if column.form is not Form.META}
    for question in questionnaire.questions:
        columns = [by_target[name] for name in _targets(question) if name in by_target]
        if not columns:
            answers.findings.append(_missing(question))
        for column in columns:
            _code_column(answers, column, question, read)
        if question.type.several:
            _unticked_is_zero(answers, question)
    return answers


def _targets(question: Question) -> tuple[str, ...]:
    return (question.name, *(item.name for item in question.items if item.name != question.name), *_other(question))


def _other(question: Question) -> tuple[str, ...]:
    return tuple(name for name in question.text_items if name != question.name)


def _missing(question: Question) -> CellIssue:
    return CellIssue(IssueCode.MISSING_COLUMN, f"{question.name} {question.title}", np.array([], dtype=np.int64))


def _code_column(answers: CodedAnswers, column: Column, question: Question, read: ReadTable) -> None:
    cells = read.frame[f"c{column.index}"]
    if column.form is Form.TEXT:
        _texts(answers, column, question, cells, read.dialect)
        return
    coded = distinct(cells)
    texts = coded.dictionary.to_pylist()
    decode = decoder_of((column.form, column.target), question, read.dialect)
    found = [decode(cell) for cell in texts]
    _spread(answers, column, question, found, coded.indices)
    where = np.asarray(coded.indices.to_numpy(), dtype=np.int32)
    _add_findings(answers, column, question, found, (where, texts))
    _words_behind(answers, question, found, where)


def _spread(
    answers: CodedAnswers, column: Column, question: Question, found: Sequence[Answer], where: pa.Int32Array
) -> None:
    """Spread the distinct answers of a column over the rows of the coded columns."""
    if column.form is Form.OPTIONS:
        for item in question.items:
            marks = [_mark(answer, item, question) for answer in found]
            answers.codes[item.name] = _each(marks, np.dtype(np.int8), where)
        return
    item = next(item for item in question.items if item.name == column.target)
    answers.codes[item.name] = _each([_value(answer, item) for answer in found], _dtype(item), where)


def _each(codes: Sequence[int], dtype: np.dtype[Any], where: pa.Int32Array) -> Codes:
    """Return a writable array of the code of each row, by pyarrow, because numpy would convert to int64 first."""
    return np.array(pc.take(pa.array(np.array(codes, dtype=dtype)), where).to_numpy())


def _dtype(item: Item) -> np.dtype[Any]:
    return np.dtype(np.int32 if item.form == "number" else np.int8)


def _value(answer: Answer, item: Item) -> int:
    marks = {"skipped": absent(_dtype(item)), "bad": broken(_dtype(item)), "ok": answer.code}
    return marks[answer.state]


def _mark(answer: Answer, item: Item, question: Question) -> int:
    """Return the code of the column of one option for a cell with all chosen options."""
    if answer.state != "ok":
        return {"skipped": absent(np.int8), "bad": broken(np.int8)}[answer.state]
    if answer.codes is None:
        return BLANK
    return question.type.mark(answer.codes.index(item.option) + 1 if item.option in answer.codes else 0)


def _add_findings(
    answers: CodedAnswers, column: Column, question: Question, found: Sequence[Answer], cells: tuple[Numbers, list[str]]
) -> None:
    """Add a finding for each kind of problem in the column."""
    where, distinct = cells
    for problem in dict.fromkeys(answer.problem for answer in found if answer.problem):
        these = np.array([answer.problem is problem for answer in found])
        positions = np.flatnonzero(these[where])
        values = [distinct[index] for index in where[positions]]
        answers.findings.append(
            CellIssue(problem, column.label, positions, values, _expected(problem, question, column), _cure(problem))
        )


def _expected(problem: IssueCode, question: Question, column: Column) -> str:
    if problem is IssueCode.UNKNOWN_CODE:
        own = next((item.choices for item in question.items if item.name == column.target), ())
        labels = [f"{choice.label}({choice.code})" for choice in own or question.choices]
        return "、".join(labels[:SHOWN_CHOICES]) + ("……" if len(labels) > SHOWN_CHOICES else "")
    if problem is IssueCode.OUT_OF_RANGE:
        low, high = question.minimum, question.maximum
        return f"{'' if low is None else f'{low:g}'} 到 {'' if high is None else f'{high:g}'}"
    return {IssueCode.NOT_A_NUMBER: "整数", IssueCode.BAD_DATE: "日期，如 2026-11-03"}.get(problem, "")


def _cure(problem: IssueCode) -> str:
    return "按问卷改正后重新导入" if problem is IssueCode.UNKNOWN_CODE else ""


def _words_behind(answers: CodedAnswers, question: Question, found: Sequence[Answer], where: Numbers) -> None:
    """Add the respondents' own words after 其他 in the same cell."""
    given = np.array([answer.words is not None for answer in found])
    if not question.other or not given.any():
        return
    positions = np.flatnonzero(given[where])
    texts = pa.array([answer.words for answer in found], pa.string()).take(pa.array(where[positions]))
    answers.words[f"{question.name}.other"] = Words(positions, texts)


def _texts(answers: CodedAnswers, column: Column, question: Question, cells: pa.ChunkedArray, dialect: Dialect) -> None:
    """Add free texts unchanged; empty cells and tokens of the tool are not texts."""
    tokens = Tokens.of(dialect)
    nothing = pa.array([*tokens.blank, *tokens.skipped, *dialect.blank, *dialect.skipped], pa.string())
    cells = as_text(cells)
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(cells, ""))
    given = np.asarray(pc.invert(pc.is_in(trimmed, nothing)).to_numpy(), dtype=bool)
    positions = np.flatnonzero(given)
    texts = pa.chunked_array(cells.filter(pa.array(given)).chunks, pa.string()).combine_chunks()
    if column.target in answers.words and not len(positions):
        return
    answers.words[column.target] = Words(positions, texts)
    if question.type.dated:
        _check_dates(answers, column, question)


def _check_dates(answers: CodedAnswers, column: Column, question: Question) -> None:
    words = answers.words[column.target]
    texts = words.texts.to_pylist()
    wrong = np.array([read_moment(text) is None for text in texts], dtype=bool)
    if wrong.any():
        problem = IssueCode.BAD_DATE
        values = [text for text, bad in zip(texts, wrong, strict=True) if bad]
        answers.findings.append(
            CellIssue(
                problem, column.label, words.positions[wrong], values, expected=_expected(problem, question, column)
            )
        )


def _flags(answers: CodedAnswers, question: Question) -> list[Codes]:
    return [answers.codes[item.name] for item in question.items if item.name in answers.codes]


def _add_other(answers: CodedAnswers, question: Question) -> None:
    """Set the column of 其他 where there are words after it, and create the column if the file lacks it."""
    words, name = answers.words.get(f"{question.name}.other"), f"{question.name}.{OTHER}"
    flags = _flags(answers, question)
    if words is None or not flags:
        return
    if name not in answers.codes:
        skipped = np.logical_and.reduce([flag == absent(np.int8) for flag in flags])
        answers.codes[name] = np.where(skipped, absent(np.int8), BLANK).astype(np.int8)
    answers.codes[name][words.positions] = 1


def _unticked_is_zero(answers: CodedAnswers, question: Question) -> None:
    """Replace empty flags by 0 if another flag of the row is set; if all are empty, the question was left blank."""
    _add_other(answers, question)
    flags = _flags(answers, question)
    if len(flags) < 2:
        return
    ticked = np.logical_or.reduce([flag >= 0 for flag in flags])
    for flag in flags:
        flag[ticked & (flag == BLANK)] = 0
