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

    def overlapping(self, text: str) -> list[Found]:
        """Every occurrence of every phrase, also those inside others, by position."""
        hits: list[Found] = []
        index = self._index
        for start in range(len(text) - 1):
            if phrases := index.get(text[start : start + 2]):
                hits += [Found(start, phrase) for phrase in phrases if text.startswith(phrase, start)]
        if self._single and not self._single.isdisjoint(text):
            hits += [Found(start, letter) for start, letter in enumerate(text) if letter in self._single]
        return hits

    def longest(self, text: str) -> list[Found]:
        """Occurrences from left to right, each the longest at its place, none overlapping."""
        hits: list[Found] = []
        index, single = self._index, self._single
        start, size = 0, len(text)
        while start < size:
            phrases = index.get(text[start : start + 2])
            phrase = next((each for each in phrases if text.startswith(each, start)), "") if phrases else ""
            if not phrase and text[start] in single:
                phrase = text[start]
            if phrase:
                hits.append(Found(start, phrase))
            start += len(phrase) or 1
        return hits
