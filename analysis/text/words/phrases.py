"""Phrases: find many phrases in a text at once, by their first two characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from operator import add
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.text.words.matches import Codes, Matcher, Numbers, looked_up, numbered


class Found(NamedTuple):
    """A phrase and its start, in characters."""

    start: int
    phrase: str

    @property
    def end(self) -> int:
        """The position after the phrase."""
        return self.start + len(self.phrase)


class Occurrences(NamedTuple):
    """Phrases of texts, those of each text together.

    Attributes:
        text: position of the text.
        start: where the phrase begins in the texts joined by one character.
        phrase: its number.
        codes: those of the characters of the joined texts, 0 between two texts.
        texts: their number.
    """

    text: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    phrase: npt.NDArray[np.int64]
    codes: Codes
    texts: int


class Longest(NamedTuple):
    """Phrases of texts from left to right, each the longest at its place, without overlap.

    Attributes:
        text: position of the text.
        start: where the phrase begins in it.
        phrase: its number.
    """

    text: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    phrase: npt.NDArray[np.int64]


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
        found = self.occurrences(texts)
        for into, phrase in zip(found.text.tolist(), found.phrase.tolist(), strict=True):
            hits[into].append(self.phrases[phrase])
        return hits

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """Return every phrase of texts as arrays, in the order of `within`."""
        _, codes, ends = _join(texts)
        start, phrase = self._matcher(codes)
        letters = looked_up(self._letters, codes)
        alone = np.flatnonzero(letters)
        if len(alone):
            start = np.concatenate([start, alone])
            phrase = np.concatenate([phrase, letters[alone] + len(self.phrases) - len(self._single) - 1])
        text = np.searchsorted(ends, start, side="right")
        if len(alone):
            order = np.argsort(text, kind="stable")
            text, start, phrase = text[order], start[order], phrase[order]
        return Occurrences(text, start, phrase, codes, len(texts))

    def longest_each(self, texts: Sequence[str]) -> list[list[Found]]:
        """Return `longest` of each text; with hundreds of texts at a time it costs a third."""
        hits: list[list[Found]] = [[] for _ in texts]
        found, phrases = self.longest_of(texts), self.phrases
        for into, start, which in zip(*(one.tolist() for one in found), strict=True):
            hits[into].append(_new(Found, (start, phrases[which])))
        return hits

    def longest_of(self, texts: Sequence[str]) -> Longest:
        """Return `longest` of all texts as arrays."""
        _, codes, ends = _join(texts)
        start, phrase = self._matcher(codes)
        longest = np.diff(start, prepend=-1) > 0
        number = looked_up(self._letters, codes).astype(np.int64) + len(self.phrases) - len(self._single) - 1
        there = looked_up(self._letters, codes) > 0
        number[start[longest]], there[start] = phrase[longest], True
        starts = np.flatnonzero(there)
        number = number[starts]
        kept = _apart(starts, starts + self._sizes[number])
        starts, number = starts[kept], number[kept]
        row = np.searchsorted(ends, starts, side="right")
        return Longest(row, starts - np.concatenate([[0], ends])[row], number)

    @cached_property
    def _sizes(self) -> npt.NDArray[np.int64]:
        return np.array(list(map(len, self.phrases)), dtype=np.int64)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases by number, single characters last."""
        return (*self._matcher.phrases, *sorted(self._single))

    @cached_property
    def _letters(self) -> Numbers:
        return numbered(self._single)

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher([phrase for found in self._index.values() for phrase in found])

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


def _apart(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which runs, given by ascending starts, are left where each that begins inside one before it is dropped."""
    kept = np.ones(len(starts), dtype=np.bool_)
    # One that begins after all before it is left; the others are decided one after the other.
    end, last = 0, -1
    for at in (np.flatnonzero(starts[1:] < np.maximum.accumulate(ends)[:-1]) + 1).tolist():
        if at != last + 1:
            end = int(ends[at - 1])
        kept[at] = starts[at] >= end
        end = int(ends[at]) if kept[at] else end
        last = at
    return kept
