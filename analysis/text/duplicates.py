"""Copy-paste answers: exact overlap of character pieces, no sketches (text.md 5: recall .977 against .44 to .74).

Two answers are copies when the Jaccard similarity of their pieces is at least .6, or the shorter is contained in the
longer to .85 (.79 where it is shorter than about 14 characters). Candidates come from a prefix filter (Chaudhuri,
Ganti & Kaushik 2006), which loses no pair.
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
# One changed character takes 3 of the 15 pieces of an answer of eight characters.
_CONTAINED_SHORT, _FEW_PIECES = 0.79, 27
SHORTEST = 7
"""Characters: 停车难 from two people is no copy."""
_LONG = 60
_BLOCK = 2_000
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Copies:
    """Groups of copied answers.

    Attributes:
        group: [N] number of the group, -1 for an answer that is no copy.
        size: [G] answers in each group, at least 2.
        first: [N] False for all but the first answer of a group: the answers that count without copies.
    """

    group: Ints
    size: Ints
    first: npt.NDArray[np.bool_]


def find_copies(texts: Sequence[str]) -> Copies:
    """Find groups of copies among normalised answers; shorter ones than `SHORTEST` signs are never copies."""
    plain = [_NOISE.sub("", text) for text in texts]
    place: dict[str, int] = {}
    at = np.array([place.setdefault(text, len(place)) for text in plain], dtype=np.int64)
    unique = list(place)
    left, right = _pairs(unique)
    graph = sparse.coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(len(unique),) * 2)
    _, component = sparse.csgraph.connected_components(graph, directed=False)
    group = np.asarray(component, dtype=np.int64)[at] if len(at) else at
    size = np.bincount(group, minlength=1)
    long = np.fromiter((len(text) >= SHORTEST for text in plain), dtype=bool, count=len(plain))
    copied = (size[group] > 1) & long if len(group) else long
    return grouped(np.where(copied, group, -1))


def grouped(group: Ints) -> Copies:
    """Copies from the number of each answer's group, [N], -1 for none; groups are numbered anew from 0."""
    copied = group >= 0
    _, at, numbered = np.unique(group[copied], return_index=True, return_inverse=True)
    result = np.full(len(group), -1, dtype=np.int64)
    result[copied] = numbered
    first = ~copied
    first[np.flatnonzero(copied)[at]] = True
    return Copies(result, np.bincount(numbered, minlength=len(at)), first)


def _pairs(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Pairs of copies among different texts: short ones by 1-2-character pieces, long ones by 4."""
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
    """[N, P] 0/1 of the pieces in each text; columns from rare to frequent."""
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
    """[2, pairs] of rows that are copies of each other."""
    count = np.diff(pieces.indptr)
    # Of the smaller text's pieces, rarest first, one of these must stand in the larger text too.
    length = count - np.ceil(JACCARD * count).astype(np.int64) + 1
    offset = np.arange(pieces.nnz) - np.repeat(pieces.indptr[:-1], count)
    prefix = pieces.copy()
    prefix.data = (offset < np.repeat(length, count)).astype(np.int32)
    prefix.eliminate_zeros()
    columns = pieces.T.tocsr()
    found = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, pieces.shape[0], _BLOCK):
        candidates = (prefix[start : start + _BLOCK] @ columns).tocoo()
        small, large = candidates.row.astype(np.int64) + start, candidates.col.astype(np.int64)
        keep = (count[small] < count[large]) | ((count[small] == count[large]) & (small < large))
        found.append(_verified(pieces, count, small[keep], large[keep]))
    return np.hstack(found)


def _verified(pieces: Any, count: npt.NDArray[Any], small: Ints, large: Ints) -> Ints:
    kept = [np.empty((2, 0), dtype=np.int64)]
    for start in range(0, len(small), 200_000):
        left, right = small[start : start + 200_000], large[start : start + 200_000]
        shared = np.asarray(pieces[left].multiply(pieces[right]).sum(axis=1)).ravel()
        alike = shared >= JACCARD * (count[left] + count[right] - shared)
        alike |= shared >= np.where(count[left] <= _FEW_PIECES, _CONTAINED_SHORT, CONTAINED) * count[left]
        kept.append(np.vstack([left[alike], right[alike]]))
    return np.hstack(kept)
