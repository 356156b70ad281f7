"""One question of a questionnaire: type, choices, rows, and the columns in which its answers are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

NOT_ASKED = None
"""Value in a stored column of a question that was not shown: NULL."""
BLANK = -2
"""Code in a stored column of a question that was shown and left empty."""
OTHER = 97
"""Code of 其他 for questions with `showOtherItem`; SurveyJS writes "other"."""
OTHER_VALUE = "other"

ROLES: Mapping[str, str] = {
    "age": "年龄",
    "sex": "性别",
    "education": "文化程度",
    "work": "职业",
    "hukou": "户籍",
    "housing": "居住类型",
    "residence": "居住时间",
    "insider": "相关人员",
}
"""Roles with a column of their own in the response table; each occurs at most once in a questionnaire."""

GENERAL_ROLES: Mapping[str, str] = {
    "screening": "甄别",
    "demographic": "个人情况",
    "channel": "渠道",
    "open": "开放题",
    "integrity": "真实性",
    "foil": "虚设题",
    "barrier": "未参与原因",
    "reason": "态度原因",
    "importance": "改进重点",
    "behaviour": "身边现象",
}
"""Roles that several questions can have."""

Missing = Literal["dontknow", "refused"]
Form = Literal["code", "flag", "number"]


class Shape(StrEnum):
    """The JSON value of an answer in a submission."""

    CODE = "code"  # 3; "other" for 其他
    CODES = "codes"  # [4, 1], in the order in which they were chosen
    CELLS = "cells"  # {"E1": 2, "E2": 5}: a code per row
    TRUTH = "truth"  # true or false, stored as 1 or 0
    NUMBER = "number"  # 34, a whole number
    DATE = "date"  # "2026-11-03"
    TEXT = "text"  # "希望路灯再亮一些"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option.

    Attributes:
        code: the stored code, 0 to 127.
        label: label as shown to respondents.
        missing: reason why it is not a substantive answer, or None.
        screen_out: whether choosing it ends the interview.
        exclusive: whether it excludes all other options of a checkbox.
        bookable: for a channel, whether an office can order activities there; word of mouth and 其他 cannot be ordered.
        source_name: name in the form that the questionnaire was made from, such as the text name of an XLSForm choice;
            "" if that is the code.
    """

    code: int
    label: str
    missing: Missing | None = None
    screen_out: bool = False
    exclusive: bool = False
    bookable: bool = True
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a matrix, with its indicators, responsible unit, group and name in the form it was made from."""

    name: str
    label: str
    indicators: tuple[str, ...] = ()
    unit: str = ""
    group: str = ""
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One class of a numeric answer, bounds included; `maximum` None is unbounded."""

    code: int
    label: str
    minimum: float
    maximum: float | None


@dataclass(frozen=True, slots=True)
class Item:
    """One stored column of coded answers.

    Attributes:
        name: "A1"; matrix row "E.E3"; checkbox option "B1.4" (其他 is "B1.97").
        question: name of the question.
        label: label for tables and charts.
        form: "code" (one of `choices`), "flag" (0 or 1) or "number".
        choices: possible codes; empty for flags and numbers.
        option: code of the option that the column represents if every option has a column of its own, else None.
    """

    name: str
    question: str
    label: str
    form: Form
    choices: tuple[Choice, ...] = ()
    option: int | None = None

    @property
    def chosen(self) -> tuple[int, ...]:
        """Codes that mean "this option was chosen"; empty if the column does not represent a single option."""
        if self.option is None:
            return ()
        return tuple(choice.code for choice in self.choices if choice.code > 0) or (1,)

    @property
    def missing(self) -> tuple[int, ...]:
        """Codes that mean "don't know" or "refused"."""
        return tuple(choice.code for choice in self.choices if choice.missing)


Element = Mapping[str, Any]
"""The JSON element of a question in a questionnaire."""


def ticked(place: int) -> int:
    """Return 1 for a chosen option and 0 for any other, regardless of the order."""
    return int(place > 0)


@dataclass(frozen=True, slots=True)
class QuestionType:
    """Properties shared by all questions of one type.

    Higher layers depend on these properties and never on the name, so that a new type needs no change there.

    Attributes:
        name: name in documents, and key of the widget in the online form.
        elements: SurveyJS types read as this one; "text:date" is a `text` with this inputType.
        shape: JSON shape of an answer.
        xlsform: type in an XLSForm, without the name of the choice list.
        choices: function that reads the options of an element: choices, columns of a matrix, steps of a scale.
        items: function that returns the stored coded columns of a question; none for a text.
        mark: function from the rank at which an option was chosen (0 for not chosen) to the value of its column.
        joiners: additional separators that tools write between options in one cell.
        hint: instruction for paper questionnaires, "" for none.
    """

    name: str
    elements: tuple[str, ...]
    shape: Shape
    xlsform: str
    choices: Callable[[Element], tuple[Choice, ...]]
    items: Callable[[Question, Element], tuple[Item, ...]]
    mark: Callable[[int], int] = ticked
    joiners: tuple[str, ...] = ()
    hint: str = ""

    @property
    def several(self) -> bool:
        """Whether several options may be chosen, each with a column of its own."""
        return self.shape is Shape.CODES

    @property
    def ordered(self) -> bool:
        """Whether the columns of the options hold the order in which they were chosen."""
        return self.mark(1) != self.mark(2)

    @property
    def grid(self) -> bool:
        """Whether it has rows with common choices, one column per row."""
        return self.shape is Shape.CELLS

    @property
    def numeric(self) -> bool:
        """Whether the answer is a whole number."""
        return self.shape is Shape.NUMBER

    @property
    def dated(self) -> bool:
        """Whether the answer is a date."""
        return self.shape is Shape.DATE

    @property
    def open(self) -> bool:
        """Whether the answer is free text."""
        return self.shape is Shape.TEXT

    @property
    def written(self) -> bool:
        """Whether the answer is stored as text, not as a code or number."""
        return self.dated or self.open

    @property
    def listed(self) -> bool:
        """Whether the answer is chosen from options."""
        return not (self.numeric or self.written)

    @property
    def classes(self) -> bool:
        """Whether every respondent has exactly one option, so that the question can define domains."""
        return self.listed and not (self.several or self.grid)


@dataclass(frozen=True, slots=True)
class Question:
    """One question as asked.

    Attributes:
        name: short code such as "A1", unique in the questionnaire.
        type: its type.
        title: the question text.
        choices: options, or columns of a matrix; 其他 is included with code 97.
        rows: rows of a matrix, else empty.
        other: whether it has an "other, please specify" text.
        required: whether an answer is required (in every row of a matrix).
        visible_if: condition under which it is shown, those of page and panels included; None for always.
        role: canonical ("age", "sex", ...) or general ("demographic", "channel", ...).
        page: number of its page, from 0.
        minimum: smallest valid number.
        maximum: largest valid number.
        indicators: codes in the assessment system.
        unit: responsible unit.
        items: stored coded columns.
        text_items: stored text columns, "H1" or "B1.other".
        group: professional group of the topic.
        bands: classes of a numeric answer.
        knowledge: whether there is a correct answer; only such a question may have a key.
        interviewer: whether it is read out or filled in by an interviewer, and never shown in self-completion.
        label: short title for tables and charts; defaults to the title.
        source_name: name in the form that the questionnaire was made from; "" if it is the same.
    """

    name: str
    type: QuestionType
    title: str
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    other: bool = False
    required: bool = False
    visible_if: str | None = None
    role: str | None = None
    page: int = 0
    minimum: float | None = None
    maximum: float | None = None
    indicators: tuple[str, ...] = ()
    unit: str = ""
    items: tuple[Item, ...] = ()
    text_items: tuple[str, ...] = ()
    group: str = ""
    bands: tuple[Band, ...] = ()
    knowledge: bool = False
    interviewer: bool = False
    label: str = ""
    source_name: str = ""

    @property
    def meanings(self) -> Mapping[int, Any]:
        """Stored code -> value in the form, where they differ: "other" for 97, true and false for 1 and 0."""
        if self.type.shape is Shape.TRUTH:
            return {1: True, 0: False}
        return {OTHER: OTHER_VALUE} if self.other and self.type.shape is Shape.CODE else {}

    def choice(self, code: int) -> Choice | None:
        """Return the choice with this code, or None."""
        return next((choice for choice in self.choices if choice.code == code), None)
