"""Tones: the polarity of many texts, of which most share theirs with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.text.sentiment.implied import PhraseValue

Ints = npt.NDArray[np.int64]


class Polarity(NamedTuple):
    """The polarity of a text: `label` -1, 0 or 1; `score`; `evidence` in the order of the text."""

    label: int
    score: float
    evidence: tuple[PhraseValue, ...]


@dataclass(frozen=True, slots=True)
class Tones:
    """The polarity of N texts.

    Attributes:
        kinds: the different ones.
        number: [N] which of them each text has.
    """

    kinds: Sequence[Polarity]
    number: Ints

    @staticmethod
    def of(found: Sequence[Polarity]) -> Tones:
        """Return polarities of texts with equal ones named once."""
        place: dict[Polarity, int] = {}
        number = [place.setdefault(one, len(place)) for one in found]
        return Tones(list(place), np.array(number, dtype=np.int64))

    @property
    def labels(self) -> Ints:
        """The label of each text [N]."""
        labels: Ints = np.array([one.label for one in self.kinds], dtype=np.int64)[self.number]
        return labels

    def each(self) -> list[Polarity]:
        """Return the polarity of each text."""
        return list(map(self.kinds.__getitem__, self.number.tolist()))
