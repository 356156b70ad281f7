"""Unasked: answers to questions that were not put to a person are dropped, and told.

As the form does it (SurveyJS clearInvisibleValues "onHidden"). The raw file keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from survey.answers import Answers, Words, absent, broken
from survey.issue import Finding, IssueCode
from survey.question import BLANK, Question
from survey.questionnaire import Questionnaire
from survey.visibility import asked

Mask = npt.NDArray[np.bool_]
ROWS = ""  # a column of no question, so that the number of rows is known even to a file without answers


def drop_unasked(answers: Answers, questionnaire: Questionnaire, *, interviewed: Mask) -> None:
    """Make everything that was not asked "not asked".

    Args:
        answers: changed in place: codes, words and findings.
        questionnaire: its conditions.
        interviewed: rows that an interviewer filled in; only these were asked the interviewer's own questions.
    """
    shown = asked(questionnaire, Columns(answers), interviewed=interviewed)
    for question in questionnaire.questions:
        if not shown[question.name].all():
            _hide(answers, question, ~shown[question.name])


class Columns(Mapping[str, Any]):
    """The answers as `survey.expressions` wants them, made only for the columns that a condition looks at."""

    def __init__(self, answers: Answers) -> None:
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


def _hide(answers: Answers, question: Question, hidden: Mask) -> None:
    dropped: Mask = np.zeros(answers.rows, dtype=bool)
    for item in question.items:
        codes = answers.codes.get(item.name)
        if codes is not None:
            dropped |= hidden & (codes != BLANK) & (codes > broken(codes.dtype))
            codes[hidden] = absent(codes.dtype)
    for name in question.text_items:
        words = answers.words.get(name)
        if words is not None:
            gone = hidden[words.positions]
            dropped[words.positions[gone]] = True
            answers.words[name] = Words(words.positions[~gone], words.texts.filter(~gone))
    if dropped.any():
        place = f"{question.name} {question.title}"
        answers.findings.append(Finding(IssueCode.NOT_ASKED, place, np.flatnonzero(dropped), expected="空白"))
