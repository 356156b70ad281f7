"""Standing: which phrases of texts stand for themselves, and are not the end of one word and the start of the next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.text.words.phrases import Occurrences

Ends = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BREAKS = frozenset("，。！？；：、,.!?;: \n\t")
"""Signs at which every segmenter cuts."""
_LAST = 0x10000
_BREAK, _LATIN = (np.zeros(_LAST + 1, dtype=np.bool_) for _ in range(2))
_BREAK[[0, *map(ord, BREAKS)]] = True
_LATIN[[code for code in range(128) if chr(code).isalnum()]] = True


class Lies(NamedTuple):
    """How occurrences lie among words: `apart` from two words of which each has a part, as the `whole` of a word."""

    apart: Flags
    whole: Flags


class Standing(NamedTuple):
    """The phrases of N texts that stand for themselves, in the order of their first occurrence.

    Attributes:
        phrase: their numbers, those of each text together.
        bounds: [N + 1] where those of each text begin, and the end.
        once: [N] whether each occurs once.
    """

    phrase: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.int64]
    once: Flags


def lie_apart(found: Occurrences, size: Ends, ends: Ends) -> Lies:
    """Return how occurrences lie among words.

    Args:
        found: the occurrences.
        size: the characters of each.
        ends: where each word ends in the joined texts.
    """
    start, end = found.start, found.start + size
    cut = np.zeros(len(found.codes) + 2, dtype=np.bool_)
    cut[0], cut[ends] = True, True
    before = np.cumsum(cut)
    begins, closes, within = cut[start], cut[end], before[end - 1] == before[start]
    return Lies(begins | closes | within | _beside(found, size, _BREAK).any(axis=0), begins & closes & within)


def is_own_latin_word(found: Occurrences, size: Ends, some: Ends) -> Flags:
    """Return which of some occurrences have no Latin letter or digit beside them."""
    before, after = _beside(found, size, _LATIN)[:, some]
    return np.asarray(~(before | after))


def _beside(found: Occurrences, size: Ends, kind: Flags) -> npt.NDArray[np.bool_]:
    """Return [2, n] whether the characters before and after each occurrence are of a kind; ends of texts count as 0."""
    codes = np.concatenate([found.codes, np.zeros(1, dtype=np.uint32)])
    of_kind = kind[np.minimum(codes, _LAST)]
    return np.stack([of_kind[found.start - 1], of_kind[found.start + size]])


def standing_phrases(found: Occurrences, stands: Flags, number: int) -> Standing:
    """Return the phrases of each text of which an occurrence stands.

    Args:
        found: the occurrences.
        stands: whether each stands.
        number: how many phrases there are.
    """
    _, first, which = np.unique(found.text * number + found.phrase, return_index=True, return_inverse=True)
    chosen = np.flatnonzero(np.bincount(which, stands, len(first)))
    order = chosen[np.argsort(first[chosen])]
    text = found.text[first[order]]
    bounds = np.searchsorted(text, np.arange(found.texts + 1))
    again = np.bincount(text, np.bincount(which, minlength=len(first))[order] > 1, found.texts)
    return Standing(found.phrase[first[order]], bounds, again == 0)
