"""Unasked: answers to questions that were not put to a person are dropped, and told.

As the form does it (SurveyJS clearInvisibleValues "onHidden"). The raw file keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.answers import CodedAnswers, Words, absent, broken
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.visibility import asked
from survey.readers.cells.issues import CellIssue, IssueCode, Positions
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import ReadTable

Mask = npt.NDArray[np.bool_]
ROWS = ""  # a column of no question, so that the number of rows is known even to a file without answers


def drop_unasked(answers: CodedAnswers, questionnaire: Questionnaire, read: ReadTable, *, interviewed: Mask) -> None:
    """Make everything that was not asked "not asked".

    Args:
        answers: changed in place: codes, words and findings.
        questionnaire: its conditions.
        read: the file, for the cells that are told.
        interviewed: rows that an interviewer filled in; only these were asked the interviewer's own questions.
    """
    shown = asked(questionnaire, Columns(answers), interviewed=interviewed)
    unsure = _unsure(answers)
    for question in questionnaire.questions:
        if not shown[question.name].all():
            dropped = _hide(answers, question, ~shown[question.name], unsure)
            answers.findings += _told(question, read, np.flatnonzero(dropped))


class Columns(Mapping[str, Any]):
    """The answers as `survey.instrument.expressions` wants them, only for the columns that a condition looks at."""

    def __init__(self, answers: CodedAnswers) -> None:
        """Remember the answers."""
        self._answers = answers

    def __getitem__(self, name: str) -> Any:
        """Codes as floats, NaN for not asked or not coded; texts as objects."""
        if name == ROWS:
            return np.full(self._answers.rows, np.nan)
        if name in self._answers.words:
            words = self._answers.words[name]
            texts = np.full(self._answers.rows, None, dtype=object)
            texts[words.positions] = words.texts.to_pylist()
            return texts
        codes = self._answers.codes[name]
        return np.where(codes > broken(codes.dtype), codes, np.nan).astype(np.float64)

    def __iter__(self) -> Iterator[str]:
        """Names of all columns."""
        yield ROWS
        yield from self._answers.codes
        yield from self._answers.words

    def __len__(self) -> int:
        """Number of columns."""
        return 1 + len(self._answers.codes) + len(self._answers.words)


def _unsure(answers: CodedAnswers) -> Mask:
    """Rows with a cell that could not be coded: it may have been the very one that routing depends on."""
    unsure: Mask = np.zeros(answers.rows, dtype=bool)
    for codes in answers.codes.values():
        unsure |= codes == broken(codes.dtype)
    return unsure


def _hide(answers: CodedAnswers, question: Question, hidden: Mask, unsure: Mask) -> Mask:
    """Drop the answers of the hidden rows (of unsure rows only the blanks); returns the rows that lost something."""
    dropped: Mask = np.zeros(answers.rows, dtype=bool)
    for item in question.items:
        codes = answers.codes.get(item.name)
        if codes is not None:
            answered = (codes != BLANK) & (codes > broken(codes.dtype))
            gone = hidden & ~(answered & unsure)
            dropped |= gone & answered
            codes[gone] = absent(codes.dtype)
    for name in question.text_items:
        words = answers.words.get(name)
        if words is not None:
            gone = (hidden & ~unsure)[words.positions]
            dropped[words.positions[gone]] = True
            answers.words[name] = Words(words.positions[~gone], words.texts.filter(pa.array(~gone)))
    return dropped


def _told(question: Question, read: ReadTable, rows: Positions) -> Iterator[CellIssue]:
    """One finding, with the first cell of the question that is filled in each row."""
    if not len(rows):
        return
    names = {question.name, *(item.name for item in question.items), *question.text_items}
    columns = [column for column in read.columns if column.target in names]
    cells = pa.nulls(len(rows), pa.string())
    for column in columns:
        given = as_text(read.frame[f"c{column.index}"].take(pa.array(rows))).combine_chunks()
        cells = pc.if_else(pc.equal(pc.fill_null(cells, ""), ""), given, cells)
    label = columns[0].label if len(columns) == 1 else f"{question.name} {question.title}"
    values = ["" if cell is None else cell for cell in cells.to_pylist()]
    yield CellIssue(IssueCode.NOT_ASKED, label, rows, values, expected="空白")
