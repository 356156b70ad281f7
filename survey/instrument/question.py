"""One question of a questionnaire: its type, its choices, its rows, and the columns its answers are stored in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

NOT_ASKED = None
"""A question that was not shown: NULL in the stored column."""
BLANK = -2
"""A question that was shown and left empty: this code in the stored column."""
OTHER = 97
"""The code of 其他 where a question has `showOtherItem`; SurveyJS itself writes "other"."""
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
"""Roles that become a column of their own in the response table; each at most once in a questionnaire."""

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
"""Roles that any number of questions may have."""

Missing = Literal["dontknow", "refused"]
Form = Literal["code", "flag", "number"]


class Shape(StrEnum):
    """The answer to a question as the form keeps it: the JSON value of a submission."""

    CODE = "code"  # 3; "other" for 其他
    CODES = "codes"  # [4, 1], in the order in which they were chosen
    CELLS = "cells"  # {"E1": 2, "E2": 5}: a code for each row
    TRUTH = "truth"  # true or false, stored as 1 or 0
    NUMBER = "number"  # 34, a whole number
    DATE = "date"  # "2026-11-03"
    TEXT = "text"  # "希望路灯再亮一些"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option.

    Attributes:
        code: the stored code, 0 to 127.
        label: the wording the respondent saw.
        missing: why it is no substantive answer, or None.
        screen_out: choosing it ends the interview.
        exclusive: choosing it in a checkbox rules out all others.
    """

    code: int
    label: str
    missing: Missing | None = None
    screen_out: bool = False
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a matrix, with the duty it maps to."""

    name: str
    label: str
    indicators: tuple[str, ...] = ()
    unit: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """One class of a numeric answer, both ends included; `maximum` None is open."""

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
        label: what the column says, for tables and charts.
        form: "code" (one of `choices`), "flag" (0 or 1) or "number".
        choices: the codes that may occur; empty for flags and numbers.
        option: code of the option that the column stands for, where every option has a column of its own; else None.
    """

    name: str
    question: str
    label: str
    form: Form
    choices: tuple[Choice, ...] = ()
    option: int | None = None

    @property
    def chosen(self) -> tuple[int, ...]:
        """Codes that mean "this option was chosen"; empty where the column stands for no single option."""
        if self.option is None:
            return ()
        return tuple(choice.code for choice in self.choices if choice.code > 0) or (1,)

    @property
    def missing(self) -> tuple[int, ...]:
        """Codes that mean "don't know" or "refused"."""
        return tuple(choice.code for choice in self.choices if choice.missing)


Element = Mapping[str, Any]
"""A question as it stands in the JSON of a questionnaire."""


def ticked(place: int) -> int:
    """Return 1 for an option that was chosen and 0 for one that was not, whatever the order."""
    return int(place > 0)


@dataclass(frozen=True, slots=True)
class QuestionType:
    """What holds for all questions of one type.

    The layers above ask for the properties below and never for the name, so a new type needs no change there.

    Attributes:
        name: name of the type in documents, and key of its widget in the online form.
        elements: SurveyJS types that are read as this one; "text:date" is a `text` of this inputType.
        shape: the answer as the form keeps it.
        xlsform: its type in an XLSForm, without the name of the list of choices.
        choices: reads the options of an element: its choices, the columns of a matrix, the steps of a scale.
        items: makes the stored coded columns of a question; none for a text.
        mark: what the column of an option holds when it was chosen as the n-th; the argument is 0 when it was not.
        joiners: what tools put between the options in one cell, beside their usual separators.
        hint: how to fill the question in on paper, "" where that is plain.
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
        """More than one option may be chosen, and every option has a column of its own."""
        return self.shape is Shape.CODES

    @property
    def ordered(self) -> bool:
        """The columns of the options keep the order in which they were chosen."""
        return self.mark(1) != self.mark(2)

    @property
    def grid(self) -> bool:
        """Rows that are answered with the same choices, one column a row."""
        return self.shape is Shape.CELLS

    @property
    def numeric(self) -> bool:
        """The answer is a whole number that stands for itself."""
        return self.shape is Shape.NUMBER

    @property
    def dated(self) -> bool:
        """The answer is a day."""
        return self.shape is Shape.DATE

    @property
    def open(self) -> bool:
        """The answer is in the respondent's own words."""
        return self.shape is Shape.TEXT

    @property
    def written(self) -> bool:
        """The answer is stored as a text and not as a code or a number."""
        return self.dated or self.open

    @property
    def listed(self) -> bool:
        """The answer is chosen from options."""
        return not (self.numeric or self.written)

    @property
    def classes(self) -> bool:
        """Every respondent falls under exactly one option, so that the answers can be grouped by it."""
        return self.listed and not (self.several or self.grid)


@dataclass(frozen=True, slots=True)
class Question:
    """One question as asked.

    Attributes:
        name: short code such as "A1", unique in the questionnaire.
        type: its type.
        title: the wording.
        choices: options; the columns of a matrix; 其他 included with code 97.
        rows: rows of a matrix, else empty.
        other: an "other, please say" text goes with it.
        required: an answer is demanded (of every row, for a matrix).
        visible_if: when it is shown, page and panel conditions included; None is always.
        role: canonical ("age", "sex", ...) or general ("demographic", "channel", ...).
        page: number of its page, from 0.
        minimum: smallest number allowed.
        maximum: largest number allowed.
        indicators: codes in the assessment system.
        unit: the unit that answers for it.
        items: stored coded columns.
        text_items: stored text columns, "H1" or "B1.other".
        group: the professional group the topic belongs to.
        bands: classes of a numeric answer.
        knowledge: has a right answer; only such a question may carry a key.
        interviewer: read or filled in by an interviewer, never shown in self-completion.
        label: short title for tables and charts; the title where the file gives none.
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

    def choice(self, code: int) -> Choice | None:
        """The choice with this code, or None."""
        return next((choice for choice in self.choices if choice.code == code), None)
