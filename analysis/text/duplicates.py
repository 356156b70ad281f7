"""Duplicates: groups of copy-pasted answers, by the exact overlap of their character pieces.

Exact overlap finds copies with recall .977, sketches with .44 to .74 (text.md 5); `copy_rule` says when two answers
are copies.

Among hundreds of thousands of texts, chains of small differences connect nearly every text with nearly every other. So
a large component is not a group: it is cut into stars, a text with its own copies. Texts that are copies of a more
frequent one are no centres of stars, so that only the others meet all texts: a twentieth in a mock city.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from analysis.text.copy_pairs import Search, pairs_of_few
from analysis.text.copy_pieces import Pieces, more_pieces, no_pieces
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
_TOGETHER = 2_000
"""Texts that are to meet all others from which they do so at once; what follows is better decided with their copies."""
_PART, _ALONE = 100, 4
"""Part of all texts below which what some meet is looked up for them alone, and how often; then it is for any text."""
_FEW = 32
"""Texts up to which each is compared with each."""
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


@dataclass(slots=True)
class Meetings:
    """U different texts, and their pairs of copies as far as somebody has asked.

    Attributes:
        sides: of the short and of the long texts, which of all they are, ascending, and their pieces.
        long: [U] whether a text is long enough to be a copy.
        pairs: [2, pairs] copies.
        met: [U] whether all copies of a text are among the pairs.
    """

    sides: Sequence[tuple[Ints, Pieces]]
    long: Flags
    pairs: Pairs
    met: Flags
    _searches: Sequence[tuple[Ints, Search]] = ()
    _alone: int = 0

    def meet(self, texts: Ints) -> None:
        """Find all copies of some texts."""
        some = np.zeros(len(self.met), dtype=np.bool_)
        some[texts] = True
        some &= ~self.met
        if some.any():
            every = bool((some | self.met).all())
            few = not self._searches and self._alone < _ALONE and some.sum() * _PART < (~self.met).sum()
            if every and not self._searches:
                searches = self._searching(~self.met, every=True)
            elif few:
                self._alone += 1
                searches = self._searching(~self.met, some)
            else:
                searches = self._searches = self._searches or self._searching(~self.met)
            self._add(searches, some, ~self.met)
            self.met = self.met | some

    def introduce(self, new: Flags) -> None:
        """Add the copies of texts that have met nobody among those that have met all before."""
        if new.any() and self.met.any():
            few = new.sum() * _PART < self.met.sum()
            self._add(self._searching(new | self.met, new if few else None), new, self.met)

    def among(self, texts: Ints) -> Meetings:
        """Return some texts, of which none has met the others, in this order and with the pieces of these."""
        sides = []
        for rows, pieces in self.sides:
            place = np.full(len(self.met), -1, dtype=np.int64)
            place[rows] = np.arange(len(rows))
            mine = np.flatnonzero(place[texts] >= 0)
            sides.append((mine, pieces.some(place[texts[mine]])))
        return Meetings(sides, self.long[texts], self.pairs[:, :0], np.zeros(len(texts), dtype=np.bool_))

    def _searching(
        self, among: Flags, asked: Flags | None = None, *, every: bool = False
    ) -> Sequence[tuple[Ints, Search]]:
        inside = [(rows, pieces, among[rows]) for rows, pieces in self.sides]
        return [
            (rows, Search.of(pieces, there, None if asked is None else asked[rows], every=every))
            for rows, pieces, there in inside
            if there.sum() > 1
        ]

    def _add(self, searches: Sequence[tuple[Ints, Search]], some: Flags, others: Flags) -> None:
        found = [rows[search.pairs(some[rows], others[rows])] for rows, search in searches]
        self.pairs = np.hstack([self.pairs, *(each.astype(self.pairs.dtype, copy=False) for each in found)])

    def graph(self, texts: Ints) -> Any:
        """Return which of some texts are copies [n, n], as far as it is known."""
        number = np.full(len(self.met), -1, dtype=np.int32)
        number[texts] = np.arange(len(texts))
        left, right = number[self.pairs]
        if len(texts) < len(number):
            there = (left >= 0) & (right >= 0)
            left, right = left[there], right[there]
        both = np.concatenate([left, right]), np.concatenate([right, left])
        return sparse.coo_matrix((np.ones(2 * len(left), dtype=bool), both), shape=(len(texts),) * 2).tocsr()


def find_copies(texts: Sequence[str]) -> Copies:
    """Find groups of copies among normalised answers; texts shorter than `SHORTEST` are never copies."""
    place: dict[str, int] = {}
    at = np.array([place.setdefault(text, len(place)) for text in plain_texts(texts)], dtype=np.int64)
    return copies_of(at, np.arange(len(place)), meetings_of(list(place)))


def plain_texts(texts: Sequence[str]) -> list[str]:
    """Return the letters, digits and characters of each text."""
    whole = "".join(texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    plain = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.bool_)
    plain[codes] = True
    plain[[code for code in np.flatnonzero(plain).tolist() if _NOISE.match(chr(code))]] = False
    kept = plain[codes]
    rest = codes[kept].tobytes().decode("utf-32-le", "surrogatepass")
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    ends -= np.searchsorted(np.flatnonzero(~kept), ends)  # those before each end that are gone
    return [rest[start:end] for start, end in pairwise([0, *ends.tolist()])]


def grouped(group: Ints) -> Copies:
    """Return copies from the group number of each answer [N], -1 for none; groups are renumbered from 0."""
    copied = group >= 0
    numbered, different = pd.factorize(group[copied], sort=True)
    result = np.full(len(group), -1, dtype=np.int64)
    result[copied] = numbered
    first = ~copied
    first[copied] = ~pd.Series(numbered).duplicated().to_numpy()
    return Copies(result, np.bincount(numbered, minlength=len(different)), first)


def pairs_of(texts: Sequence[str]) -> Pairs:
    """Return the pairs of copies among different texts [2, pairs]."""
    meetings = meetings_of(texts)
    meetings.meet(np.arange(len(texts)))
    return meetings.pairs


def meetings_of(texts: Sequence[str]) -> Meetings:
    """Return different texts of which none has met the others, or all have where they are few."""
    size = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    sides, pairs = [], [np.empty((2, 0), dtype=np.int64)]
    for inside, width in zip(inside_of(size), WIDTHS, strict=True):
        rows = np.flatnonzero(inside)
        mine = [texts[row] for row in rows.tolist()]
        if len(texts) > _FEW:
            sides.append((rows, more_pieces(no_pieces(width), mine)))
        elif len(mine) > 1:
            pairs.append(rows[pairs_of_few(mine, width)])
    return Meetings(sides, size >= SHORTEST, np.hstack(pairs), np.full(len(texts), len(texts) <= _FEW))


def inside_of(size: Ints) -> tuple[Flags, Flags]:
    """Return which texts of these lengths are compared by the first and by the second of `WIDTHS`."""
    return (size >= SHORTEST) & (size < 2 * _LONG), size >= _LONG


def copies_of(at: Ints, texts: Ints, meetings: Meetings) -> Copies:
    """Return the groups of copies of answers.

    Args:
        at: [N] position of each answer's text among the said ones, numbered in the order of the answers.
        texts: [U] number of each of these among all texts.
        meetings: of all texts; those that need to meet all others do.
    """
    if not len(at):
        return grouped(at)
    group = _groups(np.bincount(at, minlength=len(texts)), texts, meetings)[at]
    return grouped(np.where((np.bincount(group)[group] > 1) & meetings.long[texts[at]], group, -1))


def _groups(frequency: Ints, texts: Ints, meetings: Meetings) -> Ints:
    """Return a number for each said text [U], equal for copies.

    Args:
        frequency: [U] number of answers with the text.
        texts: [U] its number among all texts.
        meetings: of all texts.
    """
    if meetings.met.all() and not meetings.pairs.size:
        return np.arange(len(texts))
    order = np.argsort(-frequency, kind="stable")
    levels = np.split(order, np.flatnonzero(np.diff(frequency[order])) + 1)
    decided: _Decided = (np.full(len(texts), -1, dtype=np.int64), 0, 0)
    while True:
        graph, met = meetings.graph(texts), meetings.met[texts]
        count, component = sparse.csgraph.connected_components(graph, directed=False)
        group = np.asarray(component, dtype=np.int64)
        chained = np.bincount(group, minlength=count)[group] > CHAIN
        # A small component may be part of a larger one as long as some of it have not met all others.
        open_ = np.bincount(group[~met], minlength=count)[group] > 0
        star, waiting, decided = _stars(levels, graph, met, chained | open_, decided)
        if not len(waiting):
            waiting = np.flatnonzero(~chained & ~met)
            if not len(waiting):
                return np.where(chained, count + star, group)
        meetings.meet(texts[waiting])


_Decided: TypeAlias = tuple[Ints, int, int]
"""Stars of the texts of some levels, their number, and how many levels: no pair that is found later changes these."""


def _stars(
    levels: Sequence[Ints], graph: Any, met: Flags, among: Flags, decided: _Decided
) -> tuple[Ints, Ints, _Decided]:
    """Return the number of the star of each said text [U], which texts have to meet all others first, and what stands.

    The most frequent text that is in no star yet is the next centre, then the one with most copies, then the first.
    Stars are numbered in the order of their centres; -1 is a text without any copy, or not reached.

    Args:
        levels: the texts of each frequency, the most frequent first.
        graph: [U, U] which are known to be copies.
        met: [U] whether all copies of a text are known.
        among: [U] which texts become stars: all of a component, or none.
        decided: what stood before, when fewer pairs were known.
    """
    (star, number, start), waiting = decided, [np.empty(0, dtype=np.int64)]
    star, stands = star.copy(), None
    degree, others = np.diff(graph.indptr), graph.indices
    for at, level in enumerate(levels[start:], start):
        some = level[(star[level] < 0) & among[level]]
        waiting.append(some[~met[some]])
        if stands is None and len(waiting[-1]):
            stands = (star.copy(), number, at)
        if sum(map(len, waiting)) >= _TOGETHER:
            break
        some = some[degree[some] > 0]
        some = some[np.lexsort((some, -degree[some]))]
        bounds = (graph.indptr[some].tolist(), graph.indptr[some + 1].tolist())
        for centre, begin, end in zip(some.tolist(), *bounds, strict=True):
            if star[centre] < 0:
                mine = others[begin:end]
                star[mine[star[mine] < 0]] = star[centre] = number
                number += 1
    return star, np.concatenate(waiting), stands or (star, number, len(levels))
