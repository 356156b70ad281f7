"""Which questions were put to whom: routing, screening and the end of the interview taken together.

The order is that of the form: a question that is not shown has no answer for any later condition, and an
interview ends after the page on which a screening choice was made or an ending condition came true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.expressions import Columns, evaluate, evaluate_one, parse
from survey.question import Kind
from survey.questionnaire import Questionnaire

Flags = npt.NDArray[np.bool_]
SCREENING = frozenset({Kind.SINGLE, Kind.RATING, Kind.MULTIPLE})
"""Kinds whose choices may end an interview."""


def asked(questionnaire: Questionnaire, columns: Columns, *, interviewed: Flags | None = None) -> Mapping[str, Flags]:
    """Which rows were asked each question.

    Args:
        questionnaire: gives order, conditions and endings.
        columns: stored columns by item name; see `survey.expressions.evaluate`.
        interviewed: rows with an interviewer, who alone sees `interviewer` questions; all rows when None.

    Returns:
        Question name -> one bool a row.
    """
    rows = len(next(iter(columns.values())))
    everyone = np.ones(rows, dtype=np.bool_)
    known: dict[str, Any] = dict.fromkeys(columns)
    ended, page = ~everyone, 0
    shown: dict[str, Flags] = {}
    for question in questionnaire.questions:
        if question.page != page:
            ended, page = ended | _ended(questionnaire, known, rows, before=question.page), question.page
        flags = ~ended
        if question.visible_if is not None:
            flags = flags & evaluate(parse(question.visible_if), _given(known, rows))
        if question.interviewer and interviewed is not None:
            flags = flags & interviewed
        shown[question.name] = flags
        for name in (*(item.name for item in question.items), *question.text_items):
            if name in columns:
                known[name] = _where(columns[name], flags)
    return shown


def _given(known: Mapping[str, Any], rows: int) -> Columns:
    """The answers so far; the row count is kept even when there is none."""
    return {"": np.zeros(rows, dtype=np.int8), **{name: column for name, column in known.items() if column is not None}}


def _where(column: Any, flags: Flags) -> pd.Series[Any]:
    series = pd.Series(column.to_pandas() if hasattr(column, "to_pandas") else column).reset_index(drop=True)
    return series if flags.all() else series.where(flags)


def _ended(questionnaire: Questionnaire, known: Mapping[str, Any], rows: int, *, before: int) -> Flags:
    """Rows whose interview ended on a page before this one."""
    given = _given(known, rows)
    ended = np.zeros(rows, dtype=np.bool_)
    for text in _endings(questionnaire, before):
        ended |= evaluate(parse(text), given)
    return ended


def _endings(questionnaire: Questionnaire, before: int) -> tuple[str, ...]:
    """Conditions that end an interview, those of screening choices on the pages before included."""
    screening = [
        f"{{{question.name}}} anyof [{', '.join(codes)}]"
        for question in questionnaire.questions
        if question.page < before
        and question.kind in SCREENING
        and (codes := [str(choice.code) for choice in question.choices if choice.screen_out])
    ]
    return (*questionnaire.endings, *screening)


def asked_one(questionnaire: Questionnaire, answers: Mapping[str, Any], *, interviewed: bool = True) -> frozenset[str]:
    """The questions that were put to one person.

    Args:
        questionnaire: gives order, conditions and endings.
        answers: as the form keeps them; see `survey.expressions.evaluate_one`.
        interviewed: an interviewer was there.
    """
    known: dict[str, Any] = {}
    shown: list[str] = []
    page = 0
    for question in questionnaire.questions:
        if question.page != page:
            page = question.page
            if any(evaluate_one(parse(text), known) for text in _endings(questionnaire, page)):
                break
        hidden = question.visible_if is not None and not evaluate_one(parse(question.visible_if), known)
        if hidden or (question.interviewer and not interviewed):
            continue
        shown.append(question.name)
        known |= {name: answers[name] for name in (question.name, f"{question.name}-Comment") if name in answers}
    return frozenset(shown)
