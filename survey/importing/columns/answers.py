"""Code the answer columns of a file, before routing is checked.

Every column is coded on its distinct values, which are then spread over the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.columns.coded_answers import CodedAnswers, Codes, Words, absent, broken
from survey.importing.columns.flags import FlagCoding, code_mentions, flag_coding, unticked_is_zero
from survey.importing.columns.free_texts import given_texts
from survey.importing.columns.whole import WholeFile
from survey.instrument.question import BLANK, Item, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dates import read_moment
from survey.readers.cells.decoding import Answer
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.cells.missing import NO_VALUE
from survey.readers.files.sheet import as_text, distinct
from survey.readers.tables.read_table import Column, Form, ReadTable
from survey.readers.tables.targets import decoder_of

Numbers = npt.NDArray[np.int32]
SHOWN_CHOICES = 12


def code_answers(read: ReadTable, questionnaire: Questionnaire, whole: WholeFile) -> CodedAnswers:
    """Code every answer column of a file, or of a block of it."""
    answers = CodedAnswers(read.frame.num_rows)
    by_target = {column.target: column for column in read.columns if column.form is not Form.META}
    for question in questionnaire.questions:
        columns = [by_target[name] for name in _targets(question) if name in by_target]
        if not columns:
            answers.findings.append(_missing(question))
        _code_question(answers, columns, question, (read, whole))
    return answers


def _targets(question: Question) -> tuple[str, ...]:
    return (question.name, *(item.name for item in question.items if item.name != question.name), *_other(question))


def _other(question: Question) -> tuple[str, ...]:
    return tuple(name for name in question.text_items if name != question.name)


def _missing(question: Question) -> CellIssue:
    return CellIssue(IssueCode.MISSING_COLUMN, f"{question.name} {question.title}", np.array([], dtype=np.int64))


def _code_question(
    answers: CodedAnswers, columns: Sequence[Column], question: Question, file: tuple[ReadTable, WholeFile]
) -> None:
    """Code the columns of a question; how its flags are numbered is decided on all of them together."""
    read, whole = file
    closed = {column: distinct(read.frame[f"c{column.index}"]) for column in columns if column.form is not Form.TEXT}
    flags = {column: cells for column, cells in closed.items() if column.form is Form.FLAG}
    coding = flag_coding(flags, question, read.dialect) if flags else FlagCoding.TRUTH
    if coding is FlagCoding.MENTIONS:
        code_mentions(answers, tuple(flags.values()), question, read.dialect)
    for column in columns:
        if column.form is Form.TEXT:
            _texts(answers, column, question, read, whole)
        elif column.form is not Form.FLAG or coding is not FlagCoding.MENTIONS:
            _code_column(answers, column, question, closed[column], (coding, read.dialect))
    if question.type.several:
        unticked_is_zero(answers, question)


def _code_column(
    answers: CodedAnswers,
    column: Column,
    question: Question,
    coded: pa.DictionaryArray,
    conventions: tuple[FlagCoding, Dialect],
) -> None:
    coding, dialect = conventions
    texts = coded.dictionary.to_pylist()
    decode = decoder_of((column.form, column.target), question, dialect)
    found = [coding.read(cell, decode) for cell in texts]
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
            CellIssue(
                problem, column.label, positions, values, _expected(problem, question, column), CURES.get(problem, "")
            )
        )


def _expected(problem: IssueCode, question: Question, column: Column) -> str:
    if column.form is Form.FLAG:
        return "1（选中）或 0（没选），是 或 否，或者选项的文字"
    if problem in (IssueCode.UNKNOWN_CODE, IssueCode.UNLABELLED):
        own = next((item.choices for item in question.items if item.name == column.target), ())
        labels = [f"{choice.label}({choice.code})" for choice in own or question.choices]
        return "、".join(labels[:SHOWN_CHOICES]) + ("……" if len(labels) > SHOWN_CHOICES else "")
    if problem is IssueCode.OUT_OF_RANGE:
        low, high = question.minimum, question.maximum
        return f"{'' if low is None else f'{low:g}'} 到 {'' if high is None else f'{high:g}'}"
    return {IssueCode.NOT_A_NUMBER: "整数", IssueCode.BAD_DATE: "日期，如 2026-11-03"}.get(problem, "")


CURES = {
    IssueCode.UNKNOWN_CODE: "按问卷改正后重新导入",
    IssueCode.UNLABELLED: "请对方给每个数字都加上标签；或由人确认后在 mapping.toml 的 [answers.题号] 里逐个写明，"
    '例如 "2（没有标签）" = 4',
    IssueCode.NO_VALUE: "用 Excel 打开文件，按 F9 算出结果，保存后再导入",
    IssueCode.FLAG_CODING: "请对方按 0 和 1 或按文字导出；确知 2 是“没选”的，把 2 全部改成 0",
}


def _words_behind(answers: CodedAnswers, question: Question, found: Sequence[Answer], where: Numbers) -> None:
    """Add the respondents' own words after 其他 in the same cell."""
    given = np.array([answer.words is not None for answer in found])
    if not question.other or not given.any():
        return
    positions = np.flatnonzero(given[where])
    texts = pa.array([answer.words for answer in found], pa.string()).take(pa.array(where[positions]))
    answers.words[f"{question.name}.other"] = Words(positions, texts)


def _texts(answers: CodedAnswers, column: Column, question: Question, read: ReadTable, whole: WholeFile) -> None:
    """Add free texts unchanged; empty cells and tokens of the tool are not texts."""
    cells = as_text(read.frame[f"c{column.index}"])
    trimmed, given = given_texts(cells, read.dialect)
    if (lost := np.flatnonzero(pc.equal(trimmed, NO_VALUE).to_numpy())).size:
        answers.findings.append(
            CellIssue(IssueCode.NO_VALUE, column.label, lost, (NO_VALUE,), cure=CURES[IssueCode.NO_VALUE])
        )
    positions = np.flatnonzero(given)
    texts = pa.chunked_array(cells.filter(pa.array(given)).chunks, pa.string()).combine_chunks()
    if column.target in answers.words and not len(positions) and column.target not in whole.written:
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
