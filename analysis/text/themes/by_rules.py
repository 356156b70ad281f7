"""Themes of an answer by the codebook alone: seeds, rules and exclusions; several themes may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from analysis.text.themes.codebook import Codebook
from analysis.text.themes.rules import ThemeRule
from analysis.text.words.phrases import PhraseFinder

Hits = dict[str, tuple[str, ...]]
"""Theme code -> the words of the text that indicate it."""


_LATIN = re.compile(r"[A-Za-z0-9]+")


class ThemeRules:
    """A codebook prepared for many texts."""

    def __init__(self, codebook: Codebook, cut: Callable[[str], list[str]] | None = None) -> None:
        """Index seeds, the words that wake a rule, and exclusions.

        With `cut` (`Segmenter.cut`) a seed made of the end of one word and the start of the next does not count:
        停车 in 暂停车辆, 公交 in 办公交流.
        """
        self.codebook = codebook
        self._cut = cut
        seeds: dict[str, list[str]] = {}
        woken: dict[str, list[tuple[str, ThemeRule]]] = {}
        excludes: dict[str, list[str]] = {}
        for theme in codebook.themes:
            for seed in theme.seeds:
                seeds.setdefault(seed, []).append(theme.code)
            for rule in theme.rules:
                for word in rule.triggers:
                    woken.setdefault(word, []).append((theme.code, rule))
            for phrase in theme.exclude:
                excludes.setdefault(phrase, []).append(theme.code)
        self._seeds = {seed: tuple(codes) for seed, codes in seeds.items()}
        self._woken = {word: tuple(rules) for word, rules in woken.items()}
        self._excludes = {phrase: tuple(codes) for phrase, codes in excludes.items()}
        self._finder = PhraseFinder([*seeds, *woken, *excludes])

    def __call__(self, text: str) -> Hits:
        """Return the themes of one normalised text with their words, in the order of the text."""
        found = self._finder.within(text)
        if not found:
            return {}
        hits: dict[str, list[str]] = {}
        rules: dict[tuple[str, str], ThemeRule] = {}
        excluded: dict[str, list[str]] = {}
        for word in self._standing(text, dict.fromkeys(found)):
            for code in self._seeds.get(word, ()):
                hits.setdefault(code, []).append(word)
            for code, rule in self._woken.get(word, ()):
                rules[code, rule.source] = rule
            for code in self._excludes.get(word, ()):
                excluded.setdefault(code, []).append(word)
        for (code, source), rule in rules.items():
            if rule.test(text):
                hits.setdefault(code, []).append(source)
        kept = {
            code: self._without(text, code, words, excluded[code]) if code in excluded else tuple(words)
            for code, words in hits.items()
        }
        return {code: words for code, words in kept.items() if words} if excluded else kept

    def _standing(self, text: str, found: Iterable[str]) -> list[str]:
        """The words found that stand for themselves at least once; single characters always do."""
        cuts = set(accumulate(map(len, self._cut(text)), initial=0)) if self._cut else None
        return [word for word in found if len(word) < 2 or word not in self._seeds or _stands(text, word, cuts)]

    def _without(self, text: str, code: str, words: Sequence[str], present: Sequence[str]) -> tuple[str, ...]:
        """Return the words that still hold after the excluded phrases are removed from the text."""
        for phrase in present:
            text = text.replace(phrase, "\u3000" * len(phrase))
        rules = {rule.source: rule for rule in self.codebook[code].rules}
        return tuple(word for word in words if (rules[word].test(text) if word in rules else word in text))


def _stands(text: str, word: str, cuts: set[int] | None) -> bool:
    """Whether a word occurs neither across a boundary of two longer words nor, if Latin, inside a longer Latin word."""
    latin = _LATIN.fullmatch(word) is not None
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if latin:
            broken = any(_LATIN.match(side) for side in (text[start - 1 : start], text[end : end + 1]))
        else:
            broken = cuts is not None and _straddles(start, end, cuts)
        if not broken:
            return True
        start = text.find(word, start + 1)
    return False


def _straddles(start: int, end: int, cuts: set[int]) -> bool:
    """Whether a span begins inside one word and ends inside another."""
    return start not in cuts and end not in cuts and not cuts.isdisjoint(range(start + 1, end))
