"""Pairs of copies: texts compared by the exact overlap of their pieces, and new ones with those compared before.

Candidates come from a prefix filter that requires several shared pieces (Chaudhuri, Ganti & Kaushik 2006; Wang, Li &
Feng 2012) and from bit signatures; neither loses a pair. The filter needs one order of all pieces, not the true
frequencies, so the order of the first texts is kept, and pieces that only later texts have come before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

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
    bits,
)
from analysis.text.cutting import cut

_SHARED = 3
"""Rare pieces that two copies must share: more of them mean longer lists to join and fewer pairs to check."""
_BLOCK, _CHUNK = 4_000_000, 200_000
"""Candidates joined, and pairs counted, at a time."""
_CUT = 20_000
"""Texts that are cut into pieces at a time."""
_SPAN = 1.1
"""Texts whose counts of pieces differ by at most this factor are joined together."""
_FEWEST = 1_000
"""Texts that are joined together at least: fewer cost as much."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of R texts of which every pair has been compared.

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

    def matrix(self, rows: Ints, most: Ints | None = None, wanted: Flags | None = None) -> Any:
        """Return [rows, P] 0/1 of the pieces of some texts.

        Args:
            rows: the texts.
            most: [rows] how many of the rarest pieces are taken; all when None.
            wanted: [P] which pieces are taken; all when None.
        """
        if 2 * len(rows) > len(self):  # sooner without a copy of all pieces in another order
            return self._chosen(rows, most, wanted)
        count = self.count[rows]
        ends = np.cumsum(count)
        at = np.arange(int(count.sum())) + np.repeat(self.starts[rows] - ends + count, count)
        piece, chosen = self.piece[at], np.ones(len(at), dtype=np.bool_)
        if most is not None:
            chosen = self.rarer[at] < np.repeat(most, count)
        if wanted is not None:
            chosen &= wanted[piece]
        piece, starts = piece[chosen], np.concatenate([[0], np.cumsum(chosen)])[np.concatenate([[0], ends])]
        return sparse.csr_matrix((np.ones(len(piece), np.int32), piece, starts), shape=(len(rows), len(self.number)))

    def _chosen(self, rows: Ints, most: Ints | None, wanted: Flags | None) -> Any:
        """Return the `matrix` of many rows."""
        chosen = np.ones(len(self.piece), dtype=np.bool_) if wanted is None else wanted[self.piece]
        if most is not None:
            limit = np.zeros(len(self), dtype=np.int32)
            limit[rows] = most
            chosen &= self.rarer < np.repeat(limit, self.count)
        piece, starts = self.piece[chosen], np.concatenate([[0], np.cumsum(chosen)])[self.starts]
        whole = sparse.csr_matrix((np.ones(len(piece), np.int32), piece, starts), shape=(len(self), len(self.number)))
        return whole[rows]


def no_pieces(width: int) -> Pieces:
    """Return the pieces of no text."""
    sketch = np.empty((0, WORDS), dtype=np.uint64)
    none = np.empty(0, dtype=np.int32)
    return Pieces(width, MappingProxyType({}), 0, np.zeros(1, np.int64), none, none, sketch)


def extended(before: Pieces, texts: Sequence[str]) -> tuple[Pieces, Ints]:
    """Return the pieces with further texts, which differ from those before, and the new pairs of copies [2, pairs]."""
    number, starts, piece = _cut(before, texts)
    ordered = before.ordered
    if not len(before):
        ordered, rank = len(number), _ranks(piece, len(number))
        number, piece = dict(zip(number, rank.tolist(), strict=True)), rank[piece]
    row = np.repeat(np.arange(len(texts)), np.diff(starts))
    piece = _ascending(piece, starts, len(number))
    pieces = Pieces(
        before.width,
        MappingProxyType(number),
        ordered,
        np.concatenate([before.starts, starts[1:] + before.starts[-1]]),
        np.concatenate([before.piece, piece.astype(np.int32)]),
        np.concatenate([before.rarer, _rarer(piece, row, starts, ordered)]),
        np.vstack([before.sketch, _signatures(piece, starts)]),
    )
    return pieces, _similar(pieces, len(before))


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


def _similar(pieces: Pieces, known: int) -> Ints:
    """Return the pairs of copies [2, pairs] of which one text is beyond the known ones."""
    sizes = Sizes.of(pieces.count, pieces.sketch)
    order = np.argsort(sizes.rank)
    new = order >= known
    sides = [(order[new], order)] + ([(order[~new], order[new])] if 0 < known < len(order) else [])
    ones = np.ones(len(pieces.piece), dtype=np.int32)
    whole = sparse.csr_matrix((ones, pieces.piece, pieces.starts), shape=(len(pieces), len(pieces.number)))
    found = [np.empty((2, 0), dtype=np.int64)]
    for small, large in sides:
        for one, other in _candidates(pieces, sizes, small, large):
            found.append(_checked(whole, sizes, one, other))
    return np.hstack(found)


def _candidates(pieces: Pieces, sizes: Sizes, small: Ints, large: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs of texts of which the larger has enough of the rare pieces of the smaller, and enough bits of it.

    Texts much longer than the smaller one can only contain it, which requires more pieces than similarity does, so
    fewer of the rare ones need to be joined.

    Args:
        pieces: all texts.
        sizes: what their counts say.
        small: texts in the order of their counts, as the smaller of a pair.
        large: texts in the order of their counts, as the larger.
    """
    count, sketch = sizes.count, pieces.sketch
    near, far = (np.ceil(each).astype(np.int64) for each in (np.minimum(2 * sizes.half, sizes.inside), sizes.inside))
    # So many pieces are left after the rare ones of which `_SHARED` are shared.
    left = [need - np.minimum(_SHARED, need) for need in (near, far)]
    rare = [pieces.matrix(small, most=(count - each)[small]) for each in left]
    wanted = np.zeros(len(pieces.number), dtype=np.bool_)
    wanted[rare[0].indices] = True
    whole = pieces.matrix(large, wanted=wanted)
    for start, end, begin, middle in _bins(count[small], count[large]):
        for first, last, mine, rest in ((begin, middle, rare[0], left[0]), (middle, len(large), rare[1], left[1])):
            fewest = min(_SHARED, int(near[small[start]]))
            for row, column, shared in _joined(mine[start:end], whole[first:last], fewest):
                one, other = small[row + start], large[column + first]
                keep = (sizes.rank[one] < sizes.rank[other]) & sizes.may(shared + rest[one], one, other)
                one, other = one[keep], other[keep]
                keep = sizes.may(bits(sketch[one] & sketch[other]) + sizes.hidden[one], one, other)
                yield one[keep], other[keep]


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


def _joined(rare: Any, whole: Any, fewest: int) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield rows of two matrices, and how many columns they share, block by block, where these are enough."""
    if not rare.nnz or not whole.nnz:
        return
    columns = whole.T.tocsr()
    cost = np.cumsum(rare @ np.diff(columns.indptr).astype(np.int64))
    ends = np.unique(np.searchsorted(cost, np.arange(_BLOCK, cost[-1] + _BLOCK, _BLOCK)) + 1).clip(max=len(cost))
    start = 0
    for end in ends.tolist():
        joined = rare[start:end] @ columns
        enough = np.flatnonzero(joined.data >= fewest)
        one = np.searchsorted(joined.indptr, enough, side="right") - 1 + start
        yield one, joined.indices[enough].astype(np.int64), joined.data[enough].astype(np.int64)
        start = end


def _checked(whole: Any, sizes: Sizes, small: Ints, large: Ints) -> Ints:
    """Keep the candidates that are copies [2, pairs]."""
    kept = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(small), _CHUNK):
        left, right = small[start : start + _CHUNK], large[start : start + _CHUNK]
        shared = np.asarray(whole[left].multiply(whole[right]).sum(axis=1)).ravel()
        same = alike(shared, sizes.count[left], sizes.count[right])
        kept.append(np.vstack([left[same], right[same]]))
    return np.hstack(kept)
