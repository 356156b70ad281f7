"""Cut clauses: the words of many texts, each different clause cut once.

Segmenters cut at every sign between clauses, so that the words of a clause do not depend on what stands around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.text.words.clauses import Clauses
from analysis.text.words.segment import Cuts

Ints = npt.NDArray[np.int64]
_ROOM = 1 << 12
_KEPT = 1 << 18
"""Clauses of which the words are kept: many texts share 麻烦管管 or 反映多次了."""


class Words(NamedTuple):
    """The words of N texts.

    Attributes:
        ends: where each word and sign ends in the texts joined by line breaks, in no order.
        shown: [N] the words for display.
    """

    ends: Ints
    shown: pa.ListArray


class CutClauses:
    """Cuts texts clause by clause."""

    def __init__(self, cut_all: Callable[[Sequence[str]], Cuts], shown: Callable[[str], Sequence[str]]) -> None:
        """Begin without a known clause.

        Args:
            cut_all: as of `analysis.text.words.segment.Segmenter`.
            shown: returns what is displayed of a word; nothing of a sign between clauses.
        """
        self._cut_all, self._shown = cut_all, shown
        self._split = Clauses()
        self._forget()

    def _forget(self) -> None:
        self._clauses: dict[str, int] = {}
        self._words: dict[str, tuple[int, ...]] = {}
        self._display: dict[str, int] = {}
        self._ends, self._parts = _Runs(), _Runs()

    def __call__(self, texts: Sequence[str]) -> Words:
        """Return the words of texts without line breaks."""
        if len(self._clauses) > _KEPT:
            self._forget()
        split, known = self._split(texts), self._clauses
        if new := [clause for clause in dict.fromkeys(split.clauses) if clause not in known]:
            self._learn(new)
        number = np.fromiter(map(known.__getitem__, split.clauses), dtype=np.int64, count=len(split.clauses))
        ends, count = self._ends.of(number)
        parts, shown = self._parts.of(number)
        bounds = np.concatenate([[0], np.cumsum(shown)])[np.array(split.bounds)]
        words = pa.array(list(self._display), pa.string()).take(pa.array(parts))
        return Words(
            np.concatenate([ends + np.repeat(split.starts, count), split.between + 1]),
            pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), words),
        )

    def _learn(self, clauses: Sequence[str]) -> None:
        """Cut clauses that are not known."""
        words, ends = self._cut_all(clauses)
        after = np.cumsum([len(clause) + 1 for clause in clauses], dtype=np.int64)
        bounds = np.searchsorted(ends, after)  # the place of the line break after each clause
        inside = np.ones(len(words), dtype=np.bool_)
        inside[bounds] = False
        count = np.diff(bounds, prepend=-1) - 1
        self._ends.add((ends - np.repeat(np.concatenate([[0], after[:-1]]), count + 1))[inside], count)
        known = self._words
        for word in dict.fromkeys(words):
            if word not in known:
                known[word] = tuple(self._display.setdefault(one, len(self._display)) for one in self._shown(word))
        found = list(map(known.__getitem__, words))
        size = np.concatenate([[0], np.cumsum(np.fromiter(map(len, found), dtype=np.int64, count=len(found)))])
        self._parts.add(np.fromiter(chain.from_iterable(found), dtype=np.int64), np.diff(size[bounds], prepend=0))
        self._clauses.update(zip(clauses, range(len(self._clauses), len(self._clauses) + len(clauses)), strict=True))


class _Runs:
    """Runs of numbers, one after the other."""

    def __init__(self) -> None:
        self._values, self._bounds = _Grown(), _Grown()
        self._bounds.add(np.zeros(1, dtype=np.int64))

    def add(self, values: Ints, count: Ints) -> None:
        """Add runs of so many values."""
        self._bounds.add(self._values.size + np.cumsum(count))
        self._values.add(values)

    def of(self, number: Ints) -> tuple[Ints, Ints]:
        """Return the values of some runs, one after the other, and the number of values of each."""
        begin = self._bounds.values[number]
        count = self._bounds.values[number + 1] - begin
        at = np.arange(int(count.sum())) + np.repeat(begin - np.cumsum(count) + count, count)
        return self._values.values[at], count


class _Grown:
    """An array that grows at its end, with room to spare."""

    def __init__(self) -> None:
        self.values, self.size = np.empty(_ROOM, dtype=np.int64), 0

    def add(self, more: Ints) -> None:
        """Add values."""
        end = self.size + len(more)
        if end > len(self.values):
            self.values = np.concatenate([self.values[: self.size], np.empty(end, dtype=np.int64)])
        self.values[self.size : end] = more
        self.size = end
