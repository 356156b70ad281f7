"""Recognise answers that were given up: all questions from some point on are empty, required ones among them.

Exports hold such rows beside the complete ones, with or without a status. What follows the last answer was not reached:
it is stored like a question that was not asked, outside the base of every rate, and reported.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from survey.importing.columns.coded_answers import CodedAnswers, absent
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.issues import CellIssue, IssueCode
from survey.readers.tables.read_table import ReadTable

LEAST = 2
"""Least number of empty questions at the end, one of them required: a single one may have been left empty."""
NOTHING_ANSWERED = "一题也没有答"
Rows = npt.NDArray[np.int64]
NOWHERE = np.array([], dtype=np.int64)


def mark_unreached(answers: CodedAnswers, questionnaire: Questionnaire, read: ReadTable) -> None:
    """Replace "left empty" by "not asked" at the end of answers that were given up, and add a finding.

    Questions for interviewers are left out: an interviewer can answer them after the respondent has stopped.

    Args:
        answers: coded answers after routing, modified in place.
        questionnaire: source of order and requirements.
        read: the file; in rows that the tool itself marked as unfinished, all empty questions at the end count.
    """
    ends = list(_backwards(answers, questionnaire))
    rows = np.unique(np.concatenate([NOWHERE, *(asked for _, _, asked in ends)]))  # all others end with an answer
    empty = np.zeros(answers.rows, dtype=np.int16)
    required = np.zeros(answers.rows, dtype=bool)
    for question, _, asked in ends:
        empty[asked] += 1
        required[asked] |= question.required
    given_up = required & (empty >= LEAST)
    unfinished = np.zeros(answers.rows, dtype=bool)
    for mark in read.marked:
        given_up[list(mark.positions)] = False
        unfinished[list(mark.positions)] |= mark.problem is IssueCode.UNFINISHED
    given_up |= unfinished & (empty > 0)
    positions = rows[given_up[rows]]
    if not len(positions):
        return
    last = dict.fromkeys(positions.tolist(), NOTHING_ANSWERED)
    for question, stopped, asked in ends:
        last |= dict.fromkeys(stopped[given_up[stopped]].tolist(), f"最后答的是 {question.name} {question.title}")
        _unreach(answers, question, asked[given_up[asked]])
    unmarked = ~unfinished[positions]  # the tool's own mark is reported already
    if unmarked.any():
        values = [text for text, shown in zip(last.values(), unmarked.tolist(), strict=True) if shown]
        answers.findings.append(CellIssue(IssueCode.GIVEN_UP, "", positions[unmarked], values))


def _unreach(answers: CodedAnswers, question: Question, rows: Rows) -> None:
    for item in question.items:
        if (codes := answers.codes.get(item.name)) is not None:
            codes[rows[codes[rows] == BLANK]] = absent(codes.dtype)


def _backwards(answers: CodedAnswers, questionnaire: Questionnaire) -> Iterator[tuple[Question, Rows, Rows]]:
    """Yield the questions from the last one on, until no row is empty from there to the end.

    Yields:
        The question, the rows of which it holds the last answer, and the rows that were asked it and are empty from it
        to the end.
    """
    rows: Rows | None = None  # None for all, so that a million complete rows are not copied
    for question in reversed(questionnaire.questions):
        if question.interviewer:
            continue
        answered = _answered(answers, question)
        if rows is None:
            rows, stopped = np.flatnonzero(~answered), NOWHERE
        else:
            stopped, rows = rows[answered[rows]], rows[~answered[rows]]
        yield question, stopped, rows[_asked(answers, question, rows)]
        if not len(rows):
            return


def _answered(answers: CodedAnswers, question: Question) -> npt.NDArray[np.bool_]:
    """Return the rows with any answer to a question, also one that could not be coded."""
    answered = np.zeros(answers.rows, dtype=bool)
    for item in question.items:
        if (codes := answers.codes.get(item.name)) is not None:
            answered |= (codes != BLANK) & (codes != absent(codes.dtype))
    for name in question.text_items:
        if (words := answers.words.get(name)) is not None:
            answered[words.positions] = True
    return answered


def _asked(answers: CodedAnswers, question: Question, rows: Rows) -> npt.NDArray[np.bool_]:
    """Return which of some rows were asked a question, by its coded columns."""
    asked = np.zeros(len(rows), dtype=bool)
    for item in question.items:
        if (codes := answers.codes.get(item.name)) is not None:
            asked |= codes[rows] == BLANK
    return asked
