"""Pairs of copies: texts compared by the exact overlap of their pieces.

Candidates share one of the rarest pieces of the smaller text (prefix filter: Chaudhuri, Ganti & Kaushik 2006), and
enough bits of their signatures. The texts of one piece are compared with each other block by block, all bits of a block
at once; that costs less for each pair than to count what they share. Neither filter loses a pair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.text.copy_pieces import Pieces
from analysis.text.copy_rule import (
    CONTAINED,
    CONTAINED_SHORT,
    FEW_PIECES,
    JACCARD,
    WORDS,
    Flags,
    Ints,
    Sizes,
    alike,
    different,
)

_BLOCK, _CHUNK = 4_000_000, 200_000
"""Pairs that are compared one by one, or held before equal ones are dropped; pairs counted at a time."""
_CELLS = 1 << 15
"""Pairs of a block: their bits fit into the cache of a processor."""
_FEW = 500
"""Pairs that share a piece from which they are a block; fewer are compared one by one."""
_SPAN = 1.25
"""Texts whose counts of pieces differ by at most this factor are joined together."""
_FEWEST = 1_000
"""Texts that are joined together at least: fewer cost as much."""
_UNIT = 64
"""Parts of a bit in which bounds are held as integers."""
_NARROW = 240
"""Pieces of a text up to which bounds fit into 16 bits."""


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for copies among texts by their pieces.

    Attributes:
        pieces: the pieces of the texts.
        sizes: what their counts say.
        order: the texts in the order of their counts.
        whole: [R, P] 0/1 of all pieces.
    """

    pieces: Pieces
    sizes: Sizes
    order: Ints
    whole: Any

    @staticmethod
    def of(pieces: Pieces) -> Search:
        """Return the search among all texts of some pieces."""
        sizes = Sizes.of(pieces.count, pieces.sketch)
        ones = np.ones(len(pieces.piece), dtype=np.int32)
        whole = sparse.csr_matrix((ones, pieces.piece, pieces.starts), shape=(len(pieces), len(pieces.number)))
        return Search(pieces, sizes, np.argsort(sizes.rank), whole)

    def pairs(self, some: Flags, others: Flags) -> Ints:
        """Return the pairs of copies [2, pairs] of which one is among some texts, and the other among others.

        Args:
            some: [R] the texts.
            others: [R] these include all of the texts, or none.
        """
        mine, theirs, rest = (self.order[each[self.order]] for each in (some, others, others & ~some))
        found = [np.empty((2, 0), dtype=np.int64)]
        for small, large in ((mine, theirs), (rest, mine)):
            if len(small) and len(large):
                for one, other in _candidates(self.pieces, self.sizes, small, large):
                    found.append(_checked(self.whole, self.sizes, one, other))
        return np.hstack(found)


def _candidates(pieces: Pieces, sizes: Sizes, small: Ints, large: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of texts of which the larger has one of the rare pieces of the smaller, and enough bits of it.

    Texts much longer than the smaller one can only contain it, which requires more pieces than similarity does, so
    fewer of the rare ones need to be joined.

    Args:
        pieces: all texts.
        sizes: what their counts say.
        small: texts in the order of their counts, as the smaller of a pair.
        large: texts in the order of their counts, as the larger.
    """
    count = sizes.count
    needed = (np.ceil(each).astype(np.int64) for each in (np.minimum(2 * sizes.half, sizes.inside), sizes.inside))
    # Who shares so many pieces has one of those that are left without the others.
    near, far = (pieces.matrix(small, most=(count - each + 1)[small]) for each in needed)
    wanted = np.zeros(len(pieces.number), dtype=np.bool_)
    wanted[near.indices] = True
    whole = pieces.matrix(large, wanted=wanted)
    left, right = (_Side.of(rows, sizes, pieces.sketch) for rows in (small, large))
    for start, end, begin, middle in _bins(count[small], count[large]):
        # Of the larger one as well, as long as it cannot have many pieces that the smaller one lacks.
        fewest = np.minimum(sizes.half[small[start]] + sizes.half, sizes.inside[small[start]])
        most = count - np.ceil(fewest).astype(np.int64) + 1
        rarest = pieces.matrix(large[begin:middle], most=most[large[begin:middle]], wanted=wanted)
        for first, last, rare, theirs in ((begin, middle, near, rarest), (middle, len(large), far, whole[middle:])):
            sides = left.part(slice(start, end)), right.part(slice(first, last))
            row, column = np.divmod(_joined(rare[start:end], theirs, *sides), max(1, last - first))
            yield small[row + start], large[column + first]


def _bins(few: Ints, most: Ints) -> Iterator[tuple[int, int, int, int]]:
    """Yield start and end of smaller texts of about the same count, and where the larger and much larger ones begin.

    Args:
        few: counts of the smaller texts, ascending.
        most: counts of the larger texts, ascending.
    """
    start = 0
    while start < len(few):
        least = int(few[start])
        end = max(int(np.searchsorted(few, max(least + 1, least * _SPAN))), min(start + _FEWEST, len(few)))
        share = CONTAINED_SHORT if few[end - 1] <= FEW_PIECES else CONTAINED
        longer = few[end - 1] * (share * (1 + JACCARD) / JACCARD - 1)
        begin, middle = np.searchsorted(most, [least, longer + 1]).tolist()
        yield start, end, begin, middle
        start = end


@dataclass(frozen=True, slots=True)
class _Side:
    """Texts in the order of their counts, as one side of pairs.

    Two may be copies where the bits that both have reach `inside` of the smaller one, or its `low` plus `high` of the
    larger; these count in `_UNIT`s of a bit.

    Attributes:
        rank: [n] place among all texts; of a pair the first is the smaller.
        bits: W words [n] of the signatures; a full one lacks a bit, so that a byte holds what two share.
        inside, low: [n] less what the bits of the text do not show.
        high: [n].
    """

    rank: Ints
    bits: Sequence[npt.NDArray[np.uint64]]
    inside: npt.NDArray[Any]
    low: npt.NDArray[Any]
    high: npt.NDArray[Any]

    @staticmethod
    def of(rows: Ints, sizes: Sizes, sketch: npt.NDArray[np.uint64]) -> _Side:
        """Return some texts as a side."""
        words = np.ascontiguousarray(sketch[rows].T)
        full = sizes.count[rows] - sizes.hidden[rows] == 64 * WORDS
        words[0, full] &= np.uint64(2**64 - 2)
        hidden, half = sizes.hidden[rows] + full, sizes.half[rows]
        kind = np.int16 if sizes.count.max(initial=0) <= _NARROW else np.int32
        bounds = (sizes.inside[rows] - hidden, half - hidden, half)
        return _Side(sizes.rank[rows], list(words), *(np.floor(_UNIT * one).astype(kind) for one in bounds))

    def part(self, some: slice | Ints) -> _Side:
        """Return some of the texts."""
        bits = [words[some] for words in self.bits]
        return _Side(self.rank[some], bits, self.inside[some], self.low[some], self.high[some])


def _joined(rare: Any, whole: Any, left: _Side, right: _Side) -> Ints:
    """Return the pairs of rows of two matrices that share a piece and may be copies, as row * columns + column."""
    mine, theirs = rare.tocsc(), whole.tocsc()
    size = np.diff(mine.indptr).astype(np.int64) * np.diff(theirs.indptr)
    found, held = [np.empty(0, dtype=np.int64)], 0
    for row, column in chain(
        _one_by_one(mine, theirs, (left, right), np.flatnonzero((size > 0) & (size < _FEW))),
        _by_block(mine, theirs, (left, right), np.flatnonzero(size >= _FEW)),
    ):
        found.append(row * whole.shape[0] + column)
        held += len(row)
        if held > _BLOCK:
            found, held = [different(np.concatenate(found))], 0
    return different(np.concatenate(found))


def _one_by_one(mine: Any, theirs: Any, sides: tuple[_Side, _Side], some: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of rows that have one of some pieces, gathered one by one."""
    left, right = sides
    of_piece = np.diff(mine.indptr)[some]
    begin, end = (np.repeat(theirs.indptr[some + at], of_piece).astype(np.int64) for at in (0, 1))
    starts = np.cumsum(of_piece)
    row = mine.indices[np.arange(len(begin)) + np.repeat(mine.indptr[some] - starts + of_piece, of_piece)]
    total = np.cumsum(end - begin)
    for first, last in pairwise([0, *_ends(total)]):
        times = (end - begin)[first:last]
        at = np.arange(int(times.sum())) + np.repeat(begin[first:last] - np.cumsum(times) + times, times)
        one, other = np.repeat(row[first:last], times).astype(np.int64), theirs.indices[at].astype(np.int64)
        later = left.rank[one] < right.rank[other]
        one, other = one[later], other[later]
        shared = np.zeros(len(one), dtype=np.int64)
        for mine_bits, their_bits in zip(left.bits, right.bits, strict=True):
            shared += np.bitwise_count(mine_bits[one] & their_bits[other])
        keep = _UNIT * shared >= np.minimum(left.low[one] + right.high[other], left.inside[one])
        yield one[keep], other[keep]


def _ends(total: Ints) -> list[int]:
    """Return where parts of about `_BLOCK` end, given running totals."""
    if not len(total):
        return []
    found = np.searchsorted(total, np.arange(_BLOCK, total[-1] + _BLOCK, _BLOCK)) + 1
    ends: list[int] = np.unique(found.clip(max=len(total))).tolist()
    return ends


def _by_block(mine: Any, theirs: Any, sides: tuple[_Side, _Side], some: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of rows that have one of some pieces, each piece as blocks of all that have it."""
    left, right = sides
    for piece in some.tolist():
        rows, columns = (
            one.indices[one.indptr[piece] : one.indptr[piece + 1]].astype(np.int64) for one in (mine, theirs)
        )
        small, large = left.part(rows), right.part(columns)
        height = max(1, _CELLS // len(columns))
        later = np.searchsorted(large.rank, small.rank[::height], side="right").tolist()
        for start, first in zip(range(0, len(rows), height), later, strict=True):
            may = _may(small.part(slice(start, start + height)), large, first)
            one, other = np.divmod(np.flatnonzero(may), max(1, may.shape[1]))
            one, other = rows[start:][one], columns[first:][other]
            keep = left.rank[one] < right.rank[other]
            yield one[keep], other[keep]


def _may(small: _Side, large: _Side, first: int) -> npt.NDArray[np.bool_]:
    """Return [small, large from the first] whether two texts may be copies."""
    shared = np.bitwise_count(small.bits[0][:, None] & large.bits[0][first:])
    for one, other in zip(small.bits[1:], large.bits[1:], strict=True):
        shared += np.bitwise_count(one[:, None] & other[first:])
    needed = np.minimum(small.low[:, None] + large.high[first:], small.inside[:, None])
    return np.asarray(shared.astype(needed.dtype) * needed.dtype.type(_UNIT) >= needed)


def _checked(whole: Any, sizes: Sizes, small: Ints, large: Ints) -> Ints:
    """Keep the candidates that are copies [2, pairs]."""
    kept = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(small), _CHUNK):
        left, right = small[start : start + _CHUNK], large[start : start + _CHUNK]
        shared = np.asarray(whole[left].multiply(whole[right]).sum(axis=1)).ravel()
        same = alike(shared, sizes.count[left], sizes.count[right])
        kept.append(np.vstack([left[same], right[same]]))
    return np.hstack(kept)
