"""Discard and report answers to questions that were not asked, as the form does.

The rule is SurveyJS clearInvisibleValues "onHidden". The raw file keeps the answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.columns.coded_answers import CodedAnswers, Words, absent, broken
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.visibility import asked
from survey.readers.cells.issues import CellIssue, IssueCode, Positions
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import ReadTable

Mask = npt.NDArray[np.bool_]
ROWS = ""  # a dummy column that carries the number of rows of a file without answers


def drop_unasked(answers: CodedAnswers, questionnaire: Questionnaire, read: ReadTable, *, interviewed: Mask) -> None:
    """Replace the answers to questions that were not asked by "not asked".

    Args:
        answers: codes, words and findings, modified in place.
        questionnaire: source of the conditions.
        read: the file, for the cells to report.
        interviewed: rows filled in by an interviewer, which alone have the `interviewer` questions.
    """
    shown = asked(questionnaire, Columns(answers), interviewed=interviewed)
    unsure = _unsure(answers)
    for question in questionnaire.questions:
        if not shown[question.name].all():
            dropped = _hide(answers, question, ~shown[question.name], unsure)
            answers.findings += _findings(question, read, np.flatnonzero(dropped))


class Columns(Mapping[str, Any]):
    """The answers in the form of `survey.instrument.conditions.expressions`, converted on access."""

    def __init__(self, answers: CodedAnswers) -> None:
        """Wrap the answers."""
        self._answers = answers

    def __getitem__(self, name: str) -> Any:
        """Return codes as floats, NaN for not asked or not coded; texts as objects."""
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
        """Iterate over the names of all columns."""
        yield ROWS
        yield from self._answers.codes
        yield from self._answers.words

    def __len__(self) -> int:
        """Return the number of columns."""
        return 1 + len(self._answers.codes) + len(self._answers.words)


def _unsure(answers: CodedAnswers) -> Mask:
    """Return the rows with a cell that could not be coded, on which their routing may depend."""
    unsure: Mask = np.zeros(answers.rows, dtype=bool)
    for codes in answers.codes.values():
        unsure |= codes == broken(codes.dtype)
    return unsure


def _hide(answers: CodedAnswers, question: Question, hidden: Mask, unsure: Mask) -> Mask:
    """Discard the answers of hidden rows (of unsure rows only blanks); return the rows with discarded answers."""
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


def _findings(question: Question, read: ReadTable, rows: Positions) -> Iterator[CellIssue]:
    """Yield a finding with the first non-empty cell of the question in each row."""
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
