"""Phrases: find many phrases in a text at once, by their first two characters."""

from __future__ import annotations

from collections.abc import Iterable
from operator import add
from typing import NamedTuple


class Found(NamedTuple):
    """A phrase and its start, in characters."""

    start: int
    phrase: str

    @property
    def end(self) -> int:
        """The position after the phrase."""
        return self.start + len(self.phrase)


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
                    hits.append(Found(start, phrase))
                    end = start + len(phrase)
                    break
            else:
                if head in single:
                    hits.append(Found(start, head))
        return hits
