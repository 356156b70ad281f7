"""Signs: which of many short strings each of many texts has, found by a look-up of arrays.

A rule that needs one of some signs is tried on the few texts that have one, not on all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", np.int32, np.uint64)
Masks = npt.NDArray[np.uint64]
MOST = 64
"""Groups of signs that fit into a mask."""
END = "\0"
"""Follows the last character of a text in a pair; no text has it."""
BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What a pattern calls a blank."""


class Signs:
    """Groups of signs of one character or two; of longer ones only the first two count."""

    def __init__(self, groups: Sequence[Collection[str]]) -> None:
        """Lay out what each character and each pair of characters is a sign of."""
        short = [[sign[:2] for sign in signs] for signs in groups]
        pairs = sorted({sign for signs in short for sign in signs if len(sign) == 2})
        self._first, self._second = (_numbered([pair[at] for pair in pairs]) for at in (0, 1))
        self._width = int(self._second.max()) + 1
        self._of_pair = np.zeros((int(self._first.max()) + 1) * self._width, dtype=np.uint64)
        self._of_one = np.zeros(
            max((ord(sign[0]) for signs in short for sign in signs), default=0) + 2, dtype=np.uint64
        )
        for number, signs in enumerate(short):
            for sign in signs:
                bit = np.uint64(1 << number)
                if len(sign) == 1:
                    self._of_one[ord(sign)] |= bit
                else:
                    self._of_pair[self._first[ord(sign[0])] * self._width + self._second[ord(sign[1])]] |= bit

    def __call__(self, texts: Sequence[str]) -> Masks:
        """Return [N] the groups of which each text has a sign, a binary digit each, that of the first one lowest."""
        if not texts:
            return np.empty(0, dtype=np.uint64)
        joined = END.join((*texts, ""))
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        found = _looked_up(self._of_one, codes)
        pair = _looked_up(self._first, codes[:-1]) * self._width + _looked_up(self._second, codes[1:])
        found[:-1] |= self._of_pair[pair]
        ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
        return np.bitwise_or.reduceat(found, np.concatenate([[0], ends[:-1]]))


def lowered(texts: Sequence[str]) -> Sequence[str]:
    """Return texts in lower case: one call for all, and the same texts where that changes nothing."""
    joined = END.join(texts)
    lower = joined.lower()
    return texts if lower == joined else lower.split(END)


def pairs(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Return the pairs of one of some characters and one of others."""
    return tuple(one + other for one in first for other in second)


def _numbered(letters: Sequence[str]) -> npt.NDArray[np.int32]:
    """Return the numbers of characters from 1, by code; 0 for others, and for every code beyond the last."""
    numbers = np.zeros(max(map(ord, letters), default=0) + 2, dtype=np.int32)
    different = sorted(set(letters))
    numbers[list(map(ord, different))] = np.arange(1, len(different) + 1)
    return numbers


def _looked_up(table: npt.NDArray[Number], codes: npt.NDArray[np.uint32]) -> npt.NDArray[Number]:
    return table[np.minimum(codes, len(table) - 1)]
