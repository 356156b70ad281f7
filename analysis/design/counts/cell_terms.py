"""Terms: the cells of sets of responses, added and subtracted exactly to the cells of the responses that remain.

A term is a set of responses that is counted already, or can be: a stored part, parts whose cells were kept, responses
that are left out. All sums are whole numbers, so the cells are those of one count of the remaining responses bit for
bit, whatever the terms. The sums of a rate are made when they are asked for (`LazySums`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.design.cells import Cells, IntArray
from analysis.design.counts.counting import Whole, key_values, number_cells
from analysis.design.counts.rate_sums import ALL, Kind, RateSums
from analysis.design.lazy_sums import LazySums, Places
from survey.instrument.rate import Rate

KINDS: tuple[Kind, ...] = ("n", "wo", "wy", "ny")


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
class _Placed:
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


class Remaining:
    """The cells of the responses that remain of some terms; a `CountedSet` itself."""

    def __init__(self, keys: pa.Table, placed: Sequence[_Placed]) -> None:
        """Take terms whose cells are numbered; see `remaining`."""
        self.keys, self._placed = keys, placed
        self._alone = placed[0].term.counted if len(placed) == 1 and placed[0].unmoved(keys.num_rows) else None
        self._order = _order_of(placed, keys.num_rows) if self._alone is None else None
        self._means: tuple[Sequence[IntArray], IntArray] = ((), np.zeros(0, dtype=np.int64))
        self._chosen: tuple[Any, Sequence[_Chosen]] = (None, ())
        self._kept: tuple[Any, Any] = (None, None)
        self.n = self._total(lambda one: one.n)
        self.w = self._total(lambda one: one.w)
        self.squares = self._total(lambda one: one.squares)

    def only(self, keep: npt.NDArray[np.bool_]) -> Remaining:
        """Return some of the cells, the last ones again as they were; terms without any of them are not asked again."""
        if self._kept[0] is not keep:
            self._kept = (keep, self._only(keep))
        found: Remaining = self._kept[1]
        return found

    def _only(self, keep: npt.NDArray[np.bool_]) -> Remaining:
        again = np.where(keep, np.cumsum(keep) - 1, -1)
        moved = [_Placed(one.term, np.where(one.place < 0, -1, again[one.place])) for one in self._placed]
        return Remaining(self.keys.filter(pa.array(keep)), [one for one in moved if (one.place >= 0).any()])

    def expect(self, rates: Sequence[Rate]) -> None:
        """Take the rates whose sums will be asked for."""
        for one in self._placed:
            one.term.counted.expect(rates)

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate."""
        weights = self.row(rate, "wo"), self.row(rate, "wy")
        return RateSums.packed(self.row(rate, "n"), self.row(rate, "ny"), weights, self.w // self.n)

    def row(self, rate: Rate, kind: Kind) -> IntArray:
        """Return one kind of sums of a rate."""
        if self._order is None:
            return self._total(lambda one: one.sums(rate).of(kind))
        found = [one.term.counted.sums(rate) for one in self._placed]
        base = kind in ("n", "wo")
        number: IntArray = self._taken([one.n if base else one.ny for one in found]).astype(np.int64)
        if kind in ("n", "ny"):
            return number
        more = [one.more if base else one.moreyes for one in found]
        weight = number * self._mean([one.mean for one in found])
        return weight + self._taken(more) if any(one.any() for one in more) else weight

    def at_cells(self, rate: Rate, kind: Kind, cells: IntArray) -> IntArray:
        """Return one kind of sums of a rate at some cells; terms without any of them are not asked."""
        if self._alone is not None:
            return self._alone.sums(rate).of(kind, cells)
        if self._order is None:
            return self.row(rate, kind)[cells]
        found = np.empty(len(cells), dtype=np.int64)
        for one in self._chosen_of(cells):
            found[one.into] = one.counted.sums(rate).of(kind, one.places)
        return found

    def _chosen_of(self, cells: IntArray) -> Sequence[_Chosen]:
        """Return where some cells lie in the terms; it is the same for all rates of an estimate."""
        last, found = self._chosen
        if last is not cells:
            assert self._order is not None
            found = _chosen(self._placed, self._order[cells])
            self._chosen = (cells, found)
        return found

    def _mean(self, means: Sequence[IntArray]) -> IntArray:
        """Return mean weights; they are the same for most rates."""
        last, found = self._means
        if len(last) != len(means) or any(one is not other for one, other in zip(last, means, strict=True)):
            found = self._taken(means)
            self._means = (means, found)
        return found

    def _taken(self, values: Sequence[Whole]) -> Any:
        """Return values of the cells of terms that have no cell in common."""
        return np.concatenate(values)[self._order]

    def _total(self, values: Callable[[CountedSet], IntArray]) -> IntArray:
        if self._alone is not None:
            return values(self._alone)
        if self._order is not None:
            taken: IntArray = self._taken([values(one.term.counted) for one in self._placed])
            return taken
        total = np.zeros(self.keys.num_rows, dtype=np.int64)
        for one in self._placed:
            one.add(total, values(one.term.counted))
        return total


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Some cells of a term: their places there, and where they go among all that were chosen."""

    counted: CountedSet
    places: IntArray
    into: Places


def _chosen(placed: Sequence[_Placed], order: IntArray) -> list[_Chosen]:
    """Split places in the terms, one after the other, by term."""
    found, start = list[_Chosen](), 0
    for one in placed:
        end = start + len(one.place)
        inside = (order >= start) & (order < end)
        if inside.all() and len(order):
            return [_Chosen(one.term.counted, order - start, ALL)]
        if inside.any():
            found.append(_Chosen(one.term.counted, order[inside] - start, np.flatnonzero(inside)))
        start = end
    return found


def _order_of(placed: Sequence[_Placed], size: int) -> IntArray | None:
    """Return the place of each cell in the terms, one after the other; None where terms share cells or are taken away.

    Picking values is several times faster than adding them up.
    """
    place = np.concatenate([np.zeros(0, dtype=np.int64), *(one.place for one in placed)])
    inside = np.flatnonzero(place >= 0)
    if not placed or len(inside) != size or any(one.term.sign < 0 for one in placed):
        return None
    order = np.empty(size, dtype=np.int64)
    order[place[inside]] = inside
    return order


def remaining(terms: Sequence[Term], keys: Sequence[str]) -> Remaining | None:
    """Add up terms; None where no response remains, or where the keys have too many combinations.

    Args:
        terms: what is added and taken away; only responses that another term adds may be taken away.
        keys: grouping columns.
    """
    table = pa.concat_tables([one.counted.keys.select(list(keys)) for one in terms]) if terms else None
    if table is None or not table.num_rows or (numbered := number_cells(table, keys)) is None:
        return None
    cell, first = numbered
    ends = np.cumsum([one.counted.keys.num_rows for one in terms])
    placed = [_Placed(one, part) for one, part in zip(terms, np.split(cell, ends[:-1]), strict=True)]
    n = np.zeros(len(first), dtype=np.int64)
    for one in placed:
        one.add(n, one.term.counted.n)
    left = n > 0
    if not left.any():
        return None
    again = np.where(left, np.cumsum(left) - 1, -1)
    held = table.take(pa.array(first[left])).combine_chunks()
    return Remaining(held, [_Placed(one.term, again[one.place]) for one in placed])


def lazy_cells(counted: Remaining, rates: Sequence[Rate], scale: int) -> Cells:
    """Return the cells of responses; the sums of a rate are made when an estimate asks for them."""
    items, table = tuple(rates), counted.keys
    counted.expect(items)
    n, wo, wy, ny = (_lazy(counted, items, kind) for kind in KINDS)
    return Cells(
        keys=pd.DataFrame({key: key_values(table.column(key)) for key in table.column_names}),
        items=items,
        n=counted.n,
        w=counted.w,
        ww=counted.squares / scale,
        n_i=n,
        wo=wo,
        wy=wy,
        ny=ny,
        wyy=wy,
        scale=scale,
    )


def _lazy(counted: Remaining, items: tuple[Rate, ...], kind: Kind) -> LazySums:
    return LazySums(
        lambda at: counted.row(items[at], kind),
        len(items),
        counted.keys.num_rows,
        lambda keep: _lazy(counted.only(keep), items, kind),
        lambda at, cells: counted.at_cells(items[at], kind, cells),
    )
