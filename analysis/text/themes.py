"""Themes of an answer by the codebook alone: seeds, rules, exclusions; several themes may hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.text.codebook import Codebook
from analysis.text.phrases import PhraseFinder

Hits = dict[str, tuple[str, ...]]
"""Theme code -> the words of the text that mean it."""


class ThemeRules:
    """A codebook made ready for many texts."""

    def __init__(self, codebook: Codebook) -> None:
        """Index seeds, words of rules and exclusions."""
        self.codebook = codebook
        seeds: dict[str, list[str]] = {}
        guarded: dict[str, list[int]] = {}
        for number, theme in enumerate(codebook.themes):
            for seed in theme.seeds:
                seeds.setdefault(seed, []).append(theme.code)
            for rule in theme.rules:
                for word in rule.words:
                    guarded.setdefault(word, []).append(number)
        self._seeds = {seed: tuple(codes) for seed, codes in seeds.items()}
        self._guarded = {word: tuple(dict.fromkeys(numbers)) for word, numbers in guarded.items()}
        self._excludes = {theme.code: theme.exclude for theme in codebook.themes if theme.exclude}
        self._finder = PhraseFinder([*seeds, *guarded])

    def __call__(self, text: str) -> Hits:
        """The themes of one normalised text with their words, in the order of the text."""
        found = self._finder.within(text)
        if not found:
            return {}
        hits: dict[str, list[str]] = {}
        seeds, guarded = self._seeds, self._guarded
        ruled: set[int] = set()
        for word in found:
            for code in seeds.get(word, ()):
                hits.setdefault(code, []).append(word)
            if word in guarded:
                ruled.update(guarded[word])
        for number in ruled:
            theme = self.codebook.themes[number]
            hits.setdefault(theme.code, []).extend(rule.source for rule in theme.rules if rule.test(text))
        excludes = self._excludes
        checked = {
            code: self._without(text, code, words) if code in excludes else tuple(dict.fromkeys(words))
            for code, words in hits.items()
        }
        return checked if all(checked.values()) else {code: words for code, words in checked.items() if words}

    def _without(self, text: str, code: str, words: Sequence[str]) -> tuple[str, ...]:
        """The words that still hold when the excluded phrases are taken out of the text."""
        kept = tuple(dict.fromkeys(words))
        present = [phrase for phrase in self._excludes[code] if phrase in text]
        if not present:
            return kept
        for phrase in present:
            text = text.replace(phrase, "\u3000" * len(phrase))
        rules = {rule.source: rule for rule in self.codebook[code].rules}
        return tuple(word for word in kept if (rules[word].test(text) if word in rules else word in text))

    def matrix(self, hits: Sequence[Hits]) -> npt.NDArray[np.bool_]:
        """[N, K] whether a text has a theme."""
        place = {code: at for at, code in enumerate(self.codebook.codes)}
        table = np.zeros((len(hits), len(place)), dtype=bool)
        for row, each in enumerate(hits):
            for code in each:
                table[row, place[code]] = True
        return table

    def weights(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """[N, K] how much the seeds speak for each theme: sum of ln(1 + count) times rarity of the seed.

        A seed of several themes is shared among them; rarity is ln(N / (1 + texts that have it)).
        """
        rows: list[int] = []
        columns: list[int] = []
        index = {seed: at for at, seed in enumerate(self._seeds)}
        for row, text in enumerate(texts):
            for word in self._finder.within(text):
                if word in index:
                    rows.append(row)
                    columns.append(index[word])
        from scipy import sparse

        shape = (len(texts), len(index))
        counts = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        rarity = np.log(max(2, len(texts)) / (1.0 + counts.getnnz(axis=0)))
        place = {code: at for at, code in enumerate(self.codebook.codes)}
        belongs = np.zeros((len(index), len(place)))
        for seed, codes in self._seeds.items():
            belongs[index[seed], [place[code] for code in codes]] = max(rarity[index[seed]], 0.0) / len(codes)
        counts.data = np.log1p(counts.data)
        return np.asarray(counts @ belongs, dtype=np.float64)
