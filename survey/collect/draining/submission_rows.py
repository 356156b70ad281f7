"""Submissions of the inbox as rows in the study's own column layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from survey.collect.inbox.inbox import Stored
from survey.collect.links.seals import Seals
from survey.collect.settings import CHINA
from survey.collect.submission.answer_rules import COMMENT
from survey.collect.submission.envelope import MAX_SECONDS
from survey.importing.answer_rows import AnswerRows
from survey.instrument.question import OTHER, OTHER_VALUE, Question
from survey.study.study import Study

META = ("response_id", "wave", "mode", "psu", "submitted", "seconds", "interviewer", "device", "ip")
CODES = {code: str(code) for code in range(1000)}
"""Cached texts of small numbers, which make up nearly all answers."""


def rows_of(study: Study, name: str, submissions: Sequence[Stored], seals: Seals) -> tuple[AnswerRows, Counter[str]]:
    """Convert submissions to rows.

    Args:
        study: source of the questions.
        name: name of the raw file that is kept of them.
        submissions: submissions of one wave and mode.
        seals: verifies the interviewers' passes.

    Returns:
        The rows, and question (or matrix row) that the questionnaire lacks or has in another form -> number of
        submissions that answer it.
    """
    layout = _Layout.of(study.questionnaire.questions)
    foreign: Counter[str] = Counter()
    rows = []
    for stored in submissions:
        content = orjson.loads(stored.submission.body)
        foreign.update(layout.foreign(content["answers"]))
        rows.append((*_particulars(stored, content, seals), *layout.cells(content["answers"])))
    return AnswerRows(name, (*META, *layout.columns), tuple(rows)), foreign


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of a questionnaire, computed once for all submissions.

    Attributes:
        plan: name of each question, rows of a matrix (None for any other question), name of its comment ("" for none).
        grids: name of each matrix -> its rows.
        known: valid keys of answers to the other questions.
        columns: names of the columns.
    """

    plan: tuple[tuple[str, tuple[str, ...] | None, str], ...]
    grids: Mapping[str, frozenset[str]]
    known: frozenset[str]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, questions: Sequence[Question]) -> _Layout:
        plan = tuple(
            (
                question.name,
                tuple(row.name for row in question.rows) if question.type.grid else None,
                question.name + COMMENT if question.other and not question.type.grid else "",
            )
            for question in questions
        )
        plain = {name for name, rows, _ in plan if rows is None} | {comment for _, _, comment in plan if comment}
        return cls(
            plan,
            {name: frozenset(rows) for name, rows, _ in plan if rows is not None},
            frozenset(plain),
            tuple(column for question in questions for column in columns(question)),
        )

    def foreign(self, answers: Mapping[str, Any]) -> Iterator[str]:
        """Yield answers without a column: questions, rows of a matrix, a matrix answered in another form."""
        for name in answers.keys() - self.known:
            value, rows = answers[name], self.grids.get(name)
            if rows is None:
                yield name
            elif isinstance(value, dict):
                yield from (f"{name}.{row}" for row in value.keys() - rows)
            elif value is not None:
                yield name

    def cells(self, answers: Mapping[str, Any]) -> list[str]:
        """Return the cells of the columns, as text."""
        cells: list[str] = []
        for name, rows, comment in self.plan:
            value = answers.get(name)
            if rows is not None:
                given = value if isinstance(value, dict) else {}
                cells += [_text(given[row]) if row in given else "" for row in rows] if given else [""] * len(rows)
                continue
            cells.append("" if value is None else _text(value))
            if comment:
                cells.append(_text(answers.get(comment)))
        return cells


def columns(question: Question) -> Iterator[str]:
    """Yield the columns of a question."""
    if question.type.grid:
        yield from (item.name for item in question.items)
        return
    yield question.name
    if question.other:
        yield f"{question.name}.other"


def _particulars(stored: Stored, content: Mapping[str, Any], seals: Seals) -> tuple[str, ...]:
    submission = stored.submission
    given = seals.interviewer(content.get("pass", "")) if content.get("pass") else None
    received = datetime.fromtimestamp(submission.received / 1000, CHINA).replace(tzinfo=None)
    return (
        str(UUID(bytes=submission.id)), submission.wave, submission.mode, str(submission.place or ""),
        received.isoformat(" ", "seconds"), _text(min(content["seconds"], MAX_SECONDS)),
        given.interviewer if given else "", _text(submission.device), _text(submission.address),
    )  # fmt: skip


def _text(value: Any) -> str:
    """Return one answer as text in the study's own layout."""
    kind = type(value)
    if kind is int:
        return CODES.get(value) or str(value)
    if kind is str:
        return str(OTHER) if value == OTHER_VALUE else value
    if kind is list:
        return "|".join(map(_text, value))
    if kind is bool:
        return str(int(value))
    return "" if value is None else str(value)
