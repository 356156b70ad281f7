"""Check: the input, the result and the description of a quality check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from survey.quality.effort.ordered import Ordered, ordered
from survey.quality.effort.person_fit import Levels, levels
from survey.quality.sheet import Flags, Floats, ResponseSheet
from survey.study.areas import Areas
from survey.study.terms import Wave


@dataclass(frozen=True)
class Context:
    """The input of checks.

    Attributes:
        sheet: the responses.
        areas: the frame; None if not available.
        waves: the waves, with dates and modes of the fieldwork.
    """

    sheet: ResponseSheet
    areas: Areas | None = None
    waves: Sequence[Wave] = ()

    @cached_property
    def answers(self) -> Ordered:
        """The graded items, extracted once for all checks."""
        return ordered(self.sheet)

    @cached_property
    def levels(self) -> Levels:
        """The graded items with the models of their scales, fitted once for all checks."""
        return levels(self.answers)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a check.

    Attributes:
        flag: [N] whether the response deserves review.
        value: [N] the measured value; NaN where it could not be measured.
    """

    flag: Flags
    value: Floats


@dataclass(frozen=True, slots=True)
class Check:
    """One quality check.

    Attributes:
        label: name on screen.
        rule: what is flagged, in one sentence.
        innocent: alternative explanations of a flag (rule R-14).
        run: function that performs the check.
        hint: whether a flag is only a hint and not a ground for exclusion.
        action: what an analyst should do about flagged responses.
    """

    label: str
    rule: str
    innocent: str
    run: Callable[[Context], CheckResult]
    hint: bool = False
    action: str = "抽几份核对原始记录或回访，再由人决定是否剔除"
