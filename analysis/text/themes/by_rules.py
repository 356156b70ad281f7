"""Themes of an answer by the codebook alone: seeds, rules and exclusions; several themes may hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from analysis.text.themes.codebook import Codebook, parse_codebook
from analysis.text.themes.evidence import Flags, reasons
from analysis.text.themes.rules import ThemeRule
from analysis.text.themes.standing import BREAKS, Ends, is_own_latin_word, lie_apart, standing_phrases
from analysis.text.words.phrases import Occurrences, PhraseFinder
from analysis.text.words.segment import Segmenter
from survey.study.lexicon import Lexicon
from survey.study.settings import AUTO

Hits = Mapping[str, tuple[str, ...]]
"""Theme code -> the words of the text that indicate it."""
_KEPT = 1 << 14
"""Sets of words whose themes are kept: 200,000 texts of a mock city have 14,500 of them."""

_LATIN = re.compile(r"[A-Za-z0-9]+")


@dataclass(slots=True)
class _Meaning:
    """What a word does: the themes it is a seed of, the rules it wakes, the themes from which it is an exclusion."""

    seed_of: list[str] = field(default_factory=list)
    wakes: dict[tuple[str, str], ThemeRule] = field(default_factory=dict)
    excluded_from: list[str] = field(default_factory=list)


class Evidence(NamedTuple):
    """The themes of a text, and "code:word" of the words behind them, once for every occurrence."""

    hits: Hits
    reasons: Sequence[str]


_NONE = Evidence({}, ())


class ThemeRules:
    """A codebook prepared for many texts."""

    def __init__(self, codebook: Codebook, cut: Callable[[str], list[str]] | None = None) -> None:
        """Index seeds, the words of rules, and exclusions.

        With `cut` (`Segmenter.cut`) a seed or a word of a rule made of the end of one word and the start of the next
        does not count: 停车 in 暂停车辆, 公交 in 办公交流.
        """
        self.codebook = codebook
        self._cut = cut
        self._means = _meanings(codebook)
        of_rules = {word for theme in codebook.themes for rule in theme.rules for word in rule.words}
        seeds = {seed for theme in codebook.themes for seed in theme.seeds}
        long = {word for word in of_rules | seeds if len(word) > 1}
        self._latin = frozenset(word for word in long if _LATIN.fullmatch(word))
        self._whole = frozenset(long) if cut else self._latin
        self._finder = PhraseFinder([*self._means, *of_rules])
        self._held = lru_cache(_KEPT)(self._hits)
        self._packed = lru_cache(_KEPT)(self._of_packed)
        phrases = self._finder.phrases
        self._sizes = np.array(list(map(len, phrases)), dtype=np.int64)
        self._may_fall = np.array([phrase in self._whole for phrase in phrases], dtype=np.bool_)
        self._are_latin = np.array([phrase in self._latin for phrase in phrases], dtype=np.bool_)

    def __call__(self, text: str, words: Sequence[str] | None = None) -> Hits:
        """Return the themes of one normalised text with the words behind them, in the order of the text.

        Args:
            text: normalised.
            words: the text as `cut` cuts it, where that is known.
        """
        return self._themes(text, self._finder.within(text), words)

    def each(self, texts: Sequence[str], ends: Ends) -> list[Evidence]:
        """Return the themes of many texts as one by one, each with `analysis.text.themes.evidence.reasons` of it.

        Args:
            texts: normalised.
            ends: where each word of their cuts ends in the texts that are joined by one character.
        """
        kinds, number = self.kinds(texts, ends)
        return list(map(kinds.__getitem__, number))

    def kinds(self, texts: Sequence[str], ends: Ends) -> tuple[list[Evidence], list[int]]:
        """Return `each` as different results, and which of them each text has."""
        found = self._finder.occurrences(texts)
        standing = standing_phrases(found, self._lie(found, ends), len(self._finder.phrases))
        packed, bounds = standing.phrase.tobytes(), (standing.bounds * standing.phrase.itemsize).tolist()
        place, kinds, number = {b"": 0}, [_NONE], list[int]()
        for text, once, (start, end) in zip(texts, standing.once.tolist(), pairwise(bounds), strict=True):
            key = packed[start:end]
            at = place.get(key, -1) if once else -1
            if at < 0:
                at = len(kinds)
                evidence, alone = self._evidence(text, key, once)
                kinds.append(evidence)
                if not alone:
                    place[key] = at
            number.append(at)
        return kinds, number

    def _lie(self, found: Occurrences, ends: Ends) -> Flags:
        """Return which occurrences stand for themselves."""
        size = self._sizes[found.phrase]
        lies = lie_apart(found, size, ends)
        latin = np.flatnonzero(self._are_latin[found.phrase])
        lies.apart[latin] = lies.whole[latin] | is_own_latin_word(found, size, latin)
        return lies.apart | ~self._may_fall[found.phrase]

    def _evidence(self, text: str, standing: bytes, once: bool) -> tuple[Evidence, bool]:
        """Return the themes of a text, and whether another one in which the same phrases stand may have others.

        Args:
            text: normalised.
            standing: numbers of the phrases that stand.
            once: whether each occurs once.
        """
        known, excluded = self._packed(standing)
        if not excluded and once:
            return known, False
        hits = known.hits
        if excluded:
            names = self._names(standing)
            left = {code: tuple(self._without(text, code, names, hits[code], excluded[code])) for code in excluded}
            hits = {code: words for code, own in hits.items() if (words := left.get(code, own))}
        return Evidence(hits, reasons(text, hits)), True

    def _names(self, standing: bytes) -> tuple[str, ...]:
        return tuple(map(self._finder.phrases.__getitem__, np.frombuffer(standing, dtype=np.int64).tolist()))

    def _of_packed(self, standing: bytes) -> tuple[Evidence, dict[str, list[str]]]:
        """Return the themes of a text in which phrases with these numbers stand, and what else may exclude them."""
        hits, excluded = self._hits(self._names(standing))
        named = [f"{code}:{word}" for code, words in hits.items() for word in words]
        return Evidence(hits, named), {code: words for code, words in excluded.items() if code in hits}

    def _themes(self, text: str, found: Sequence[str], words: Sequence[str] | None) -> Hits:
        """Return the themes of a text that has these phrases."""
        if not found:
            return {}
        standing = self._standing(text, tuple(dict.fromkeys(found)), words)
        hits, excluded = self._held(standing)
        if not excluded:
            return hits
        left = dict(hits)
        for code in excluded.keys() & hits:
            left[code] = tuple(self._without(text, code, standing, hits[code], excluded[code]))
        return {code: words for code, words in left.items() if words}

    def _hits(self, standing: tuple[str, ...]) -> tuple[Hits, dict[str, list[str]]]:
        """Return the words for each theme, and the exclusions of each."""
        hits: dict[str, list[str]] = {}
        excluded: dict[str, list[str]] = {}
        rules: dict[tuple[str, str], ThemeRule] = {}
        for word in standing:
            if meaning := self._means.get(word):
                for code in meaning.seed_of:
                    hits.setdefault(code, []).append(word)
                for code in meaning.excluded_from:
                    excluded.setdefault(code, []).append(word)
                rules.update(meaning.wakes)
        there = frozenset(standing)
        for (code, source), rule in rules.items():
            if rule.test(there):
                hits.setdefault(code, []).append(source)
        return {code: tuple(words) for code, words in hits.items()}, excluded

    def _standing(self, text: str, found: tuple[str, ...], words: Sequence[str] | None) -> tuple[str, ...]:
        """Return the words found that stand for themselves; single characters always do."""
        doubtful = self._whole.intersection(found)
        if doubtful and words is not None:
            doubtful = doubtful.difference(words)
        cuts: set[int] | None = None
        fallen = set[str]()
        for word in doubtful:
            if word in self._latin:
                stands = _is_own_latin_word(text, word)
            elif self._cut is None or _at_a_break(text, word):
                stands = True
            else:
                if cuts is None:
                    cuts = set(accumulate(map(len, self._cut(text) if words is None else words), initial=0))
                stands = _stands(text, word, cuts)
            if not stands:
                fallen.add(word)
        return tuple(word for word in found if word not in fallen) if fallen else found

    def _without(
        self, text: str, code: str, standing: Iterable[str], words: Sequence[str], present: Sequence[str]
    ) -> list[str]:
        """Return the words that still hold after the excluded phrases are removed from the text."""
        for phrase in present:
            text = text.replace(phrase, "\u3000" * len(phrase))
        left = {word for word in standing if word in text}
        rules = {rule.source: rule for rule in self.codebook[code].rules}
        return [word for word in words if (rules[word].test(left) if word in rules else word in left)]


def theme_rules(lexicon: Lexicon, engine: str = AUTO) -> ThemeRules:
    """Return the themes of a lexicon as every reader applies them; the segmenter is loaded at the first text."""

    @cache
    def segmenter() -> Segmenter:
        return Segmenter(lexicon.words, engine=engine)

    return ThemeRules(parse_codebook(lexicon.themes), lambda text: segmenter().cut(text))


def _meanings(codebook: Codebook) -> dict[str, _Meaning]:
    """Return what each word of a codebook does."""
    means: defaultdict[str, _Meaning] = defaultdict(_Meaning)
    for theme in codebook.themes:
        for seed in theme.seeds:
            means[seed].seed_of.append(theme.code)
        for rule in theme.rules:
            for word in rule.triggers:
                means[word].wakes[theme.code, rule.source] = rule
        for phrase in theme.exclude:
            means[phrase].excluded_from.append(theme.code)
    return dict(means)


def _is_own_latin_word(text: str, word: str) -> bool:
    """Return whether a Latin word occurs outside longer Latin words."""
    return any(
        not any(_LATIN.match(side) for side in (text[start - 1 : start], text[start + len(word) :][:1]))
        for start in _places(text, word)
    )


def _at_a_break(text: str, word: str) -> bool:
    """Return whether the first occurrence begins or ends at a sign or an end of the text, so that a cut is there."""
    start = text.find(word)
    end = start + len(word)
    return start == 0 or end == len(text) or text[start - 1] in BREAKS or text[end] in BREAKS


def _stands(text: str, word: str, cuts: set[int]) -> bool:
    """Return whether a word occurs where it does not both begin inside one word and end inside another."""
    for start in _places(text, word):
        end = start + len(word)
        if start in cuts or end in cuts or cuts.isdisjoint(range(start + 1, end)):
            return True
    return False


def _places(text: str, word: str) -> Iterator[int]:
    """Return the positions of a word in a text."""
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)
