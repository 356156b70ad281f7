"""Clause: what has been read of a clause, and how far its negation reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.text.sentiment.implied import PhraseValue
from analysis.text.words.phrases import Found

_REACH = 8  # characters over which a negation still acts
_DONE = re.compile(r"了|天天|每天|经常|有人|及时|有纸|有水|效果|素质|新|变化|人性")
_ENDS_SCOPE = re.compile(r"[就才便]|也(?:能|可以|行)")


@dataclass(slots=True)
class Clause:
    """The state of reading a clause."""

    text: str
    request: bool
    hits: list[PhraseValue]
    negation: Found | None = None
    used: float = 0.0  # value of the word that the negation acted on
    degree: float = 1.0
    falls: bool = False
    is_done: bool | None = None

    def done(self) -> bool:
        """Return whether the clause states that something was or is done; looked up once."""
        if self.is_done is None:
            self.is_done = _DONE.search(self.text) is not None
        return self.is_done

    def take_negation(self, found: Found, value: float) -> bool:
        """Use the negation on the word found; once spent it acts only on more of the same: 没有推诿扯皮."""
        if self.negation is None or found.start - self.negation.end > _REACH or value * self.used < 0:
            return False
        if _ENDS_SCOPE.search(self.text, self.negation.end, found.start):
            self.negation = None  # 不打招呼就停水 negates the notice, not the water cut
            return False
        self.used = self.used or value
        return True
