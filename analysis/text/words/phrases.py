"""Phrases: find many phrases in a text at once, by their first two characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import add
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int32]


class Found(NamedTuple):
    """A phrase and its start, in characters."""

    start: int
    phrase: str

    @property
    def end(self) -> int:
        """The position after the phrase."""
        return self.start + len(self.phrase)


_new = tuple.__new__
"""Makes a `Found` in half the time of its constructor."""


class PhraseFinder:
    """A set of phrases, indexed for lookup in many texts."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Index the phrases; empty ones are left out."""
        chosen = set(phrases)
        self._single = frozenset(phrase for phrase in chosen if len(phrase) == 1)
        index: dict[str, list[str]] = {}
        for phrase in sorted((phrase for phrase in chosen if len(phrase) > 1), key=lambda each: (-len(each), each)):
            index.setdefault(phrase[:2], []).append(phrase)
        self._index = {start: tuple(found) for start, found in index.items()}
        # The first two characters -> the longer phrases, to compare with the text; the two, where they are a phrase.
        self._parts = {
            start: (found[:-1], found[-1:]) if start in chosen else (found, ()) for start, found in self._index.items()
        }
        # Most characters of a text begin no phrase; looking up one is cheaper than slicing two.
        self._heads = self._single.union(start[0] for start in index)

    def within(self, text: str) -> list[str]:
        """Return every phrase of the text, once per place, also those inside others; single characters come last."""
        hits: list[str] = []
        for start, found in enumerate(map(self._parts.get, map(add, text, text[1:]))):
            if found:
                longer, pair = found
                for phrase in longer:
                    if text.startswith(phrase, start):
                        hits.append(phrase)
                hits += pair
        if self._single and not self._single.isdisjoint(text):
            hits += [letter for letter in text if letter in self._single]
        return hits

    def within_each(self, texts: Sequence[str]) -> list[list[str]]:
        """Return `within` of each text; with hundreds of texts at a time it costs a third."""
        hits: list[list[str]] = [[] for _ in texts]
        joined, codes, ends = _join(texts)
        start, number = self._pairs(codes)
        row = np.searchsorted(ends, start, side="right")
        for into, at, pair in zip(row.tolist(), start.tolist(), number.tolist(), strict=True):
            longer, exact = self._numbered[pair]
            found = hits[into]
            for phrase in longer:
                if joined.startswith(phrase, at):
                    found.append(phrase)
            found += exact
        start = np.flatnonzero(_looked_up(self._letters, codes))
        row = np.searchsorted(ends, start, side="right")
        for into, at in zip(row.tolist(), start.tolist(), strict=True):
            hits[into].append(joined[at])
        return hits

    def longest_each(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return `longest` of each text; with hundreds of texts at a time it costs a third."""
        hits: list[list[Found]] = [[] for _ in texts]
        joined, codes, ends = _join(texts)
        number = np.full(len(codes), -1, dtype=np.int64)
        start, pair = self._pairs(codes)
        number[start] = pair
        starts = np.flatnonzero((number >= 0) | (_looked_up(self._letters, codes) > 0))
        row = np.searchsorted(ends, starts, side="right")
        before = np.concatenate([[0], ends])[row]
        end, begun, single = 0, self._begun, self._single
        for into, at, first, pair in zip(*(one.tolist() for one in (row, starts, before, number[starts])), strict=True):
            if at < end:
                continue
            for phrase in begun[pair] if pair >= 0 else ():
                if joined.startswith(phrase, at):
                    hits[into].append(_new(Found, (at - first, phrase)))
                    end = at + len(phrase)
                    break
            else:
                if (letter := joined[at]) in single:
                    hits[into].append(_new(Found, (at - first, letter)))
        return hits

    @cached_property
    def _begun(self) -> tuple[tuple[str, ...], ...]:
        return tuple(self._index.values())

    @cached_property
    def _numbered(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        return tuple(self._parts.values())

    @cached_property
    def _letters(self) -> Numbers:
        return _numbers(self._single)

    @cached_property
    def _pairs(self) -> _Pairs:
        return _Pairs(tuple(self._parts))

    def longest(self, text: str) -> list[Found]:
        """Return occurrences from left to right, each the longest at its place, without overlap."""
        hits: list[Found] = []
        heads, index, single = self._heads, self._index, self._single
        end = 0
        for start, head in enumerate(text):
            if head not in heads or start < end:
                continue
            for phrase in index.get(text[start : start + 2], ()):
                if text.startswith(phrase, start):
                    hits.append(_new(Found, (start, phrase)))
                    end = start + len(phrase)
                    break
            else:
                if head in single:
                    hits.append(_new(Found, (start, head)))
        return hits


_BETWEEN = "\0"
"""Parts joined texts; no phrase has it."""


def _join(texts: Sequence[str]) -> tuple[str, Codes, npt.NDArray[np.int64]]:
    """Return texts as one, the codes of its characters, and where each text ends in it, with the character between."""
    joined = _BETWEEN.join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return joined, codes, np.cumsum([len(text) + 1 for text in texts])


class _Pairs:
    """Pairs of characters, found by one look-up of arrays."""

    def __init__(self, pairs: Sequence[str]) -> None:
        """Number the first and the second characters: together they are the place of a pair in a table."""
        self._first, self._second = (_numbers([pair[at] for pair in pairs]) for at in (0, 1))
        self._width = int(self._second.max()) + 1
        self._table = np.full((int(self._first.max()) + 1) * self._width, -1, dtype=np.min_scalar_type(-len(pairs) - 1))
        place = [int(self._first[ord(pair[0])]) * self._width + int(self._second[ord(pair[1])]) for pair in pairs]
        self._table[place] = np.arange(len(pairs))

    def __call__(self, codes: Codes) -> tuple[npt.NDArray[np.int64], Numbers]:
        """Return start and number of every pair among the characters with these codes."""
        number = self._table[_looked_up(self._first, codes[:-1]) * self._width + _looked_up(self._second, codes[1:])]
        start = np.flatnonzero(number >= 0)
        return start, number[start]


def _numbers(letters: Iterable[str]) -> Numbers:
    """Return the numbers of characters from 1, by code; 0 for others, and for every code beyond the last."""
    different = sorted(set(letters))
    numbers = np.zeros(ord(different[-1]) + 2 if different else 1, dtype=np.int32)
    numbers[list(map(ord, different))] = np.arange(1, len(different) + 1)
    return numbers


def _looked_up(numbers: Numbers, codes: Codes) -> Numbers:
    return numbers[np.minimum(codes, len(numbers) - 1)]
