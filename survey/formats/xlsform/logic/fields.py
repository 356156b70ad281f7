"""What the names of a form mean in the questionnaire, for the translation of its expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from survey.formats.xlsform.logic.expressions import XPath
from survey.instrument.question import OTHER_VALUE

Code = int | str
"""A code, or "other"."""


class Kind(StrEnum):
    """How an answer can be compared."""

    ONE = "单选"
    SEVERAL = "多选"
    NUMBER = "数字"
    TEXT = "文字"
    DATE = "日期"
    ABSENT = ""


@dataclass(frozen=True)
class Field:
    """One name of the survey sheet.

    Attributes:
        name: name of the variable in conditions; "" for one that has none.
        kind: how its answer can be compared; ABSENT if it is not in the questionnaire.
        codes: name of a choice -> its code.
        absent: what the name is instead of a question, in Chinese.
        calculation: for a calculated field, its calculation in terms of answers; None if it has no such one.
    """

    name: str
    kind: Kind
    codes: Mapping[str, Code] = field(default_factory=dict)
    absent: str = ""
    calculation: XPath | None = None

    @property
    def plain(self) -> bool:
        """Whether the names of all choices are their codes, so that the order of codes is that of names."""
        return all(name == str(code) for name, code in self.codes.items()) and OTHER_VALUE not in self.codes
