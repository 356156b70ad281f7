"""Duplicates: copy-pasted answers, by the exact overlap of their character pieces.

Exact overlap finds copies with recall .977, sketches with .44 to .74 (text.md 5). Two answers are copies when the
Jaccard similarity of their pieces is at least .6, or the shorter is contained in the longer to .85 (.79 where it is
shorter than about 14 characters). Candidates come from a prefix filter that requires several shared pieces (Chaudhuri,
Ganti & Kaushik 2006; Wang, Li & Feng 2012) and from bit signatures; neither loses a pair.

Among hundreds of thousands of texts, chains of small differences connect nearly every text with nearly every other. So
a large component is not a group: it is cut into stars, a text with its own copies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Ints = npt.NDArray[np.int64]
JACCARD, CONTAINED = 0.6, 0.85
# One changed character removes 3 of the 15 pieces of an answer of eight characters.
_CONTAINED_SHORT, _FEW_PIECES = 0.79, 27
SHORTEST = 7
"""Smallest length of a copy in characters: 停车难 from two people is no copy."""
_LONG = 60
_SHARED = 3
"""Rare pieces that two copies must share: more of them mean longer lists to join and fewer pairs to check."""
_BLOCK, _CHUNK = 4_000_000, 200_000
"""Candidates joined, and pairs counted, at a time."""
_WORDS = 4
"""64-bit words of a signature."""
EDITION = 2
"""Incremented when other texts become copies, so that stored groups are recomputed."""
CHAIN = 100
"""Number of different texts from which a component is cut into stars."""
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Copies:
    """Groups of copied answers.

    Attributes:
        group: [N] number of the group, -1 for an answer that is no copy.
        size: [G] answers in each group, at least 2.
        first: [N] False for all but the first answer of a group: the answers left when copies are removed.
    """

    group: Ints
    size: Ints
    first: npt.NDArray[np.bool_]


def find_copies(texts: Sequence[str]) -> Copies:
    """Find groups of copies among normalised answers; texts shorter than `SHORTEST` are never copies."""
    plain = [_NOISE.sub("", text) for text in texts]
    place: dict[str, int] = {}
    at = np.array([place.setdefault(text, len(place)) for text in plain], dtype=np.int64)
    unique = list(place)
    group = _groups(_pairs(unique), np.bincount(at, minlength=len(unique)))[at] if len(at) else at
    size = np.bincount(group, minlength=1)
    long = np.fromiter((len(text) >= SHORTEST for text in plain), dtype=bool, count=len(plain))
    copied = (size[group] > 1) & long if len(group) else long
    return grouped(np.where(copied, group, -1))


def grouped(group: Ints) -> Copies:
    """Return copies from the group number of each answer [N], -1 for none; groups are renumbered from 0."""
    copied = group >= 0
    _, at, numbered = np.unique(group[copied], return_index=True, return_inverse=True)
    result = np.full(len(group), -1, dtype=np.int64)
    result[copied] = numbered
    first = ~copied
    first[np.flatnonzero(copied)[at]] = True
    return Copies(result, np.bincount(numbered, minlength=len(at)), first)


def _pairs(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Find pairs of copies among different texts: short ones by 1-2-character pieces, long ones by 4."""
    size = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    found = [np.empty((2, 0), dtype=np.int64)]
    for inside, width in (((size >= SHORTEST) & (size < 2 * _LONG), 2), (size >= _LONG, 4)):
        rows = np.flatnonzero(inside)
        if len(rows) > 1:
            pairs = _similar(_pieces([texts[int(row)] for row in rows], width))
            found.append(rows[pairs])
    both = np.hstack(found)
    return both[0], both[1]


def _pieces(texts: Sequence[str], width: int) -> Any:
    """Return [N, P] 0/1 of the pieces in each text; columns from rare to frequent."""
    names: dict[str, int] = {}
    indices: list[int] = []
    starts = [0]
    for text in texts:
        pieces = {text[i : i + width] for i in range(max(1, len(text) - width + 1))}
        if width == 2:
            pieces.update(text)
        indices.extend(names.setdefault(piece, len(names)) for piece in pieces)
        starts.append(len(indices))
    column = np.array(indices, dtype=np.int64)
    count = np.bincount(column, minlength=len(names))
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(count, kind="stable")] = np.arange(len(names))
    matrix = sparse.csr_matrix(
        (np.ones(len(column), dtype=np.int32), rank[column], np.array(starts)), shape=(len(texts), len(names))
    )
    matrix.sort_indices()
    return matrix


def _similar(pieces: Any) -> Ints:
    """Find pairs of rows that are copies of each other [2, pairs]."""
    count = np.diff(pieces.indptr)
    # A copy has at least so many of the smaller text's pieces under either rule; similarity .6 means 2 x .6 / 1.6.
    need = np.ceil(min(2 * JACCARD / (1 + JACCARD), _CONTAINED_SHORT, CONTAINED) * count).astype(np.int64)
    least = np.minimum(_SHARED, need)
    # Rarest first, so many of the smaller text's pieces include `least` of the shared ones.
    offset = np.arange(pieces.nnz) - np.repeat(pieces.indptr[:-1], count)
    prefix = pieces.copy()
    prefix.data = (offset < np.repeat(count - need + least, count)).astype(np.int32)
    prefix.eliminate_zeros()
    columns = pieces.T.tocsr()
    cost = np.cumsum(prefix @ np.diff(columns.indptr).astype(np.int64))
    ends = np.unique(np.searchsorted(cost, np.arange(_BLOCK, cost[-1] + _BLOCK, _BLOCK)) + 1).clip(max=len(count))
    sketch = _signatures(pieces)
    found, start = [np.empty((2, 0), dtype=np.int64)], 0
    for end in ends:
        joined = prefix[start:end] @ columns
        small = np.repeat(np.arange(start, end), np.diff(joined.indptr))
        large = joined.indices.astype(np.int64)
        keep = (joined.data >= least[small]) & (
            (count[small] < count[large]) | ((count[small] == count[large]) & (small < large))
        )
        found.append(_verified(pieces, sketch, small[keep], large[keep]))
        start = int(end)
    return np.hstack(found)


def _signatures(pieces: Any) -> npt.NDArray[np.uint64]:
    """Return bit signatures [N, W]: one bit per piece, many pieces to a bit."""
    count = np.diff(pieces.indptr)
    mixed = pieces.indices.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(56)
    sketch = np.zeros((len(count), _WORDS), dtype=np.uint64)
    row, word = np.repeat(np.arange(len(count)), count), (mixed >> np.uint64(6)).astype(np.int64) % _WORDS
    np.bitwise_or.at(sketch, (row, word), np.uint64(1) << (mixed & np.uint64(63)))
    return sketch


def _verified(pieces: Any, sketch: npt.NDArray[np.uint64], small: Ints, large: Ints) -> Ints:
    """Keep the candidates that are copies [2, pairs]."""
    count = np.diff(pieces.indptr)
    # Pieces whose bit another piece of the text already sets; so many more may be shared than the bits show.
    hidden = count - np.bitwise_count(sketch).sum(axis=1)
    kept = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(small), _CHUNK):
        left, right = small[start : start + _CHUNK], large[start : start + _CHUNK]
        most = np.bitwise_count(sketch[left] & sketch[right]).sum(axis=1) + hidden[left]
        left, right = (side[_alike(most, count[left], count[right])] for side in (left, right))
        shared = np.asarray(pieces[left].multiply(pieces[right]).sum(axis=1)).ravel()
        alike = _alike(shared, count[left], count[right])
        kept.append(np.vstack([left[alike], right[alike]]))
    return np.hstack(kept)


def _alike(shared: npt.NDArray[Any], small: npt.NDArray[Any], large: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return whether so many shared pieces make two texts copies, given the pieces of each."""
    alike = shared >= JACCARD * (small + large - shared)
    return np.asarray(alike | (shared >= np.where(small <= _FEW_PIECES, _CONTAINED_SHORT, CONTAINED) * small))


def _groups(pairs: tuple[Ints, Ints], frequency: Ints) -> Ints:
    """Return a number for each different text [U], equal for copies.

    Args:
        pairs: of copies.
        frequency: [U] number of answers with the text.
    """
    left, right = pairs
    graph = sparse.coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(len(frequency),) * 2).tocsr()
    graph = graph + graph.T
    count, component = sparse.csgraph.connected_components(graph, directed=False)
    group = np.asarray(component, dtype=np.int64)
    chained = np.flatnonzero(np.bincount(group, minlength=count)[group] > CHAIN)
    degree = np.diff(graph.indptr)
    taken = np.zeros(len(frequency), dtype=np.bool_)
    # The most frequent text first, then the one with most copies; lexsort breaks ties by the first text.
    for number, centre in enumerate(chained[np.lexsort((chained, -degree[chained], -frequency[chained]))], start=count):
        if taken[centre]:
            continue
        star = np.append(graph.indices[graph.indptr[centre] : graph.indptr[centre + 1]], centre)
        star = star[~taken[star]]
        taken[star] = True
        group[star] = number
    return group
