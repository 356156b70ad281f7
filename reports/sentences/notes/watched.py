"""What is done about a watched rate, and by when: publicity can raise knowledge; of all else the causes are checked."""

from __future__ import annotations

from typing import TypeVar

from reports.sentences.sentence import Sentence, say
from survey.instrument.measure import knowledge

T = TypeVar("T")


def watching(measure: str) -> Sentence:
    """Return what is done about a watched rate.

    Args:
        measure: name of the measure of the rate.
    """
    return say("完成宣传") if measure in knowledge() else say("核查原因")


def due_by(measure: str, *, campaign: T, check: T) -> T:
    """Return the deadline of `watching`: that of a campaign, which takes as long as a mending, or that of a check."""
    return campaign if measure in knowledge() else check
