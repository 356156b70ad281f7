"""Sayings: what clauses and texts say, by number, so that texts that say the same are judged once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.text.sentiment.implied import PhraseValue
from analysis.text.sentiment.tones import Ints, Polarity

Evidence = tuple[PhraseValue, ...]
THRESHOLD = 0.2
_LAST = 1.25  # the last word counts slightly more: 修好又坏了
_BEFORE_BUT = 0.5
_NEUTRAL = Polarity(0, 0, ())


class Sayings:
    """Different evidence by number; 0 is none.

    A clause has a code: twice the number of its evidence, and one more where it has 但 or the like.
    """

    def __init__(self) -> None:
        """Begin with no evidence."""
        self._evidence: list[Evidence] = [()]
        self._number: dict[Evidence, int] = {(): 0}
        self._joined: dict[bytes, int] = {}
        self._tones: dict[int, Polarity] = {0: _NEUTRAL}

    def __len__(self) -> int:
        """Return how much is kept."""
        return len(self._evidence) + len(self._joined)

    def __getitem__(self, number: int) -> Evidence:
        """Return the evidence with a number."""
        return self._evidence[number]

    def number(self, evidence: Evidence) -> int:
        """Return the number of evidence, a new one where it has none."""
        found = self._number.get(evidence)
        if found is None:
            found = self._number[evidence] = len(self._evidence)
            self._evidence.append(evidence)
        return found

    def tone(self, number: int) -> Polarity:
        """Return the polarity of a text with this evidence."""
        if number not in self._tones:
            self._tones[number] = _summed(self._evidence[number])
        return self._tones[number]

    def together(self, codes: Ints, bounds: Ints) -> Ints:
        """Return the number of the evidence of each text [N].

        Args:
            codes: those of the clauses of all texts, in order.
            bounds: [N + 1] where those of each text begin, and the end.
        """
        saying = np.flatnonzero(codes)
        begins = np.searchsorted(saying, bounds)
        said, count = codes[saying], np.diff(begins)
        number = np.zeros(len(count), dtype=np.int64)
        alone = np.flatnonzero(count == 1)
        number[alone] = said[begins[alone]] >> 1
        several = np.flatnonzero(count > 1)
        packed, size, known = said.tobytes(), said.itemsize, self._joined
        found = list[int]()
        for start, end in zip((begins[several] * size).tolist(), (begins[several + 1] * size).tolist(), strict=True):
            key = packed[start:end]
            if (one := known.get(key)) is None:
                one = known[key] = self._join(np.frombuffer(key, dtype=np.int64).tolist())
            found.append(one)
        number[several] = found
        return number

    def _join(self, codes: Sequence[int]) -> int:
        """Return the number of the evidence of clauses together."""
        evidence = list[PhraseValue]()
        for code in codes:
            if code & 1:
                evidence = [PhraseValue(each.phrase, each.value * _BEFORE_BUT) for each in evidence]
            evidence += self._evidence[code >> 1]
        return self.number(tuple(evidence))

    def same_sign(self, number: int) -> int:
        """Return the number of the evidence when all of it has the sign of the first word: 不但吵，还有味道."""
        evidence = self._evidence[number]
        if not evidence:
            return number
        sign = 1 if evidence[0].value > 0 else -1
        return self.number(tuple(PhraseValue(each.phrase, sign * abs(each.value)) for each in evidence))


def total(evidence: Sequence[PhraseValue]) -> float:
    """Return the sum of the values of evidence."""
    return sum([value for _, value in evidence])


def _summed(evidence: Evidence) -> Polarity:
    """Return the polarity of a text with this evidence."""
    phrase, value = evidence[-1]
    evidence = (*evidence[:-1], PhraseValue(phrase, value * _LAST))
    score = total(evidence)
    return Polarity((score > THRESHOLD) - (score < -THRESHOLD), round(score, 4), evidence)
