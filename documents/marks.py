"""Marks and colours of verdicts in documents, those of the screens; the word always stands beside the mark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.areas.verdict import Reason, Verdict

RED_NAME = "C8102E"
"""The red of a letterhead and of the frame of simulated data; never that of a verdict."""
PALE = "8A8F98"


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign and its colour, as six hexadecimal digits."""

    sign: str
    colour: str


MARKS: Mapping[str, Mark] = {
    Verdict.WEAK: Mark("▼", "C44E00"),
    Verdict.WATCH: Mark("▽", "C44E00"),
    Verdict.UNCLEAR: Mark("○", "767676"),
    Verdict.MET: Mark("■", "2166AC"),
    Reason.RED_LIGHT: Mark("※", PALE),
}
"""Verdict, or reason for none -> its mark."""


def mark_of(verdict: str) -> Mark | None:
    """Return the mark of a verdict or a reason; None where it has none."""
    return MARKS.get(verdict)
