"""Determine which questions were asked of whom, by routing, screening and the end of the interview.

Evaluation follows the form: a question that is not shown has no answer in later conditions, and an interview ends
after the page on which a screening choice was made or an ending condition became true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.instrument.conditions.expressions import COMMENT, Expression, evaluate_one, parse, source
from survey.instrument.conditions.on_columns import Columns, evaluate
from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire

Flags = npt.NDArray[np.bool_]


def asked(questionnaire: Questionnaire, columns: Columns, *, interviewed: Flags | None = None) -> Mapping[str, Flags]:
    """Return which rows were asked each question.

    Args:
        questionnaire: source of order, conditions and endings.
        columns: stored columns by item name; see `survey.instrument.conditions.on_columns.evaluate`.
        interviewed: rows with an interviewer, which alone have `interviewer` questions; None for all rows.

    Returns:
        Question name -> one bool per row.
    """
    rows = len(next(iter(columns.values())))
    watched = _watched(questionnaire)
    # A dummy column carries the number of rows before any question is answered.
    known: dict[str, Any] = {"": np.zeros(rows, dtype=np.int8)}
    shown: dict[str, Flags] = {}
    ended = np.zeros(rows, dtype=np.bool_)
    for question, endings in _steps(questionnaire):
        for ending in endings:
            ended = ended | evaluate(ending, known, questionnaire.meanings)
        flags = ~ended
        if question.visible_if is not None:
            flags &= evaluate(parse(question.visible_if), known, questionnaire.meanings)
        if question.interviewer and interviewed is not None:
            flags &= interviewed
        shown[question.name] = flags
        if question.name in watched:
            names = (*(item.name for item in question.items), *question.text_items)
            known |= {name: _where(columns[name], flags) for name in names if name in columns}
    return shown


def asked_one(questionnaire: Questionnaire, answers: Mapping[str, Any], *, interviewed: bool = True) -> frozenset[str]:
    """Return the questions that were asked of one person.

    Args:
        questionnaire: source of order, conditions and endings.
        answers: answers as the form keeps them; see `survey.instrument.conditions.expressions.evaluate_one`.
        interviewed: whether an interviewer was present.
    """
    known: dict[str, Any] = {}
    shown: list[str] = []
    for question, endings in _steps(questionnaire):
        if any(evaluate_one(ending, known) for ending in endings):
            break
        hidden = question.visible_if is not None and not evaluate_one(parse(question.visible_if), known)
        if hidden or (question.interviewer and not interviewed):
            continue
        shown.append(question.name)
        known |= {name: answers[name] for name in (question.name, question.name + COMMENT) if name in answers}
    return frozenset(shown)


def _steps(questionnaire: Questionnaire) -> Iterator[tuple[Question, list[Expression]]]:
    """Yield each question with the ending conditions to check before it: those on the page just completed."""
    endings = [(parse(text), _pages(questionnaire, parse(text))) for text in questionnaire.endings]
    left = 0
    for question in questionnaire.questions:
        due = [ending for ending, pages in endings if pages & set(range(left, question.page))]
        yield question, due
        left = question.page


def _pages(questionnaire: Questionnaire, expression: Expression) -> frozenset[int]:
    return frozenset(questionnaire.question(source(name)).page for name in expression.names)


def _watched(questionnaire: Questionnaire) -> frozenset[str]:
    """Return the questions that conditions refer to."""
    conditions = [question.visible_if for question in questionnaire.questions if question.visible_if is not None]
    texts = (*conditions, *questionnaire.endings)
    return frozenset(source(name) for text in texts for name in parse(text).names)


def _where(column: Any, flags: Flags) -> Any:
    if flags.all():
        return column
    series = pd.Series(column.to_pandas() if hasattr(column, "to_pandas") else column)
    return series.reset_index(drop=True).where(flags)
