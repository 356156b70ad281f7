"""Pieces of one to three characters, and the sums of their weights over many texts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Weights = Mapping[str, complex]
"""Feature -> weight of complaint (real part) and of praise (imaginary part), each against neutral; "" the constants."""
Numbers = npt.NDArray[np.signedinteger[Any]]
Places = npt.NDArray[np.int64]
_MARKS = "^$"
"""Mark the ends of a text in its pieces."""


def pieces(text: str) -> list[str]:
    """Return the pieces of one to three characters of a text with a mark at either end, as often as they occur."""
    one = f"^{text}$"
    two = list(map(add, one, one[1:]))
    return [*one, *two, *map(add, two, one[2:])]


class Known(NamedTuple):
    """Pieces of texts: which text has each, and its number."""

    text: Places
    piece: Places


class PieceSums:
    """Sums the weights of all pieces of each text: a look-up of whole arrays costs a tenth of one a piece.

    Characters and pieces have numbers from 1; a place of a table that is no piece holds 0. Only a pair that begins a
    piece of three is looked up with the character after it.

    Attributes:
        names: the pieces by number.
    """

    def __init__(self, weights: Weights) -> None:
        """Number characters, pairs and pieces, and lay the pieces out in tables."""
        names = [name for name in weights if 1 <= len(name) <= 3]
        number = {name: at for at, name in enumerate(names, 1)}
        letters = sorted(set("".join(names)))
        self._base = len(letters) + 1
        self._ids = np.zeros(ord(letters[-1]) + 2, dtype=np.int32)
        self._ids[list(map(ord, letters))] = np.arange(1, self._base)
        begun = sorted({name[:2] for name in names if len(name) == 3})
        pairs = sorted({*begun, *(name for name in names if len(name) == 2)})
        self._one = self._table(self._base, {self._id(name): number[name] for name in names if len(name) == 1})
        places = {self._id(pair[0]) * self._base + self._id(pair[1]): at for at, pair in enumerate(pairs, 1)}
        self._pair = self._table(self._base**2, places)
        self._two = self._table(len(pairs) + 1, {at: number.get(pair, 0) for at, pair in enumerate(pairs, 1)})
        first = {pair: at for at, pair in enumerate(begun, 1)}
        self._begun = self._table(len(pairs) + 1, {at: first.get(pair, 0) for at, pair in enumerate(pairs, 1)})
        triples = {first[name[:2]] * self._base + self._id(name[2]): number[name] for name in names if len(name) == 3}
        self._three = self._table((len(begun) + 1) * self._base, triples)
        self.names = ("", *names)
        self._weights = np.array([0j, *(weights[name] for name in names)])
        self._praise = self._weights.imag - self._weights.real
        self._speaks = np.array([bool(name.strip(_MARKS)) for name in self.names])
        self._rank = np.argsort(np.argsort(np.array(self.names, dtype=object), kind="stable"))

    def _id(self, letter: str) -> int:
        return int(self._ids[ord(letter)])

    @staticmethod
    def _table(size: int, values: Mapping[int, int]) -> Numbers:
        """Return a table with these values at these places; a small one stays in the processor's cache."""
        table = np.zeros(size, dtype=np.min_scalar_type(-max(values.values(), default=0) - 1))
        table[list(values)] = list(values.values())
        return table

    def __call__(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the sum of weights (complex) and the number of known pieces of each text; texts in lower case."""
        return self.summed(self.known(texts), len(texts))

    def known(self, texts: Sequence[str]) -> Known:
        """Return the known pieces of texts in lower case."""
        marked = f"^{'$^'.join(texts)}$" if texts else ""
        codes = np.frombuffer(marked.encode("utf-32-le"), dtype=np.uint32)
        ids = self._ids[np.minimum(codes, len(self._ids) - 1)]
        owner = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 2)
        found, whose = [self._one[ids]], [owner]
        pair = self._pair[ids[:-1] * self._base + ids[1:]]
        at = np.flatnonzero(pair)
        at = at[owner[at] == owner[at + 1]]
        pair = pair[at]
        found.append(self._two[pair])
        whose.append(owner[at])
        begun = self._begun[pair].astype(np.int64)
        longer = np.flatnonzero(begun)
        longer = longer[at[longer] + 2 < len(ids)]
        third = at[longer] + 2
        same = owner[third] == owner[third - 1]
        found.append(self._three[begun[longer[same]] * self._base + ids[third[same]]])
        whose.append(owner[third[same]])
        piece, text = np.concatenate(found), np.concatenate(whose)
        known = np.flatnonzero(piece)
        return Known(text[known], piece[known].astype(np.int64))

    def summed(self, known: Known, texts: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the sum of weights (complex) and the number of known pieces of each of so many texts."""
        text, values = known.text, self._weights[known.piece]
        sums = np.bincount(text, values.real, texts) + 1j * np.bincount(text, values.imag, texts)
        return sums, np.bincount(text, minlength=texts)

    def speaking(self, known: Known, labels: Places) -> Places:
        """Return the number of the piece that speaks most for the label of each text, 0 where none does.

        Args:
            known: pieces of the texts.
            labels: [N] labels; 0 for texts that are not asked for.
        """
        text, piece = known.text, known.piece
        value = self._praise[piece] * labels[text]
        some = np.flatnonzero((value > 0) & self._speaks[piece])
        text, piece = text[some], piece[some]
        order = np.lexsort((self._rank[piece], value[some], text))
        best = np.zeros(len(labels), dtype=np.int64)
        best[text[order]] = piece[order]  # of each text the last one stays
        return best
