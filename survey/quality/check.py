"""Check: what a quality check looks at, and what it says of every response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from survey.quality.sheet import Flags, Floats, ResponseSheet
from survey.study.areas import Areas
from survey.study.study import Wave


@dataclass(frozen=True, slots=True)
class Context:
    """What checks may look at.

    Attributes:
        sheet: the responses.
        areas: the frame; None where the study has none at hand.
        waves: dates and modes of the fieldwork.
    """

    sheet: ResponseSheet
    areas: Areas | None = None
    waves: Sequence[Wave] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    Attributes:
        flag: [N] the response is worth a look.
        value: [N] what was measured, NaN where nothing could be.
    """

    flag: Flags
    value: Floats


@dataclass(frozen=True, slots=True)
class Check:
    """One quality check.

    Attributes:
        label: its name on screen.
        rule: what is flagged, in one sentence.
        innocent: what else may explain a flag (rule R-14).
        run: the check.
        hint: a flag is a hint only and no reason to exclude a response.
    """

    label: str
    rule: str
    innocent: str
    run: Callable[[Context], CheckResult]
    hint: bool = False
