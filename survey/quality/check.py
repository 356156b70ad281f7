"""Check: the input, the result and the description of a quality check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from survey.quality.effort.norms import Norms, norms_of
from survey.quality.effort.ordered import Ordered, ordered
from survey.quality.effort.person_fit import Levels, placed
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
        norms: what the responses are measured against; taken from themselves when None.
        fitted: the graded items with the models of the norms, where somebody has made them; None where not.
    """

    sheet: ResponseSheet
    areas: Areas | None = None
    waves: Sequence[Wave] = ()
    norms: Norms | None = None
    fitted: Levels | None = None

    @cached_property
    def usual(self) -> Norms:
        """What the responses are measured against; their own norms where none are given."""
        return self.norms or norms_of(self.sheet)

    @cached_property
    def pace(self) -> Floats:
        """[N] duration as a share of the usual one of the route; NaN where unknown."""
        return self.sheet.paced(self.usual.pace)

    @cached_property
    def answers(self) -> Ordered:
        """The graded items, extracted once for all checks."""
        return ordered(self.sheet) if self.fitted is None else self.fitted.answers

    @cached_property
    def levels(self) -> Levels:
        """The graded items with the models of their scales."""
        return placed(self.answers, self.usual.models) if self.fitted is None else self.fitted


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
        alone: whether it looks at one response by itself; others compare it with those stored before.
        action: what an analyst should do about flagged responses.
    """

    label: str
    rule: str
    innocent: str
    run: Callable[[Context], CheckResult]
    hint: bool = False
    alone: bool = True
    action: str = "抽几份核对原始记录或回访，再由人决定是否剔除"
