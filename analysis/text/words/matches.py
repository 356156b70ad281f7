"""Matches: the places of many phrases in one long text, found by look-ups of arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


class Matches(NamedTuple):
    """Start and number of each phrase that was found, from left to right, of those at one place the longest first."""

    start: Places
    phrase: Places


class Matcher:
    """Phrases of two characters and more, found by their first two, then character by character.

    Attributes:
        phrases: the phrases by number.
    """

    def __init__(self, phrases: Collection[str]) -> None:
        """Number the phrases, those that begin with one pair after each other, and lay out their characters."""
        self.phrases = tuple(sorted(phrases, key=lambda each: (each[:2], -len(each), each)))
        pairs = [phrase[:2] for phrase in self.phrases]
        begins = [at for at, pair in enumerate(pairs) if not at or pair != pairs[at - 1]]
        self._begins = np.array(begins, dtype=np.int64)
        self._count = np.diff(self._begins, append=len(pairs))
        self._pairs = _Pairs([pairs[at] for at in begins])
        self._size = np.array([len(phrase) for phrase in self.phrases], dtype=np.int64)
        self._letters = [
            np.array([ord(phrase[at : at + 1] or "\0") for phrase in self.phrases], dtype=np.uint32)
            for at in range(int(self._size.max(initial=2)))
        ]

    def __call__(self, codes: Codes) -> Matches:
        """Return the places of the phrases in a text with these codes of characters."""
        start, pair = self._pairs(codes)
        count = self._count[pair]
        start = np.repeat(start, count)
        phrase = np.repeat(self._begins[pair] - (np.cumsum(count) - count), count) + np.arange(len(start))
        ended = np.concatenate([codes, np.zeros(len(self._letters), dtype=np.uint32)])
        kept, left = np.ones(len(start), dtype=np.bool_), np.arange(len(start))
        for at, letters in enumerate(self._letters[2:], 2):
            left = left[self._size[phrase[left]] > at]
            if not len(left):
                break
            same = ended[start[left] + at] == letters[phrase[left]]
            kept[left[~same]] = False
            left = left[same]
        return Matches(start[kept], phrase[kept])


class _Pairs:
    """Pairs of characters, found by one look-up of arrays."""

    def __init__(self, pairs: Sequence[str]) -> None:
        """Number the first and the second characters: together they are the place of a pair in a table."""
        self._first, self._second = (numbered([pair[at] for pair in pairs]) for at in (0, 1))
        self._width = int(self._second.max()) + 1
        self._table = np.full((int(self._first.max()) + 1) * self._width, -1, dtype=np.min_scalar_type(-len(pairs) - 1))
        place = [int(self._first[ord(pair[0])]) * self._width + int(self._second[ord(pair[1])]) for pair in pairs]
        self._table[place] = np.arange(len(pairs))

    def __call__(self, codes: Codes) -> tuple[Places, Numbers]:
        """Return start and number of every pair among the characters with these codes."""
        number = self._table[looked_up(self._first, codes[:-1]) * self._width + looked_up(self._second, codes[1:])]
        start = np.flatnonzero(number >= 0)
        return start, number[start]


def numbered(letters: Iterable[str]) -> Numbers:
    """Return the numbers of characters from 1, by code; 0 for others, and for every code beyond the last."""
    different = sorted(set(letters))
    numbers = np.zeros(ord(different[-1]) + 2 if different else 1, dtype=np.int32)
    numbers[list(map(ord, different))] = np.arange(1, len(different) + 1)
    return numbers


def looked_up(numbers: Numbers, codes: Codes) -> Numbers:
    """Return the numbers of the characters with these codes, from `numbered`."""
    return numbers[np.minimum(codes, len(numbers) - 1)]
