"""Duplicates: groups of copy-pasted answers, by the exact overlap of their character pieces.

Exact overlap finds copies with recall .977, sketches with .44 to .74 (text.md 5); `copy_rule` says when two answers
are copies.

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

from analysis.text.copy_pairs import extended
from analysis.text.copy_pieces import no_pieces
from analysis.text.copy_rule import Flags, Ints

Pairs = npt.NDArray[np.integer[Any]]
SHORTEST = 7
"""Smallest length of a copy in characters: 停车难 from two people is no copy."""
WIDTHS = (2, 4)
"""Characters of a piece: of short texts, and of long ones."""
_LONG = 60
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
    first: Flags


def find_copies(texts: Sequence[str]) -> Copies:
    """Find groups of copies among normalised answers; texts shorter than `SHORTEST` are never copies."""
    place: dict[str, int] = {}
    at = np.array([place.setdefault(plain_text(text), len(place)) for text in texts], dtype=np.int64)
    return numbered_copies(list(place), at)


def numbered_copies(texts: Sequence[str], number: Ints) -> Copies:
    """Find groups of copies among some answers whose texts are numbered.

    Args:
        texts: different plain texts, see `plain_text`; not all of them need to be said.
        number: [N] position of each answer's text.
    """
    _, first, said = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(first)
    at = np.argsort(order)[said]
    mine = [texts[one] for one in number[first[order]].tolist()]
    long = np.fromiter((len(text) >= SHORTEST for text in mine), dtype=np.bool_, count=len(mine))
    return copies_of(at, long, pairs_of(mine))


def plain_text(text: str) -> str:
    """Return the letters, digits and characters of a text."""
    return _NOISE.sub("", text)


def grouped(group: Ints) -> Copies:
    """Return copies from the group number of each answer [N], -1 for none; groups are renumbered from 0."""
    copied = group >= 0
    _, at, numbered = np.unique(group[copied], return_index=True, return_inverse=True)
    result = np.full(len(group), -1, dtype=np.int64)
    result[copied] = numbered
    first = ~copied
    first[np.flatnonzero(copied)[at]] = True
    return Copies(result, np.bincount(numbered, minlength=len(at)), first)


def pairs_of(texts: Sequence[str]) -> Ints:
    """Return the pairs of copies among different texts [2, pairs]."""
    size = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    found = [np.empty((2, 0), dtype=np.int64)]
    for inside, width in zip(inside_of(size), WIDTHS, strict=True):
        rows = np.flatnonzero(inside)
        if len(rows) > 1:
            found.append(rows[extended(no_pieces(width), [texts[row] for row in rows.tolist()])[1]])
    return np.hstack(found)


def inside_of(size: Ints) -> tuple[Flags, Flags]:
    """Return which texts of these lengths are compared by the first and by the second of `WIDTHS`."""
    return (size >= SHORTEST) & (size < 2 * _LONG), size >= _LONG


def copies_of(at: Ints, long: Flags, pairs: Pairs) -> Copies:
    """Return the groups of copies of answers.

    Args:
        at: [N] position of each answer's text among the different ones, numbered in the order of the answers.
        long: [U] whether a text is long enough to be a copy.
        pairs: [2, pairs] copies among the different texts.
    """
    if not len(at):
        return grouped(at)
    group = _groups(pairs, np.bincount(at, minlength=len(long)))[at]
    return grouped(np.where((np.bincount(group)[group] > 1) & long[at], group, -1))


def _groups(pairs: Pairs, frequency: Ints) -> Ints:
    """Return a number for each different text [U], equal for copies.

    Args:
        pairs: of copies.
        frequency: [U] number of answers with the text.
    """
    left, right = pairs.astype(np.int32, copy=False)
    graph = sparse.coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(len(frequency),) * 2).tocsr()
    count, component = sparse.csgraph.connected_components(graph, directed=False)
    graph = graph + graph.T
    group = np.asarray(component, dtype=np.int64)
    chained = np.flatnonzero(np.bincount(group, minlength=count)[group] > CHAIN)
    degree = np.diff(graph.indptr)
    taken = np.zeros(len(frequency), dtype=np.bool_)
    # The most frequent text first, then the one with most copies; lexsort breaks ties by the first text.
    order = chained[np.lexsort((chained, -degree[chained], -frequency[chained]))]
    begins, ends_at = graph.indptr[order].tolist(), graph.indptr[order + 1].tolist()
    for number, (centre, begin, end) in enumerate(zip(order.tolist(), begins, ends_at, strict=True), start=count):
        if taken[centre]:
            continue
        star = graph.indices[begin:end]
        star = star[~taken[star]]
        taken[star] = taken[centre] = True
        group[star] = group[centre] = number
    return group
