"""Pieces of texts: short runs of characters by number, from rare to frequent, and a bit signature of those of a text.

The order of the first texts is kept, and pieces that only later texts have come before it: a comparison needs one order
of all pieces, not the true frequencies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.text.copy_rule import WORDS, Flags, Ints, Sizes, different

_CUT = 20_000
"""Texts that are cut into pieces at a time."""
_MOST = 2**31
"""Runs are numbered anew from here on, so that two of them make a number of 64 bits."""
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
    piece: npt.NDArray[np.int32]
    rarer: npt.NDArray[np.int32]
    sketch: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    @property
    def count(self) -> Ints:
        """The number of pieces of each text."""
        return np.diff(self.starts)


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
        shared = np.zeros(len(small), dtype=self.low.dtype)
        for words in self.bits:
            shared += np.bitwise_count(words[small] & words[large])
        return np.asarray(_UNIT * shared >= np.minimum(self.low[small] + self.high[large], self.inside[small]))

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


def no_pieces(width: int) -> Pieces:
    """Return the pieces of no text."""
    sketch = np.empty((0, WORDS), dtype=np.uint64)
    none = np.empty(0, dtype=np.int32)
    return Pieces(width, MappingProxyType({}), 0, np.zeros(1, np.int64), none, none, sketch)


def more_pieces(before: Pieces, texts: Sequence[str]) -> Pieces:
    """Return the pieces with those of further texts, which differ from those before."""
    number, starts, piece = _cut(before, texts)
    ordered = before.ordered
    if not len(before):
        ordered, rank = len(number), _ranks(piece, len(number))
        number, piece = dict(zip(number, rank.tolist(), strict=True)), rank[piece]
    row = np.repeat(np.arange(len(texts)), np.diff(starts))
    piece = _ascending(piece, starts, len(number))
    return Pieces(
        before.width,
        MappingProxyType(number),
        ordered,
        np.concatenate([before.starts, starts[1:] + before.starts[-1]]),
        np.concatenate([before.piece, piece.astype(np.int32)]),
        np.concatenate([before.rarer, _rarer(piece, row, starts, ordered)]),
        np.vstack([before.sketch, _signatures(piece, starts)]),
    )


def _cut(before: Pieces, texts: Sequence[str]) -> tuple[dict[str, int], Ints, Ints]:
    """Return all pieces by number, and the starts and numbers of those of the texts."""
    names, found, counts = dict(before.number), [np.zeros(0, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
    for start in range(0, len(texts), _CUT):
        some = texts[start : start + _CUT]
        mine, row, piece = cut(some, before.width)
        number = np.array([names.setdefault(name, len(names)) for name in mine], dtype=np.int64)
        found.append(number[piece])
        counts.append(np.bincount(row, minlength=len(some)))
    return names, np.cumsum(np.concatenate(counts)), np.concatenate(found)


def _ascending(piece: Ints, starts: Ints, number: int) -> Ints:
    """Return the pieces of each text in the order of their numbers."""
    matrix = sparse.csr_matrix((np.ones(len(piece), np.bool_), piece, starts), shape=(len(starts) - 1, number))
    matrix.sort_indices()
    return np.asarray(matrix.indices, dtype=np.int64)


def _ranks(piece: Ints, number: int) -> Ints:
    """Return the rank of each piece from rare to frequent."""
    rank = np.empty(number, dtype=np.int64)
    rank[np.argsort(np.bincount(piece, minlength=number), kind="stable")] = np.arange(number)
    return rank


def _rarer(piece: Ints, row: Ints, starts: Ints, ordered: int) -> npt.NDArray[np.int32]:
    """Return how many pieces of the same text are rarer; the pieces of a text ascend."""
    place = (np.arange(len(piece)) - starts[row]).astype(np.int32)
    if not (piece >= ordered).any():
        return place
    rarer = np.empty(len(piece), dtype=np.int32)
    rarer[np.lexsort((np.where(piece < ordered, piece, -piece), row))] = place
    return rarer


def _signatures(piece: Ints, starts: Ints) -> npt.NDArray[np.uint64]:
    """Return bit signatures [R, W] of texts, each of which has a piece."""
    mixed = piece.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(56)
    bit, word = np.uint64(1) << (mixed & np.uint64(63)), mixed >> np.uint64(6)
    words = [np.where(word == at, bit, np.uint64(0)) for at in range(WORDS)]
    return np.column_stack([np.bitwise_or.reduceat(each, starts[:-1]) if len(each) else each for each in words])


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
    start = np.flatnonzero((left >= width) | (np.arange(len(row)) == first[row]))
    key, length = runs[start], np.minimum(left[start], width)
    if width == 2:
        key, start = np.concatenate([key, alone]), np.concatenate([start, np.arange(len(row))])
        length = np.concatenate([length, np.ones_like(row)])
    _, at, piece = np.unique(key, return_index=True, return_inverse=True)
    names = [whole[one : one + more] for one, more in zip(start[at].tolist(), length[at].tolist(), strict=True)]
    text, piece = np.divmod(different(row[start] * max(1, len(names)) + piece), max(1, len(names)))
    return names, text, piece


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
