"""Rules for one answer: whether it is valid for its question, by the type of the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from survey.instrument.question import OTHER, OTHER_VALUE, Question, Shape

TEXT_LIMIT = 2000
"""Maximum characters of one free text, also enforced by the form."""
COMMENT = "-Comment"
"""SurveyJS keeps the text of 其他 under the question's name with this ending."""

CODE_TYPES = frozenset({int, str})
WHOLE = frozenset({int})

Check = Callable[[Any, Mapping[str, Any]], str | None]
"""Value and all answers -> reason, or None when it is valid."""


def plain_codes(question: Question) -> frozenset[int]:
    """Return the codes of the options, without 其他 where it is encoded as "other"."""
    return frozenset(choice.code for choice in question.choices if not (question.other and choice.code == OTHER))


def _code(question: Question) -> Check:
    """Return the check of values that are not plain codes: only 其他 is valid."""
    comment = question.name + COMMENT

    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        return _comment(answers.get(comment)) if question.other and value == OTHER_VALUE else "code"

    return check


def _comment(text: Any) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "other"
    return "long" if len(text) > TEXT_LIMIT else None


def _codes(question: Question) -> Check:
    codes = plain_codes(question)
    exclusive = frozenset(choice.code for choice in question.choices if choice.exclusive)
    allowed: frozenset[Any] = codes | {OTHER_VALUE} if question.other else codes
    comment = question.name + COMMENT

    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        if type(value) is not list or not CODE_TYPES.issuperset(map(type, value)):
            return "kind"
        chosen = frozenset(value)
        if len(chosen) != len(value) or not chosen <= allowed:
            return "code"
        if len(chosen) > 1 and chosen & exclusive:
            return "exclusive"
        return _comment(answers.get(comment)) if OTHER_VALUE in chosen else None

    return check


def _cells(question: Question) -> Check:
    rows = frozenset(row.name for row in question.rows)
    codes = frozenset(choice.code for choice in question.choices)

    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        if type(value) is not dict:
            return "kind"
        if not value.keys() <= rows:
            return "unknown"
        cells = value.values()
        if not (WHOLE.issuperset(map(type, cells)) and codes.issuperset(cells)):
            return "code"
        return "required" if question.required and len(value) < len(rows) else None

    return check


def _truth(question: Question) -> Check:
    return lambda value, answers: None if type(value) is bool else "kind"


def whole_range(question: Question) -> tuple[float, float]:
    """Return the smallest and largest valid number; without bounds, those of the stored column."""
    low = question.minimum if question.minimum is not None else -(2**31)
    return low, question.maximum if question.maximum is not None else 2**31 - 1


def _number(question: Question) -> Check:
    low, high = whole_range(question)

    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        if type(value) is not int:
            return "kind"
        return None if low <= value <= high else "range"

    return check


def _date(question: Question) -> Check:
    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        if type(value) is not str or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return "kind"
        try:
            date.fromisoformat(value)
        except ValueError:
            return "range"
        return None

    return check


def _text(question: Question) -> Check:
    def check(value: Any, answers: Mapping[str, Any]) -> str | None:
        if type(value) is not str:
            return "kind"
        return "long" if len(value) > TEXT_LIMIT else None

    return check


CHECKS: Mapping[Shape, Callable[[Question], Check]] = {
    Shape.CODE: _code,
    Shape.CODES: _codes,
    Shape.CELLS: _cells,
    Shape.TRUTH: _truth,
    Shape.NUMBER: _number,
    Shape.DATE: _date,
    Shape.TEXT: _text,
}
