"""Discovery: new words for a person to confirm, and clusters of answers that no theme covers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from analysis.text.themes.features import make_space

_SIGN = "\n"
_LONGEST = 5
COHESION, ENTROPY = 3.0, 1.2
"""Smallest pointwise mutual information and boundary entropy, in nats (text.md 2)."""


@dataclass(frozen=True, slots=True)
class WordCandidate:
    """A string of characters that behaves like a word.

    `count`: occurrences; `cohesion`: smallest mutual information over its splits; `entropy`: entropy of the neighbours
    on the less varied side, in nats.
    """

    word: str
    count: int
    cohesion: float
    entropy: float


def new_words(
    texts: Sequence[str], known: Collection[str], *, fewest: int = 8, most: int = 200
) -> tuple[WordCandidate, ...]:
    """Find words of 2 to 5 characters in the answers that no dictionary has, the most frequent first.

    Args:
        texts: normalised answers; copies are best left out.
        known: words that need no confirmation.
        fewest: smallest number of occurrences.
        most: largest number of words returned.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        for run in _runs(text):
            for width in range(1, _LONGEST + 1):
                counts.update(run[i : i + width] for i in range(len(run) - width + 1))
    total = sum(count for piece, count in counts.items() if len(piece) == 1)
    bound = {
        piece: _cohesion(piece, counts, total)
        for piece, count in counts.items()
        if len(piece) > 1 and count >= fewest and piece not in known
    }
    bound = {piece: value for piece, value in bound.items() if value > COHESION}
    sides = _neighbours(texts, bound)
    found = [
        WordCandidate(piece, counts[piece], round(value, 3), round(min(map(_entropy, sides[piece])), 3))
        for piece, value in bound.items()
    ]
    kept = [each for each in found if each.entropy > ENTROPY]
    return tuple(sorted(kept, key=lambda each: (-each.count, each.word))[:most])


def candidates(
    texts: Sequence[str], known: Callable[[str], bool], *, fewest: int = 8, most: int = 30
) -> list[WordCandidate]:
    """Return the new words worth reviewing: not in `known`, and not a known word plus a function word."""
    found = new_words(texts, (), fewest=fewest, most=20 * most)
    return [each for each in found if not known(each.word) and not _LOOSE.search(each.word)][:most]


_LOOSE = re.compile(
    r"^[的了是在和把被就都也很太没不有这那我你他们吗呢吧啊]|[的了是在和把被就都也很太没不有这那我你他们吗呢吧啊]$"
)


def _runs(text: str) -> list[str]:
    run = "".join(letter if "\u4e00" <= letter <= "\u9fff" else _SIGN for letter in text)
    return [part for part in run.split(_SIGN) if part]


def _cohesion(piece: str, counts: Counter[str], total: int) -> float:
    whole = log(counts[piece] / total)
    return min(whole - log(counts[piece[:i]] / total) - log(counts[piece[i:]] / total) for i in range(1, len(piece)))


def _neighbours(texts: Sequence[str], pieces: Collection[str]) -> dict[str, tuple[Counter[str], Counter[str]]]:
    sides: dict[str, tuple[Counter[str], Counter[str]]] = {piece: (Counter(), Counter()) for piece in pieces}
    for at, text in enumerate(texts):
        for run in _runs(text):
            for width in range(2, _LONGEST + 1):
                for start in range(len(run) - width + 1):
                    if (piece := run[start : start + width]) in sides:
                        # The edge of a text counts as a different neighbour each time.
                        sides[piece][0][run[start - 1] if start else f"<{at}"] += 1
                        sides[piece][1][run[start + width : start + width + 1] or f"{at}>"] += 1
    return sides


def _entropy(neighbours: Counter[str]) -> float:
    total = sum(neighbours.values())
    return -sum(count / total * log(count / total) for count in neighbours.values()) if total else 0.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of similar answers: their positions, and the pieces that distinguish them."""

    rows: tuple[int, ...]
    pieces: tuple[str, ...]


def uncovered(
    texts: Sequence[str], words: Sequence[Sequence[str]] | None = None, *, groups: int = 8, fewest: int = 5
) -> tuple[Cluster, ...]:
    """Cluster the answers that no theme covers, the largest first; for finding themes, not for shares.

    Character 1-2-grams, 30 components, k-means. No clusters from fewer than 4 times `fewest` answers.

    Args:
        texts: [N] normalised answers.
        words: [N] their words, which name the groups; pairs of characters when None.
        groups: largest number of groups.
        fewest: smallest number of answers in a group.
    """
    if len(texts) < 4 * fewest:
        return ()
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD

    space = make_space(texts)
    vectors = space.vectors(texts)
    width = min(30, min(vectors.shape) - 1)
    if width < 2:
        return ()
    reduced = TruncatedSVD(width, random_state=0).fit_transform(vectors)
    label = KMeans(min(groups, len(texts) // fewest), n_init=4, random_state=0).fit_predict(reduced)
    terms = _pieces(vectors, space) if words is None else words
    usual = _shares(terms)
    clusters = []
    for at in range(label.max() + 1):
        rows = np.flatnonzero(label == at)
        mine = _shares([terms[int(row)] for row in rows])
        names = sorted(mine, key=lambda name: (usual.get(name, 0.0) - mine[name], name))
        if len(rows) >= fewest:
            clusters.append(Cluster(tuple(rows.tolist()), tuple(name for name in names if len(name) > 1)[:6]))
    return tuple(sorted(clusters, key=lambda each: -len(each.rows)))


def _shares(terms: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return the share of the answers that have each piece."""
    counts = Counter(name for each in terms for name in set(each))
    return {name: count / len(terms) for name, count in counts.items()}


def _pieces(vectors: Any, space: Any) -> list[list[str]]:
    """Return the pairs of characters of each answer."""
    names = [_piece(int(code)) for code in space.codes]
    return [[names[at] for at in vectors[row].indices] for row in range(vectors.shape[0])]


def _piece(code: int) -> str:
    return chr(code) if code < 1 << 21 else chr(code >> 21) + chr(code & ((1 << 21) - 1))
