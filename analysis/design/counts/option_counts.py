"""Option counts: what the responses of each option of a multiple choice add up to, by cell.

Those who did not choose an option are the people asked minus those who did: sums of whole numbers are exact, and so is
their difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Bools
from analysis.design.counts.numbered_responses import Marks, NumberedResponses, added

KEPT = 1 << 28
"""Bytes of sums up to which they are kept."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The responses of a domain: N' of N, in F' of F numbered cells, in C' of C cells.

    Attributes:
        places: [N'] which responses, as a slice where they follow one another.
        number: [N'] which of the F' numbered cells each lies in.
        cell: [C'] places of the cells.
        numbered: [F'] places of the numbered cells.
        of: [F'] which of the C' cells each lies in.
        count, weigh: matrices [C', F'] of whole numbers that sum numbers of responses, and their base weights.
    """

    places: IntArray | slice
    number: npt.NDArray[np.int32]
    cell: IntArray
    numbered: IntArray
    of: IntArray
    count: Any
    weigh: Any

    def values(self, column: pa.ChunkedArray, null: int) -> npt.NDArray[Any]:
        """Return the whole numbers of a column [N] for these responses [N'], with another one for NULL."""
        if isinstance(self.places, slice):
            own = column.slice(self.places.start, self.places.stop - self.places.start)
            return np.asarray(pc.fill_null(own, null).to_numpy())
        return np.asarray(pc.fill_null(column, null).to_numpy()[self.places])


def inside_of(responses: NumberedResponses, code: IntArray) -> Inside:
    """Return the responses of a domain, given the domain [C] of each cell, -1 outside all."""
    from scipy.sparse import csc_matrix

    place = np.full(len(code) + 1, -1, dtype=np.int64)
    cell = np.flatnonzero(code >= 0)
    place[cell] = np.arange(len(cell))
    numbered = np.flatnonzero(place[responses.cell] >= 0)
    of = place[responses.cell[numbered]]
    rank = np.full(len(responses.cell), -1, dtype=np.int32)
    rank[numbered] = np.arange(len(numbered), dtype=np.int32)
    number = rank[responses.number]
    places = _sliced(np.flatnonzero(number >= 0))
    ends, shape = np.arange(len(of) + 1), (len(cell), len(of))
    count, weigh = (csc_matrix((one, of, ends), shape=shape) for one in (np.ones_like(of), responses.weight[numbered]))
    return Inside(places, number[places], cell, numbered, of, count, weigh)


def _sliced(places: IntArray) -> IntArray | slice:
    """Return places as a slice where they follow one another, such as those of a wave: nothing is copied."""
    if len(places) and places[-1] - places[0] + 1 == len(places):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


@dataclass(frozen=True, slots=True)
class OptionSums:
    """Sums over the responses of an option inside a domain.

    Attributes:
        n: [F'] responses by numbered cell.
        weights: [C', L - 1] base weights of those with each mark but that of everybody, fixed point, by cell.
        people: [C', b] their number, of the marks that are bases.
    """

    n: IntArray
    weights: IntArray
    people: IntArray

    def less(self, other: OptionSums) -> OptionSums:
        """Return the sums over the responses that are not in another set of them."""
        return OptionSums(self.n - other.n, self.weights - other.weights, self.people - other.people)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.n.nbytes + self.weights.nbytes + self.people.nbytes


@dataclass(frozen=True, slots=True)
class OptionSets:
    """The responses of each option inside a domain: those who chose it, or those asked who did not.

    Attributes:
        inside: the domain.
        chosen: which responses chose each option [N'].
        asked: distinct sets of people asked [N']; empty where those who chose are counted.
        of: the set of each option.
        cache: sums over those who chose and those asked, by the items of their marks.
    """

    inside: Inside
    chosen: tuple[Bools, ...]
    asked: tuple[Bools, ...]
    of: tuple[int, ...]
    cache: dict[tuple[bool, tuple[str, ...]], list[OptionSums]] = field(default_factory=dict, repr=False, compare=False)

    def numbers(self, marks: Marks) -> Iterator[IntArray]:
        """Yield the responses of each option by numbered cell [F']."""
        whole = [one.n for one in self._summed(marks, asked=True)]
        for option, found in enumerate(self._summed(marks, asked=False)):
            yield whole[self.of[option]] - found.n if whole else found.n

    def sums(self, marks: Marks) -> Iterator[OptionSums]:
        """Yield the sums over the responses of each option."""
        whole = list(self._summed(marks, asked=True))
        for option, found in enumerate(self._summed(marks, asked=False)):
            yield whole[self.of[option]].less(found) if whole else found

    def _summed(self, marks: Marks, *, asked: bool) -> Iterable[OptionSums]:
        """Sum over some sets of responses; kept where that takes little memory."""
        sets, key = self.asked if asked else self.chosen, (asked, marks.items)
        if not sets:
            return []
        if key in self.cache:
            return self.cache[key]
        words = marks.words[self.inside.places]
        found = (_sums(self.inside, marks, words, one) for one in sets)
        first = next(found)
        if len(sets) * first.size > KEPT:
            return (one for some in ([first], found) for one in some)
        self.cache[key] = [first, *found]
        return self.cache[key]


def _sums(inside: Inside, marks: Marks, words: npt.NDArray[np.uint64], chosen: Bools) -> OptionSums:
    """Sum over the chosen responses inside."""
    counts = added(words, inside.number, len(inside.numbered), chosen).view(marks.kind)
    weights = np.asarray(inside.weigh @ counts.astype(np.int64))[:, 1 : marks.size]
    people = np.asarray(inside.count @ counts[:, 1 + len(marks.items) : marks.size].astype(np.int64))
    return OptionSums(counts[:, 0].astype(np.int64), weights, people)


def option_sets(inside: Inside, options: Sequence[tuple[Bools, Bools]]) -> tuple[OptionSets, OptionSets]:
    """Return those who chose each option, and those who did not.

    Args:
        inside: a domain.
        options: for each who chose it, and who was asked, of the responses inside [N'].
    """
    asked, of = list[Bools](), list[int]()
    for _, known in options:
        same = next((at for at, one in enumerate(asked) if np.array_equal(known, one)), len(asked))
        asked += [known] if same == len(asked) else []
        of.append(same)
    first = OptionSets(inside, tuple(one for one, _ in options), (), ())
    return first, replace(first, asked=tuple(asked), of=tuple(of))
