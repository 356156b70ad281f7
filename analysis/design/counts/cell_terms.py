"""Terms: the cells of sets of responses, added and subtracted exactly to the cells of the responses that remain.

A term is a set of responses that is counted already, or can be: a stored part, parts whose cells were kept, responses
that are left out. All sums are whole numbers, so the cells are those of one count of the remaining responses bit for
bit, whatever the terms. The sums of a rate are made when they are asked for (`LazySums`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.design.cells import Cells, IntArray
from analysis.design.counts.counting import Whole, key_values, number_cells
from analysis.design.counts.layout import Chosen, CountedSet, Extra, Placed, Term, chosen, laid_out
from analysis.design.counts.rate_sums import Kind, RateSums
from analysis.design.lazy_sums import LazySums
from survey.instrument.rate import Rate

KINDS: tuple[Kind, ...] = ("n", "wo", "wy", "ny")


class Remaining:
    """The cells of the responses that remain of some terms; a `CountedSet` itself."""

    def __init__(self, keys: pa.Table, placed: Sequence[Placed]) -> None:
        """Take terms whose cells are numbered; see `remaining`."""
        self.keys, self._placed = keys, placed
        self._alone = placed[0].term.counted if len(placed) == 1 and placed[0].unmoved(keys.num_rows) else None
        self._order, self._extra = laid_out(placed, keys.num_rows) if self._alone is None else (None, ())
        self._means: tuple[Sequence[IntArray], IntArray] = ((), np.zeros(0, dtype=np.int64))
        self._chosen: tuple[Any, Sequence[Chosen], Sequence[Extra]] = (None, (), ())
        self._kept: tuple[Any, Any] = (None, None)
        self._digests: dict[int, tuple[Whole, bytes]] = {}
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
        moved = [Placed(one.term, np.where(one.place < 0, -1, again[one.place])) for one in self._placed]
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
        if not base and not any(one.ny.any() or one.moreyes.any() for one in found):
            return np.zeros(len(self._order), dtype=np.int64)
        total: IntArray = self._taken([one.n if base else one.ny for one in found]).astype(np.int64)
        if kind not in ("n", "ny"):
            more = [one.more if base else one.moreyes for one in found]
            total *= self._mean([one.mean for one in found])
            if any(one.any() for one in more):
                total += self._taken(more)
        for one in self._extra:
            one.add(total, one.counted.sums(rate).of(kind, one.places))
        return total

    def base(self, rate: Rate) -> bytes:
        """Return a digest of the base of a rate; where it is equal, so are the sums of kinds "n" and "wo"."""
        sums = [one.term.counted.sums(rate) for one in self._placed]
        return b"".join(self._digest(values) for one in sums for values in (one.n, one.more))

    def _digest(self, values: Whole) -> bytes:
        """Return a digest of values, made once for those that several rates share."""
        known, found = self._digests.get(id(values), (None, b""))
        if known is not values:
            found = hashlib.sha256(values.dtype.char.encode() + values.tobytes()).digest()
            self._digests[id(values)] = (values, found)
        return found

    def at_cells(self, rate: Rate, kind: Kind, cells: IntArray) -> IntArray:
        """Return one kind of sums of a rate at some cells; terms without any of them are not asked."""
        if self._alone is not None:
            return self._alone.sums(rate).of(kind, cells)
        if self._order is None:
            return self.row(rate, kind)[cells]
        found = np.empty(len(cells), dtype=np.int64)
        picked, extra = self._chosen_of(cells)
        for one in picked:
            found[one.into] = one.counted.sums(rate).of(kind, one.places)
        for other in extra:
            other.add(found, other.counted.sums(rate).of(kind, other.places))
        return found

    def _chosen_of(self, cells: IntArray) -> tuple[Sequence[Chosen], Sequence[Extra]]:
        """Return where some cells lie in the terms; it is the same for all rates of an estimate."""
        if self._chosen[0] is not cells:
            assert self._order is not None
            extra = [one.among(cells, self.keys.num_rows) for one in self._extra]
            self._chosen = (cells, chosen(self._placed, self._order[cells]), extra)
        return self._chosen[1:]

    def _mean(self, means: Sequence[IntArray]) -> IntArray:
        """Return mean weights; they are the same for most rates."""
        last, found = self._means
        if len(last) != len(means) or any(one is not other for one, other in zip(last, means, strict=True)):
            found = self._taken(means)
            self._means = (means, found)
        return found

    def _taken(self, values: Sequence[Whole]) -> Any:
        """Return values of the terms in whose order the cells are."""
        return np.concatenate(values)[self._order]

    def _total(self, values: Callable[[CountedSet], IntArray]) -> IntArray:
        if self._alone is not None:
            return values(self._alone)
        if self._order is not None:
            taken: IntArray = self._taken([values(one.term.counted) for one in self._placed])
            for other in self._extra:
                other.add(taken, values(other.counted)[other.places])
            return taken
        total = np.zeros(self.keys.num_rows, dtype=np.int64)
        for one in self._placed:
            one.add(total, values(one.term.counted))
        return total


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
    placed = [Placed(one, part) for one, part in zip(terms, np.split(cell, ends[:-1]), strict=True)]
    n = np.zeros(len(first), dtype=np.int64)
    for one in placed:
        one.add(n, one.term.counted.n)
    left = n > 0
    if not left.any():
        return None
    again = np.where(left, np.cumsum(left) - 1, -1)
    held = table.take(pa.array(first[left])).combine_chunks()
    return Remaining(held, [Placed(one.term, again[one.place]) for one in placed])


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
        (lambda at: counted.base(items[at])) if kind in ("n", "wo") else None,
    )
