"""Types of the plain valid answers of one question, and the type of a whole body composed of them.

msgspec compiles such a type into a decoder that checks types, codes, ranges and lengths while parsing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec

from survey.collect.submission.answer_rules import COMMENT, TEXT_LIMIT, plain_codes, whole_range
from survey.collect.submission.envelope import Envelope, Short
from survey.instrument.question import OTHER_VALUE, Question, Shape

OWN, COMMENTED = "q%d", "c%d"
"""Field names: a question's answer and its text for 其他, by position among the questions."""
TEXT = Annotated[str, msgspec.Meta(min_length=1, max_length=TEXT_LIMIT)]
NOTE = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=TEXT_LIMIT)]
"""The text of 其他 must not be blank."""


class Bounds(NamedTuple):
    """Limits that are not part of the questions themselves.

    Attributes:
        most: question -> how many options may be ticked.
        age: the question that asks the age in years, if any.
        adult: the age from which no guardian is needed.
    """

    most: Mapping[str, int]
    age: str | None
    adult: int


class Consent(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Consent of a resident who needs no guardian."""

    agreed: Literal[True]
    under14: Literal[False] = False
    notice: Short = ""


def is_plain(question: Question) -> bool:
    """Return whether a question allows plain answers; False for interviewers' questions and those without options."""
    return not question.interviewer and bool(not question.type.listed or plain_codes(question))


def proven(questions: Sequence[Question], bounds: Bounds) -> type[Any]:
    """Return the type of a body with individually valid answers.

    Args:
        questions: those that are `is_plain`, in order; fields of `answers` are named by position.
        bounds: limits beside the questionnaire.
    """
    fields = []
    for place, question in enumerate(questions):
        always = question.required and question.visible_if is None
        fields.append(_field(question.name, OWN % place, HOLDS[question.type.shape](question, bounds), always))
        if question.other:
            fields.append(_field(question.name + COMMENT, COMMENTED % place, NOTE, False))
    return msgspec.defstruct(
        "Proven",
        [("consent", Consent), ("answers", _struct("Answers", fields))],
        bases=(Envelope,),
        namespace={"proven": True},
        frozen=True,
        kw_only=True,
        gc=False,
        forbid_unknown_fields=True,
    )


def _choice(question: Question, bounds: Bounds) -> Any:
    return _one_of([*sorted(plain_codes(question)), *([OTHER_VALUE] if question.other else [])])


def _one_of(values: Sequence[int | str]) -> Any:
    return Literal[tuple(values)]


def _several(question: Question, bounds: Bounds) -> Any:
    longest = bounds.most.get(question.name, len(question.choices))
    chosen: Any = _choice(question, bounds)
    return Annotated[tuple[chosen, ...], msgspec.Meta(min_length=1, max_length=longest)]


def _matrix(question: Question, bounds: Bounds) -> Any:
    cell = _one_of(sorted(choice.code for choice in question.choices))
    return _struct(
        "Cells", [_field(row.name, f"r{at}", cell, question.required) for at, row in enumerate(question.rows)]
    )


def _number(question: Question, bounds: Bounds) -> Any:
    low, high = whole_range(question)
    least = max(low, bounds.adult) if question.name == bounds.age else low
    return Annotated[int, msgspec.Meta(ge=math.ceil(least), le=math.floor(high))]


HOLDS: Mapping[Shape, Callable[[Question, Bounds], Any]] = {
    Shape.CODE: _choice,
    Shape.CODES: _several,
    Shape.CELLS: _matrix,
    Shape.TRUTH: lambda question, bounds: bool,
    Shape.NUMBER: _number,
    Shape.DATE: lambda question, bounds: TEXT,
    Shape.TEXT: lambda question, bounds: TEXT,
}


def _field(key: str, name: str, held: Any, always: bool) -> tuple[str, Any, Any]:
    """Return a field of a record, never null; None stands for a missing key."""
    return name, held, msgspec.field(name=key) if always else msgspec.field(name=key, default=None)


def _struct(name: str, fields: Sequence[tuple[str, Any, Any]]) -> Any:
    return msgspec.defstruct(name, fields, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True)
