"""Pairs of copies: texts compared by the exact overlap of their pieces, and new ones with those compared before.

Two texts are copies when the Jaccard similarity of their pieces is at least .6, or the shorter is contained in the
longer to .85 (.79 where it is shorter than about 14 characters). Candidates come from a prefix filter that requires
several shared pieces (Chaudhuri, Ganti & Kaushik 2006; Wang, Li & Feng 2012) and from bit signatures; neither loses a
pair. The filter needs one order of all pieces, not the true frequencies, so the order of the first texts is kept, and
pieces that only later texts have come before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
JACCARD, CONTAINED = 0.6, 0.85
# One changed character removes 3 of the 15 pieces of an answer of eight characters.
_CONTAINED_SHORT, _FEW_PIECES = 0.79, 27
_SHARED = 3
"""Rare pieces that two copies must share: more of them mean longer lists to join and fewer pairs to check."""
_BLOCK, _CHUNK = 4_000_000, 200_000
"""Candidates joined, and pairs counted, at a time."""
_WORDS = 4
"""64-bit words of a signature."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of R texts of which every pair has been compared.

    Attributes:
        width: characters of a piece; texts with a width of 2 also have single characters as pieces.
        number: piece -> its number.
        ordered: number of pieces of the first texts, which are numbered from rare to frequent; further ones are rarer.
        starts: [R + 1] where the pieces of a text begin.
        piece: their numbers, ascending in each text.
        rare: whether a piece is one of those of its text of which copies share some.
        sketch: [R, W] bit signatures, one bit per piece, many pieces to a bit.
    """

    width: int
    number: Mapping[str, int]
    ordered: int
    starts: Ints
    piece: npt.NDArray[np.int32]
    rare: Flags
    sketch: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    @property
    def count(self) -> Ints:
        """The number of pieces of each text."""
        return np.diff(self.starts)

    def matrix(self, chosen: Flags | None = None) -> Any:
        """Return [R, P] 0/1 of the pieces in each text; of the chosen ones where given."""
        piece = self.piece if chosen is None else self.piece[chosen]
        starts = self.starts if chosen is None else np.concatenate([[0], np.cumsum(chosen)])[self.starts]
        ones = np.ones(len(piece), dtype=np.int32)
        return sparse.csr_matrix((ones, piece, starts), shape=(len(self), len(self.number)))


def no_pieces(width: int) -> Pieces:
    """Return the pieces of no text."""
    sketch = np.empty((0, _WORDS), dtype=np.uint64)
    none = np.empty(0, dtype=np.int32)
    return Pieces(width, MappingProxyType({}), 0, np.zeros(1, np.int64), none, np.empty(0, np.bool_), sketch)


def extended(before: Pieces, texts: Sequence[str]) -> tuple[Pieces, Ints]:
    """Return the pieces with further texts, which differ from those before, and the new pairs of copies [2, pairs]."""
    number, starts, piece = _cut(before, texts)
    ordered = before.ordered
    if not len(before):
        ordered, rank = len(number), _ranks(piece, len(number))
        number, piece = {name: int(rank[at]) for name, at in number.items()}, rank[piece]
    row = np.repeat(np.arange(len(texts)), np.diff(starts))
    piece = piece[np.lexsort((piece, row))]
    pieces = Pieces(
        before.width,
        MappingProxyType(number),
        ordered,
        np.concatenate([before.starts, starts[1:] + before.starts[-1]]),
        np.concatenate([before.piece, piece.astype(np.int32)]),
        np.concatenate([before.rare, _rare(piece, row, starts, ordered)]),
        np.vstack([before.sketch, _signatures(piece, starts)]),
    )
    return pieces, _similar(pieces, len(before))


def _cut(before: Pieces, texts: Sequence[str]) -> tuple[dict[str, int], Ints, Ints]:
    """Return all pieces by number, and the starts and numbers of those of the texts."""
    names, width = dict(before.number), before.width
    piece: list[int] = []
    starts = [0]
    for text in texts:
        own = {text[at : at + width] for at in range(max(1, len(text) - width + 1))}
        if width == 2:
            own.update(text)
        piece.extend([names.setdefault(name, len(names)) for name in own])
        starts.append(len(piece))
    return names, np.array(starts, dtype=np.int64), np.array(piece, dtype=np.int64)


def _ranks(piece: Ints, number: int) -> Ints:
    """Return the rank of each piece from rare to frequent."""
    rank = np.empty(number, dtype=np.int64)
    rank[np.argsort(np.bincount(piece, minlength=number), kind="stable")] = np.arange(number)
    return rank


def _least(count: npt.NDArray[Any]) -> tuple[Ints, Ints]:
    """Return how many pieces of the smaller text copies share at least, under either rule, and how many rare ones."""
    need = np.ceil(min(2 * JACCARD / (1 + JACCARD), _CONTAINED_SHORT, CONTAINED) * count).astype(np.int64)
    return need, np.minimum(_SHARED, need)


def _rare(piece: Ints, row: Ints, starts: Ints, ordered: int) -> Flags:
    """Return whether pieces are among the rarest of their text: so many that copies share `least` of them."""
    count = np.diff(starts)
    need, least = _least(count)
    order = np.lexsort((np.where(piece < ordered, piece, -piece), row))
    offset = np.empty(len(piece), dtype=np.int64)
    offset[order] = np.arange(len(piece)) - starts[row]
    return np.asarray(offset < (count - need + least)[row])


def _signatures(piece: Ints, starts: Ints) -> npt.NDArray[np.uint64]:
    """Return bit signatures [R, W] of texts, each of which has a piece."""
    mixed = piece.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(56)
    bit, word = np.uint64(1) << (mixed & np.uint64(63)), mixed >> np.uint64(6)
    words = [np.where(word == at, bit, np.uint64(0)) for at in range(_WORDS)]
    return np.column_stack([np.bitwise_or.reduceat(each, starts[:-1]) if len(each) else each for each in words])


def _similar(pieces: Pieces, known: int) -> Ints:
    """Return the pairs of copies [2, pairs] of which one text is beyond the known ones."""
    rare, whole = pieces.matrix(pieces.rare), pieces.matrix()
    found = [_joined(pieces, rare[known:], _having(pieces, rare[known:]), (known, 0))]
    if 0 < known < len(pieces):
        found.append(_joined(pieces, rare[:known], whole[known:], (0, known)))
    return np.hstack(
        [_checked(pieces, whole, *pair) for part in found for pair in part] or [np.empty((2, 0), np.int64)]
    )


def _having(pieces: Pieces, rare: Any) -> Any:
    """Return the texts with only those pieces that others have as rare ones."""
    wanted = np.zeros(len(pieces.number), dtype=np.bool_)
    wanted[rare.indices] = True
    return pieces.matrix(wanted[pieces.piece])


def _joined(pieces: Pieces, rare: Any, whole: Any, first: tuple[int, int]) -> Iterator[tuple[Ints, Ints]]:
    """Yield candidates block by block: smaller texts, by their rare pieces, and larger ones with enough of these.

    Args:
        pieces: all texts.
        rare: rare pieces of some texts, from number `first[0]`.
        whole: pieces of the texts to join them with, from number `first[1]`.
        first: the first texts.
    """
    count, columns = pieces.count, whole.T.tocsr()
    cost = np.cumsum(rare @ np.diff(columns.indptr).astype(np.int64))
    most = int(cost[-1]) if len(cost) else 0
    ends = np.unique(np.searchsorted(cost, np.arange(_BLOCK, most + _BLOCK, _BLOCK)) + 1).clip(max=len(cost))
    least, start = _least(count)[1], 0
    for end in ends.tolist():
        joined = rare[start:end] @ columns
        enough = np.flatnonzero(joined.data >= least[first[0] + start : first[0] + end].min())
        small = np.searchsorted(joined.indptr, enough, side="right") - 1 + start + first[0]
        large = joined.indices[enough].astype(np.int64) + first[1]
        keep = (joined.data[enough] >= least[small]) & (
            (count[small] < count[large]) | ((count[small] == count[large]) & (small < large))
        )
        yield small[keep], large[keep]
        start = end


def _checked(pieces: Pieces, whole: Any, small: Ints, large: Ints) -> Ints:
    """Keep the candidates that are copies [2, pairs]."""
    count, sketch = pieces.count, pieces.sketch
    kept = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(small), _CHUNK):
        left, right = small[start : start + _CHUNK], large[start : start + _CHUNK]
        mine = sketch[left]
        # Pieces whose bit another piece of the text already sets; so many more may be shared than the bits show.
        hidden = count[left] - np.bitwise_count(mine).sum(axis=1)
        most = np.bitwise_count(mine & sketch[right]).sum(axis=1) + hidden
        left, right = (side[_alike(most, count[left], count[right])] for side in (left, right))
        shared = np.asarray(whole[left].multiply(whole[right]).sum(axis=1)).ravel()
        alike = _alike(shared, count[left], count[right])
        kept.append(np.vstack([left[alike], right[alike]]))
    return np.hstack(kept)


def _alike(shared: npt.NDArray[Any], small: npt.NDArray[Any], large: npt.NDArray[Any]) -> Flags:
    """Return whether so many shared pieces make two texts copies, given the pieces of each."""
    alike = shared >= JACCARD * (small + large - shared)
    return np.asarray(alike | (shared >= np.where(small <= _FEW_PIECES, _CONTAINED_SHORT, CONTAINED) * small))
