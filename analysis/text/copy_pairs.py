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
from scipy import sparse

from analysis.text.copy_pieces import Pieces, Signatures, pieces_of
from analysis.text.copy_rule import Flags, Ints, Sizes, alike, different

_BLOCK, _CHUNK = 100_000, 200_000
"""Pairs that are compared one by one at a time; pairs counted at a time."""
_HELD = 4_000_000
"""Pairs that are held before equal ones are dropped."""
_CELLS = 1 << 15
"""Pairs of a block: their bits fit into the cache of a processor."""
_FEW = 10_000
"""Pairs that share a piece from which they are a block; fewer are compared one by one."""


def pairs_of_few(texts: Sequence[str], width: int) -> Ints:
    """Return the pairs of copies [2, pairs] among few texts, each compared with each by pieces of one width."""
    own = [pieces_of(text, width) for text in texts]
    left, right = np.triu_indices(len(own), 1)
    both = zip(left.tolist(), right.tolist(), strict=True)
    shared = np.array([len(own[one] & own[other]) for one, other in both], dtype=np.int64)
    size = np.array([len(each) for each in own], dtype=np.int64)
    same = alike(shared, np.minimum(size[left], size[right]), np.maximum(size[left], size[right]))
    return np.vstack([left[same], right[same]])


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for copies among n texts, which are numbered from few pieces to many; of a pair the first is the smaller.

    Attributes:
        texts: [n] position of each among all R texts.
        sizes: what their counts say.
        signatures: their bits.
        rarer: [R, P] how many pieces of a text are rarer than one of its own.
        whole: [R, P] 0/1 of all pieces.
        joins: how pairs are found.
    """

    texts: Ints
    sizes: Sizes
    signatures: Signatures
    rarer: Any
    whole: Any
    joins: tuple[_Join, ...]

    @staticmethod
    def of(pieces: Pieces, among: Flags, asked: Flags | None = None, *, every: bool = False) -> Search:
        """Return the search among some of the texts [R] of some pieces.

        Args:
            pieces: of all texts.
            among: [R] the texts.
            asked: [R] the only texts of which pairs will be asked, where they are few; any when None.
            every: whether pairs of all texts will be asked at once, for which half of the joins are enough.
        """
        texts = np.flatnonzero(among)
        texts = texts[np.argsort(pieces.count[texts], kind="stable")]
        sizes = Sizes.of(pieces.count[texts], pieces.sketch[texts])
        rarer = _matrix(pieces, pieces.rarer)
        met = rarer if asked is None else _met_by(pieces, rarer, np.flatnonzero(asked & among), texts, sizes)
        whole = _matrix(pieces, np.ones(len(pieces.piece), dtype=np.int8))
        signatures = Signatures.of(sizes, pieces.sketch[texts])
        return Search(texts, sizes, signatures, rarer, whole, _joins(met[texts], sizes, every=every))

    def pairs(self, some: Flags, others: Flags) -> Ints:
        """Return the pairs of copies [2, pairs] of which one is among some texts, and the other among others.

        Args:
            some: [R] the texts.
            others: [R] these include all of the texts, or none.
        """
        mine, theirs = some[self.texts], others[self.texts]
        asked, rest, found = np.flatnonzero(mine), theirs & ~mine, [np.empty((2, 0), dtype=np.int64)]
        for join in self.joins:
            wanted = theirs if join.larger else rest
            if len(asked) and wanted.any():
                one, other = np.divmod(self._joined(join, asked, wanted), len(self.texts))
                found.append(self._checked(one, other) if join.larger else self._checked(other, one))
        return self.texts[np.hstack(found)]

    def _joined(self, join: _Join, asked: Ints, wanted: Flags) -> Ints:
        """Return the pairs of asked and wanted texts that a join finds and that may be copies, as one * n + other."""
        among, found, held = len(self.texts), [np.empty(0, dtype=np.int64)], 0
        met = join.met(self.rarer[self.texts[asked]], asked)
        few = np.bincount(met.piece, met.end - met.begin, minlength=1)[met.piece] < _FEW
        alone, blocks = (met, met.some(~few)) if few.all() else (met.some(few), met.some(~few))
        for one, other in chain(_one_by_one(join, alone, self.signatures), _by_block(join, blocks, self.signatures)):
            keep = wanted[other] & (join.first[one] <= other) & (other < join.last[one])
            found.append(one[keep] * among + other[keep])
            held += len(found[-1])
            if held > _HELD:
                found, held = [different(np.concatenate(found))], 0
        return different(np.concatenate(found))

    def _checked(self, small: Ints, large: Ints) -> Ints:
        """Keep the candidates that are copies [2, pairs]."""
        kept, count, at = [np.empty((2, 0), dtype=np.int64)], self.sizes.count, self.texts
        for start in range(0, len(small), _CHUNK):
            left, right = small[start : start + _CHUNK], large[start : start + _CHUNK]
            shared = np.asarray(self.whole[at[left]].multiply(self.whole[at[right]]).sum(axis=1)).ravel()
            same = alike(shared, count[left], count[right])
            kept.append(np.vstack([left[same], right[same]]))
        return np.hstack(kept)


def _matrix(pieces: Pieces, values: Any) -> Any:
    """Return [R, P] the values of the pieces of each text."""
    shape = (len(pieces), len(pieces.number))
    return sparse.csr_matrix((values, pieces.piece, pieces.starts), shape=shape)


def _met_by(pieces: Pieces, rarer: Any, asked: Ints, texts: Ints, sizes: Sizes) -> Any:
    """Return the pieces of texts that the joins of a few of them meet [R, P]; others may be missing.

    Args:
        pieces: of all texts.
        rarer: [R, P] how many pieces of a text are rarer than one of its own.
        asked: the few texts.
        texts: [n] all that they may meet, themselves included.
        sizes: what the counts of these say.
    """
    most = np.zeros((2, len(pieces)), dtype=np.int32)
    most[:, texts] = _most(sizes)[1:]
    (far, large), mine = most, rarer[asked]
    theirs, rare = np.zeros((2, len(pieces.number)), dtype=np.bool_)
    theirs[mine.indices] = True
    rare[mine.indices[mine.data < np.repeat(far[asked], np.diff(mine.indptr))]] = True
    keep = pieces.rarer < np.repeat(large, pieces.count)
    keep &= theirs[pieces.piece]
    keep |= rare[pieces.piece]
    at = np.flatnonzero(keep)
    ends = np.searchsorted(at, pieces.starts)
    return sparse.csr_matrix((pieces.rarer[at], pieces.piece[at], ends), shape=rarer.shape)


def _most(sizes: Sizes) -> tuple[Ints, Ints, Ints]:
    """Return how many of the rarest pieces are taken of texts, as smaller ones of near and of far ones, and as larger.

    Each has more than the one before.
    """
    near, far, large = (sizes.count - needed + 1 for needed in sizes.needed())
    return near, far, large


@dataclass(frozen=True, slots=True)
class _Join:
    """Pairs of texts of which the second has one of the rare pieces of the first.

    Attributes:
        larger: whether the second is the larger one.
        most: [n] how many of its rarest pieces are taken of a first text.
        postings: piece * n + text, ascending: who has which piece as the second.
        first, last: [n] which texts may be the second of a text.
    """

    larger: bool
    most: Ints
    postings: Ints
    first: Ints
    last: Ints

    def met(self, rarer: Any, asked: Ints) -> _Met:
        """Return where the pieces of asked texts are met, given how many of their own are rarer than each."""
        chosen = rarer.data < np.repeat(self.most[asked], np.diff(rarer.indptr))
        starts = np.concatenate([[0], np.cumsum(chosen)])[rarer.indptr]
        ones = np.ones(int(starts[-1]), dtype=np.int8)
        by_piece = sparse.csr_matrix((ones, rarer.indices[chosen], starts), shape=rarer.shape).tocsc()
        piece, text = np.repeat(np.arange(rarer.shape[1]), np.diff(by_piece.indptr)), asked[by_piece.indices]
        base = piece * len(self.most)
        begin, end = (np.searchsorted(self.postings, base + each[text]) for each in (self.first, self.last))
        return _Met(piece, text, begin, end).some(begin < end)


@dataclass(frozen=True, slots=True)
class _Met:
    """Pieces of texts, ascending by piece and text, and the postings that each meets."""

    piece: Ints
    text: Ints
    begin: Ints
    end: Ints

    def some(self, chosen: Flags) -> _Met:
        """Return some of them."""
        return _Met(self.piece[chosen], self.text[chosen], self.begin[chosen], self.end[chosen])


def _joins(rarer: Any, sizes: Sizes, *, every: bool) -> tuple[_Join, ...]:
    """Return the joins that together find all copies; of `every` text those with larger ones find them.

    Texts much longer than the smaller one can only contain it, which requires more pieces than similarity does, so
    that fewer of the rare ones need to be joined. Who shares so many pieces has one of those that are left without the
    others. Of the larger one as well, as long as it cannot have many pieces that the smaller one lacks.
    """
    among, count = rarer.shape[0], sizes.count
    near, far, large = _most(sizes)
    by_piece, row = rarer.tocsc(), np.arange(among)
    text, place = by_piece.indices, by_piece.data
    postings = [np.repeat(np.arange(rarer.shape[1]) * among, np.diff(by_piece.indptr)) + text]
    for most in (large,) if every else (large, near, far):  # each has fewer than the one before
        some = place < most.astype(np.int32)[text]
        text, place = text[some], place[some]
        postings.append(postings[-1][some])
    middle = np.searchsorted(count, sizes.near(), side="right")
    larger = (
        _Join(True, near, postings[1], row + 1, middle),
        _Join(True, far, postings[0], middle, np.full_like(row, among)),
    )
    if every:
        return larger
    lowest = np.searchsorted(middle, row, side="right")
    return (
        *larger,
        _Join(False, large, postings[2], lowest, row),
        _Join(False, count, postings[3], np.zeros_like(row), lowest),
    )


def _one_by_one(join: _Join, met: _Met, signatures: Signatures) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs that may be copies, gathered one by one."""
    total = np.cumsum(met.end - met.begin)
    for first, last in pairwise([0, *_ends(total)]):
        begin, times = met.begin[first:last], (met.end - met.begin)[first:last]
        at = np.arange(int(times.sum())) + np.repeat(begin - np.cumsum(times) + times, times)
        one = np.repeat(met.text[first:last], times)
        other = join.postings[at] - np.repeat(met.piece[first:last] * len(join.most), times)
        keep = signatures.may(one, other) if join.larger else signatures.may(other, one)
        yield one[keep], other[keep]


def _ends(total: Ints) -> list[int]:
    """Return where parts of about `_BLOCK` end, given running totals."""
    if not len(total):
        return []
    found = np.searchsorted(total, np.arange(_BLOCK, total[-1] + _BLOCK, _BLOCK)) + 1
    ends: list[int] = np.unique(found.clip(max=len(total))).tolist()
    return ends


def _by_block(join: _Join, met: _Met, signatures: Signatures) -> Iterator[tuple[Ints, Ints]]:
    """Yield pairs that may be copies, each piece as blocks of all that have it; some pairs were not met."""
    bounds = np.append(np.flatnonzero(np.diff(met.piece, prepend=-1)), len(met.piece)).tolist()
    for start, end in pairwise(bounds):
        first, base = start, met.piece[start] * len(join.most)
        while first < end:
            last = _block_end(met, first, end)
            rows, columns = met.text[first:last], join.postings[met.begin[first] : met.end[last - 1]] - base
            may = signatures.block(rows, columns, larger=join.larger)
            one, other = np.divmod(np.flatnonzero(may), len(columns))
            yield rows[one], columns[other]
            first = last


def _block_end(met: _Met, first: int, end: int) -> int:
    """Return where a block ends that begins with one of the texts of a piece; few of its pairs were not met."""
    begin, stop = met.begin[first], met.end[first]
    spare = (stop - begin) // 3 + 1
    end = min(end, first + max(1, _CELLS // int(stop - begin)))
    ends = (np.searchsorted(each[first:end], each[first] + spare) for each in (met.begin, met.end))
    return first + int(min(ends))
