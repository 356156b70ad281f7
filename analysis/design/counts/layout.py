"""Layout: the sets of responses that cells are made of, and where the cells of each lie among those of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from analysis.design.cells import IntArray
from analysis.design.counts.counting import Whole
from analysis.design.counts.rate_sums import ALL, RateSums
from analysis.design.lazy_sums import Places
from survey.instrument.rate import Rate


class CountedSet(Protocol):
    """The cells of a set of responses."""

    @property
    def keys(self) -> pa.Table:
        """One row per cell: the grouping columns as stored."""
        ...

    @property
    def n(self) -> IntArray:
        """[C] number of responses."""
        ...

    @property
    def w(self) -> IntArray:
        """[C] sum of fixed-point weights."""
        ...

    @property
    def squares(self) -> IntArray:
        """[C] sum of squared weights, each at the scale of the weights and rounded."""
        ...

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate."""
        ...

    def expect(self, rates: Sequence[Rate]) -> None:
        """Take the rates whose sums will be asked for, which may be made together."""
        ...


@dataclass(frozen=True, slots=True)
class Term:
    """A set of responses that is added (sign 1) or taken away (sign -1)."""

    sign: int
    counted: CountedSet


@dataclass(frozen=True, slots=True)
class Placed:
    """A term, and the cell of the result for each of its cells; -1 where nothing remains."""

    term: Term
    place: Whole

    def unmoved(self, size: int) -> bool:
        """Return whether its sums are those of a result of `size` cells."""
        return self.term.sign == 1 and np.array_equal(self.place, np.arange(size))

    def add(self, total: IntArray, values: IntArray) -> None:
        """Add its sums to those of the result; no two of its cells have the same place."""
        inside = self.place >= 0
        if inside.all():
            total[self.place] += self.term.sign * values
        else:
            total[self.place[inside]] += self.term.sign * values[inside]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Some cells of a term: their places there, and where they go among all that were chosen."""

    counted: CountedSet
    places: IntArray
    into: Places


def chosen(placed: Sequence[Placed], order: IntArray) -> list[Chosen]:
    """Split places in the terms, one after the other, by term."""
    found, start = list[Chosen](), 0
    for one in placed:
        end = start + len(one.place)
        inside = (order >= start) & (order < end)
        if inside.all() and len(order):
            return [Chosen(one.term.counted, order - start, ALL)]
        if inside.any():
            found.append(Chosen(one.term.counted, order[inside] - start, np.flatnonzero(inside)))
        start = end
    return found


@dataclass(frozen=True, slots=True)
class Extra:
    """Cells of a term whose sums are added to, or taken from, those of another term.

    Attributes:
        sign: 1 or -1.
        counted: the term.
        places: its cells.
        into: the cells of the result, each once.
    """

    sign: int
    counted: CountedSet
    places: IntArray
    into: IntArray

    def add(self, total: IntArray, values: IntArray) -> None:
        """Add the sums of its cells."""
        total[self.into] += self.sign * values

    def among(self, cells: IntArray, size: int) -> Extra:
        """Return it for some of `size` cells."""
        place = np.full(size, -1, dtype=np.int64)
        place[self.into] = self.places
        taken = place[cells]
        into = np.flatnonzero(taken >= 0)
        return Extra(self.sign, self.counted, taken[into], into)


def laid_out(placed: Sequence[Placed], size: int) -> tuple[IntArray | None, Sequence[Extra]]:
    """Return the place of each cell in the terms, one after the other, and what is to be added there.

    Picking values is several times faster than adding them up: a cell is picked from the first term that adds to it.
    There is no order where no term does.
    """
    order, starts = np.full(size, -1, dtype=np.int64), np.cumsum([0, *(len(one.place) for one in placed)])
    for one, start in reversed([*zip(placed, starts, strict=False)]):
        if one.term.sign > 0:
            inside = np.flatnonzero(one.place >= 0)
            order[one.place[inside]] = start + inside
    if not placed or (order < 0).any():
        return None, ()
    extra = list[Extra]()
    for one, start in zip(placed, starts, strict=False):
        own = np.flatnonzero(one.place >= 0)
        own = own[(order[one.place[own]] != start + own) | (one.term.sign < 0)]
        if len(own):
            extra.append(Extra(one.term.sign, one.term.counted, own, one.place[own].astype(np.int64)))
    return order, extra
