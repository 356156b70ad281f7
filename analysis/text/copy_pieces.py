"""Pieces of texts: short runs of characters by number, from rare to frequent, and a bit signature of those of a text.

The order of the first texts is kept, and pieces that only later texts have come before it: a comparison needs one order
of all pieces, not the true frequencies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.text.copy_rule import WORDS, Flags, Ints, Sizes

Places = npt.NDArray[np.int32]
_CUT = 20_000
"""Texts that are cut into pieces at a time."""
_SORTED = 4_000
"""Texts whose pieces are sorted at a time; they fit into the cache of a processor."""
_MOST = 2**31
"""Runs are numbered anew from here on, so that two of them make a number of 64 bits."""
_TABLE = 1 << 16
"""Keys that may have a table of their own, of whatever length they are; longer tables take more keys."""
_UNIT = 64
"""Parts of a bit in which bounds are held as integers."""
_NARROW = 240
"""Pieces of a text up to which bounds fit into 16 bits."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of R texts.

    Attributes:
        width: characters of a piece; texts with a width of 2 also have single characters as pieces.
        number: piece -> its number.
        ordered: number of pieces of the first texts, which are numbered from rare to frequent; further ones are rarer.
        starts: [R + 1] where the pieces of a text begin.
        piece: their numbers, ascending in each text.
        rarer: how many pieces of its text are rarer than a piece.
        sketch: [R, W] bit signatures, one bit per piece, many pieces to a bit.
    """

    width: int
    number: Mapping[str, int]
    ordered: int
    starts: Ints
    piece: Places
    rarer: Places
    sketch: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    @property
    def count(self) -> Ints:
        """The number of pieces of each text."""
        return np.diff(self.starts)

    def some(self, rows: Ints) -> Pieces:
        """Return those of some of the texts, by the same numbers."""
        count = self.count[rows]
        starts = np.concatenate([[0], np.cumsum(count)])
        at = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], count)
        return replace(self, starts=starts, piece=self.piece[at], rarer=self.rarer[at], sketch=self.sketch[rows])


@dataclass(frozen=True, slots=True)
class Signatures:
    """The bits of n texts.

    Two may be copies where the bits that both have reach `inside` of the smaller one, or its `low` plus `high` of the
    larger; these count in `_UNIT`s of a bit.

    Attributes:
        bits: W words [n] of the signatures; a full one lacks a bit, so that a byte holds what two share.
        inside, low: [n] less what the bits of the text do not show.
        high: [n].
    """

    bits: Sequence[npt.NDArray[np.uint64]]
    inside: npt.NDArray[Any]
    low: npt.NDArray[Any]
    high: npt.NDArray[Any]

    @staticmethod
    def of(sizes: Sizes, sketch: npt.NDArray[np.uint64]) -> Signatures:
        """Return the signatures [n, W] of texts, given what their counts say."""
        words = np.ascontiguousarray(sketch.T)
        full = sizes.count - sizes.hidden == 64 * WORDS
        words[0, full] &= np.uint64(2**64 - 2)
        hidden, half = sizes.hidden + full, sizes.half
        kind = np.int16 if sizes.count.max(initial=0) <= _NARROW else np.int32
        bounds = (sizes.inside - hidden, half - hidden, half)
        return Signatures(list(words), *(np.floor(_UNIT * one).astype(kind) for one in bounds))

    def may(self, small: Ints, large: Ints) -> Flags:
        """Return whether pairs of texts may be copies."""
        shared = np.zeros(len(small), dtype=np.uint8)
        for words in self.bits:
            shared += np.bitwise_count(words.take(small) & words.take(large))
        needed = np.minimum(self.low.take(small) + self.high.take(large), self.inside.take(small))
        return np.asarray(shared.astype(needed.dtype) * needed.dtype.type(_UNIT) >= needed)

    def block(self, rows: Ints, columns: Ints, *, larger: bool) -> Flags:
        """Return [rows, columns] whether two texts may be copies, the columns as larger ones or smaller ones."""
        shared = np.bitwise_count(self.bits[0][rows][:, None] & self.bits[0][columns])
        for words in self.bits[1:]:
            shared += np.bitwise_count(words[rows][:, None] & words[columns])
        if larger:
            needed = np.minimum(self.low[rows][:, None] + self.high[columns], self.inside[rows][:, None])
        else:
            needed = np.minimum(self.high[rows][:, None] + self.low[columns], self.inside[columns])
        return np.asarray(shared.astype(needed.dtype) * needed.dtype.type(_UNIT) >= needed)


def pieces_of(text: str, width: int) -> set[str]:
    """Return the different pieces of a text, as `cut` would."""
    runs = {text[at : at + width] for at in range(max(1, len(text) - width + 1))}
    return runs | set(text) if width == 2 else runs


def no_pieces(width: int) -> Pieces:
    """Return the pieces of no text."""
    sketch = np.empty((0, WORDS), dtype=np.uint64)
    none = np.empty(0, dtype=np.int32)
    return Pieces(width, MappingProxyType({}), 0, np.zeros(1, np.int64), none, none, sketch)


def more_pieces(before: Pieces, texts: Sequence[str]) -> Pieces:
    """Return the pieces with those of further texts, which differ from those before."""
    if not len(texts):
        return before
    number, starts, piece = _cut(before, texts)
    ordered = before.ordered
    if not len(before):
        ordered, rank = len(number), _ranks(piece, len(number))
        number, piece = dict(zip(number, rank.tolist(), strict=True)), rank[piece]
    piece = _ascending(piece, starts, len(number))
    return Pieces(
        before.width,
        MappingProxyType(number),
        ordered,
        np.concatenate([before.starts, starts[1:] + before.starts[-1]]),
        np.concatenate([before.piece, piece]),
        np.concatenate([before.rarer, _rarer(piece, starts, ordered)]),
        np.vstack([before.sketch, _signatures(piece, starts, len(number))]),
    )


def _cut(before: Pieces, texts: Sequence[str]) -> tuple[dict[str, int], Ints, Places]:
    """Return all pieces by number, and the starts and numbers of those of the texts."""
    names, found, counts = dict(before.number), [np.zeros(0, dtype=np.int32)], [np.zeros(1, dtype=np.int64)]
    for start in range(0, len(texts), _CUT):
        some = texts[start : start + _CUT]
        mine, row, piece = cut(some, before.width)
        number = np.array([names.setdefault(name, len(names)) for name in mine], dtype=np.int32)
        found.append(number[piece])
        counts.append(np.bincount(row, minlength=len(some)))
    return names, np.cumsum(np.concatenate(counts)), np.concatenate(found)


def _ascending(piece: Places, starts: Ints, number: int) -> Places:
    """Return the pieces of each text in the order of their numbers."""
    found = [np.empty(0, dtype=np.int32)]
    for first in range(0, len(starts) - 1, _SORTED):
        some = starts[first : first + _SORTED + 1]
        mine, shape = piece[some[0] : some[-1]], (len(some) - 1, number)
        matrix = sparse.csr_matrix((np.ones(len(mine), np.int8), mine, some - some[0]), shape=shape)
        # By piece and by text again, which takes half as long as to sort each text.
        found.append(matrix.tocsc().tocsr().indices.astype(np.int32, copy=False))
    return np.concatenate(found)


def _ranks(piece: Places, number: int) -> Places:
    """Return the rank of each piece from rare to frequent."""
    rank = np.empty(number, dtype=np.int32)
    rank[np.argsort(np.bincount(piece, minlength=number), kind="stable")] = np.arange(number)
    return rank


def _rarer(piece: Places, starts: Ints, ordered: int) -> Places:
    """Return how many pieces of the same text are rarer; the pieces of a text ascend."""
    count = np.diff(starts)
    place = np.arange(len(piece), dtype=np.int32) - np.repeat(starts[:-1].astype(np.int32), count)
    if not (piece >= ordered).any():
        return place
    rarer = np.empty(len(piece), dtype=np.int32)
    rarer[np.lexsort((np.where(piece < ordered, piece, -piece), np.repeat(np.arange(len(count)), count)))] = place
    return rarer


def _signatures(piece: Places, starts: Ints, number: int) -> npt.NDArray[np.uint64]:
    """Return bit signatures [R, W] of texts."""
    bit = (np.arange(number, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(56)).astype(np.uint8)
    found = [np.empty((0, WORDS), dtype=np.uint64)]
    for first in range(0, len(starts) - 1, _CUT):
        some = starts[first : first + _CUT + 1]
        row = np.repeat(np.arange(len(some) - 1), np.diff(some))
        bits = np.zeros((len(some) - 1, 64 * WORDS), dtype=np.bool_)
        bits[row, bit[piece[some[0] : some[-1]]]] = True
        found.append(np.packbits(bits, axis=1, bitorder="little").view("<u8").astype(np.uint64, copy=False))
    return np.vstack(found)


def cut(texts: Sequence[str], width: int) -> tuple[list[str], Ints, Ints]:
    """Return the different pieces of texts, and which text has which.

    Args:
        texts: the texts, none of them empty; one that is shorter than a piece is a piece itself.
        width: characters of a piece, 2 or 4; with a width of 2 single characters are pieces as well.

    Returns:
        The pieces; [P] text and [P] position of its piece, each once, ascending by text and piece.
    """
    whole = "".join(texts)
    size = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    row, first = np.repeat(np.arange(len(texts)), size), np.cumsum(size) - size
    left = (first + size)[row] - np.arange(len(row))
    runs = _characters(whole)
    alone = runs * (int(runs.max(initial=0)) + 2)  # as a run of two whose second is beyond the text
    for reach in (1, 2)[: width // 2]:
        runs = _numbered(runs) if runs.max(initial=0) >= _MOST else runs
        runs = runs * (int(runs.max(initial=0)) + 2) + _further(runs, reach, left)
    there = (left >= width) | (np.arange(len(row)) == first[row])
    key, length, start = runs[there], np.minimum(left[there], width), np.flatnonzero(there)
    if width == 2:
        both = np.column_stack([np.ones_like(there), there]).ravel()
        key, start = np.column_stack([alone, runs]).ravel()[both], np.repeat(np.arange(len(row)), 2)[both]
        length = np.column_stack([np.ones_like(left), np.minimum(left, 2)]).ravel()[both]
    at, piece = _places(key)
    names = [whole[one : one + more] for one, more in zip(start[at].tolist(), length[at].tolist(), strict=True)]
    count = np.bincount(row[start], minlength=len(texts))
    starts = np.concatenate([[0], np.cumsum(count)])
    piece, text = _ascending(piece, starts, len(names)), np.repeat(np.arange(len(texts)), count)
    once = (np.diff(piece, prepend=-1) != 0) | (np.diff(text, prepend=-1) != 0)
    return names, text[once], piece[once].astype(np.int64)


def _places(key: Ints) -> tuple[Ints, Places]:
    """Return where each different key is first, ascending, and the place of every key among the different ones."""
    most = int(key.max(initial=-1)) + 1
    if most > _TABLE + 16 * len(key):
        _, at, place = np.unique(key, return_index=True, return_inverse=True)
        return at, place.astype(np.int32)
    first = np.full(most, -1, dtype=np.int32)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1, dtype=np.int32)
    there = first >= 0
    return first[there].astype(np.int64), (np.cumsum(there, dtype=np.int32) - 1)[key]


def _characters(text: str) -> Ints:
    """Return small numbers of the characters of a text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    there = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.bool_)
    there[codes] = True
    return np.asarray((np.cumsum(there) - 1)[codes], dtype=np.int64)


def _further(runs: Ints, by: int, left: Ints) -> Ints:
    """Return one more than the run some characters further on, 0 beyond the end of the text."""
    found = np.zeros(len(runs), dtype=np.int64)
    found[: max(len(runs) - by, 0)] = runs[by:] + 1
    found[left <= by] = 0
    return found


def _numbered(runs: Ints) -> Ints:
    return np.unique(runs, return_inverse=True)[1].astype(np.int64)
