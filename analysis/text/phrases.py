"""Finding many phrases in a text at once, by their first two characters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    """A phrase and where it starts, in characters."""

    start: int
    phrase: str

    @property
    def end(self) -> int:
        """Position after the phrase."""
        return self.start + len(self.phrase)


class PhraseFinder:
    """A set of phrases, prepared for looking them up in many texts."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Index the phrases; empty ones are left out."""
        self._single: set[str] = set()
        index: dict[str, list[str]] = {}
        for phrase in sorted(set(phrases), key=len, reverse=True):
            if len(phrase) == 1:
                self._single.add(phrase)
            elif phrase:
                index.setdefault(phrase[:2], []).append(phrase)
        self._index = {start: tuple(found) for start, found in index.items()}

    def within(self, text: str) -> list[str]:
        """Every phrase of the text, once for each place, also those inside others; single characters come last."""
        hits: list[str] = []
        index = self._index
        for start in self._starts(text):
            for phrase in index[text[start : start + 2]]:
                if text.startswith(phrase, start):
                    hits.append(phrase)
        if self._single and not self._single.isdisjoint(text):
            hits += [letter for letter in text if letter in self._single]
        return hits

    def longest(self, text: str) -> list[Found]:
        """Occurrences from left to right, each the longest at its place, none overlapping."""
        index = self._index
        candidates = []
        for start in self._starts(text):
            for phrase in index[text[start : start + 2]]:
                if text.startswith(phrase, start):
                    candidates.append(Found(start, phrase))
                    break
        if self._single and not self._single.isdisjoint(text):
            longer = {found[0] for found in candidates}
            single = self._single
            singles = [Found(at, each) for at, each in enumerate(text) if each in single and at not in longer]
            if singles:
                candidates = sorted([*candidates, *singles])
        return _apart(candidates)

    def _starts(self, text: str) -> list[int]:
        """Where a longer phrase may begin."""
        index = self._index
        return [start for start in range(len(text) - 1) if text[start : start + 2] in index]


def _apart(candidates: list[Found]) -> list[Found]:
    hits: list[Found] = []
    end = 0
    for found in candidates:
        if found[0] >= end:
            hits.append(found)
            end = found[0] + len(found[1])
    return hits
