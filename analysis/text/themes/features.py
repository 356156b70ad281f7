"""Features of a text for models: character 1-2-grams and words, counted without a loop over characters.

An answer has two views (text.md 4): people read display words; models get character 1-2-grams, which route better than
the words of any segmenter, plus words where given, plus the opening of a long message a second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.text.themes.lists import Lists

Codes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
_END = np.uint32(10)
_PAIR = np.uint64(1 << 21)
# The fields have separate features: a word is not the pair of characters that spells it.
_WORD, _OPENING_CHARACTERS, _OPENING_WORD = (np.uint64(field) << np.uint64(60) for field in (1, 2, 3))
_MIX = np.uint64(1_099_511_628_211)
OPENING = 14
"""Number of words of a message that count a second time as its opening."""
OPENING_WEIGHT = 0.5
_LONG = 60  # characters; a shorter answer is its own opening


@dataclass(frozen=True, slots=True)
class Space:
    """The features of a model, sorted by code.

    Attributes:
        codes: [V] sorted feature codes.
        idf: [V] weights, ln((1 + N) / (1 + n)) + 1.
        words: whether words and openings are counted as well as characters.
    """

    codes: Codes
    idf: npt.NDArray[np.float32]
    words: bool = False

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.codes)

    def vectors(self, texts: Sequence[str], words: Sequence[Sequence[str]] | None = None) -> Any:
        """Return rows of unit length per field: CSR [N, V], 1 + ln(count) times idf; unknown features are left out."""
        row, code = _all_codes(texts, words if self.words else None)
        place = np.searchsorted(self.codes, code).clip(max=max(0, len(self.codes) - 1))
        known = self.codes[place] == code if len(self.codes) else np.zeros(len(code), dtype=bool)
        shape = (len(texts), len(self.codes))
        ones = np.ones(int(known.sum()), dtype=np.float32)
        counts = sparse.csr_matrix((ones, (row[known], place[known])), shape=shape)
        counts.sum_duplicates()
        counts.data = (1 + np.log(counts.data)) * self.idf[counts.indices]
        return _scaled(counts, self.codes)

    def only(self, keep: npt.NDArray[np.int64]) -> Space:
        """Keep only these features, by position."""
        chosen = np.sort(keep)
        return replace(self, codes=self.codes[chosen], idf=self.idf[chosen])


def make_space(
    texts: Sequence[str], words: Sequence[Sequence[str]] | None = None, *, fewest: int = 2, most: int = 400_000
) -> Space:
    """Select the features in at least `fewest` texts, the `most` frequent of them."""
    row, code = _all_codes(texts, words)
    order = np.lexsort((row, code))
    row, code = row[order], code[order]
    first = np.ones(len(code), dtype=bool)
    first[1:] = (code[1:] != code[:-1]) | (row[1:] != row[:-1])
    found, count = np.unique(code[first], return_counts=True)
    keep = np.flatnonzero(count >= fewest)
    if len(keep) > most:
        keep = np.sort(keep[np.argsort(-count[keep], kind="stable")[:most]])
    idf = np.log((1 + len(texts)) / (1 + count[keep])) + 1
    return Space(found[keep], idf.astype(np.float32), words is not None)


def character_codes(texts: Sequence[str]) -> tuple[Rows, Codes]:
    """Return row and code of every character and every pair of neighbours."""
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    point = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    row = np.cumsum(point == _END, dtype=np.int64)
    inside = point != _END
    wide = point.astype(np.uint64)
    pair = inside[:-1] & inside[1:]
    pairs = wide[:-1][pair] * _PAIR + wide[1:][pair]
    return np.concatenate([row[inside], row[:-1][pair]]), np.concatenate([wide[inside], pairs])


def word_codes(words: Sequence[Sequence[str]]) -> tuple[Rows, Codes]:
    """Return row and code of every word; the code is a 60-bit hash, equal in every process."""
    if isinstance(words, Lists):
        different, row, number = words.numbered()
        there = np.array(list(map(bool, different)), dtype=np.bool_)
        code = np.zeros(len(different), dtype=np.uint64)
        code[there] = _hashed([word for word in different if word])
        kept = there[number]
        return row[kept], code[number[kept]]
    counts = np.fromiter((len(each) for each in words), dtype=np.int64, count=len(words))
    flat = [word for each in words for word in each if word]
    if len(flat) != counts.sum():
        words = [[word for word in each if word] for each in words]
        counts = np.array([len(each) for each in words], dtype=np.int64)
    return np.repeat(np.arange(len(words)), counts), _hashed(flat)


def _hashed(words: Sequence[str]) -> Codes:
    """Return the codes of words that are not empty."""
    if not words:
        return np.empty(0, dtype=np.uint64)
    size = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    point = np.frombuffer("".join(words).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    place = np.arange(len(point)) - np.repeat(start, size)
    power = np.cumprod(np.full(int(size.max()), _MIX, dtype=np.uint64))
    code = np.add.reduceat((point + np.uint64(7)) * power[place], start)
    code ^= code >> np.uint64(29)
    return np.asarray((code & np.uint64((1 << 60) - 1)) | _WORD)


def _all_codes(texts: Sequence[str], words: Sequence[Sequence[str]] | None) -> tuple[Rows, Codes]:
    parts = [character_codes(texts)]
    if words is not None:
        parts.append(word_codes(words))
        long = np.array([at for at, text in enumerate(texts) if len(text) >= _LONG], dtype=np.int64)
        opening = [words[at][:OPENING] for at in long.tolist()]
        row, code = character_codes(["".join(each) for each in opening])
        parts.append((long[row], code | _OPENING_CHARACTERS))
        row, code = word_codes(opening)
        parts.append((long[row], (code ^ _WORD) | _OPENING_WORD))
    return np.concatenate([row for row, _ in parts]), np.concatenate([code for _, code in parts])


def _scaled(counts: Any, codes: Codes) -> Any:
    """Scale each field of each row to length 1 (openings to their weight), so that no field dominates."""
    field = (codes >> np.uint64(60)).astype(np.int64)
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    slot = row * 4 + field[counts.indices]
    length = np.sqrt(np.bincount(slot, weights=counts.data.astype(np.float64) ** 2, minlength=4 * counts.shape[0]))
    weight = np.where(field >= 2, OPENING_WEIGHT, 1.0)[counts.indices]
    counts.data = (counts.data * weight / length[slot]).astype(np.float32)
    return counts
