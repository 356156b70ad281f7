"""Packed counts: columns of short codes counted together, each class of codes in some bits of one number.

Codes that all rates on a column treat alike are a class. The numbers of the classes of several columns are added up by
cell in one pass, 63 bits wide, and taken apart before a class can outgrow its bits. Counts are whole numbers, so they
are those of `code_counts` bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from analysis.design.cells import IntArray
from analysis.design.counts.code_counts import base_and_numerator, most_counts
from analysis.design.counts.counting import LEAST, Bools, Whole, blocks, byte_codes
from analysis.design.counts.numbered_rows import NumberedRows
from survey.instrument.rate import Rate

BITS = 63
"""Bits of a number that is added up; one more is the sign."""
SPARE = 2
"""Bits of a class beyond those that one slice needs: four slices are added up before the numbers are taken apart."""
CODES: IntArray = np.arange(256).astype(np.uint8).view(np.int8).astype(np.int64)
"""The code of 8 bits of each pattern."""
Counts = tuple[IntArray, IntArray]
"""Responses in the base and in the numerator of a rate, by numbered cell [F]."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of the codes of a column: R rates, K classes that are in the base of some rate.

    Attributes:
        name: the column.
        rates: those on it.
        base: [R, K] whether a class is in the base of a rate.
        yes: [R, K] whether it is in the numerator.
        of_code: [256] the class of each pattern of 8 bits; K for NULL and for codes in no base.
    """

    name: str
    rates: tuple[Rate, ...]
    base: Bools
    yes: Bools
    of_code: IntArray

    def __len__(self) -> int:
        return int(self.base.shape[1])


@lru_cache(maxsize=1024)
def classes_of(name: str, rates: tuple[Rate, ...]) -> Classes:
    """Return the classes of a column by the rates on it."""
    marks = np.concatenate([np.stack(base_and_numerator(CODES, rate)) for rate in rates])
    marks[:, CODES == LEAST] = False  # NULL
    every, first, kind = np.unique(np.packbits(marks, axis=0), axis=1, return_index=True, return_inverse=True)
    counted = every.any(axis=0)
    known = marks[:, first[counted]]
    of_kind = np.where(counted, np.cumsum(counted) - 1, known.shape[1])
    return Classes(name, rates, known[::2], known[1::2], of_kind[kind.reshape(-1)])


def together(rows: NumberedRows, columns: Iterable[Classes], most: Sequence[int]) -> tuple[Classes, ...]:
    """Return the first columns that are counted in one pass; none where not even one can be.

    Args:
        rows: the responses.
        columns: in the order in which they will be asked for.
        most: the largest number of responses of a cell in each slice.
    """
    needed, found, total = max(most).bit_length(), list[Classes](), 0
    for one in columns if not rows.keep_weights else ():
        total += len(one)
        if total * (needed + SPARE * bool(found)) > BITS or total * len(rows.weight) > most_counts(rows):
            break
        found.append(one)
    return tuple(found)


def count_packed(rows: NumberedRows, columns: Sequence[Classes], most: Sequence[int]) -> dict[Rate, Counts]:
    """Count the rates on some columns, except columns with codes of more than 8 bits, or with -128 beside NULL.

    Args:
        rows: the responses.
        columns: what `together` returned.
        most: as there.
    """
    packing, other = _Packing(columns, len(rows.weight)), set[str]()
    for one, top in zip(rows.slices, most, strict=True):
        packing.make_room(top)
        start = 0
        for batch in one.read([column.name for column in columns]).to_batches():
            codes = dict(zip(batch.schema.names, map(byte_codes, batch.columns), strict=True))
            other |= {name for name, bits in codes.items() if bits is None}
            packing.add(one.cell[start : start + len(batch)], [codes[column.name] for column in columns])
            start += len(batch)
    on_other = {rate for column in columns if column.name in other for rate in column.rates}
    return {rate: counts for rate, counts in packing.counts() if rate not in on_other}


class _Packing:
    """Numbers of the classes of some columns by cell, packed."""

    def __init__(self, columns: Sequence[Classes], cells: int) -> None:
        self._columns = columns
        self._width = BITS // max(sum(map(len, columns)), 1)
        self._sums = np.zeros((sum(map(len, columns)), cells), dtype=np.int64)
        self._packed, self._load = np.zeros(cells, dtype=np.int64), 0
        self._adds: list[IntArray] = []
        first = 0
        for one in columns:
            steps = 1 << self._width * np.arange(first, first + len(one), dtype=np.int64)
            self._adds.append(np.append(steps, 0)[one.of_code])
            first += len(one)

    def make_room(self, most: int) -> None:
        """Take the numbers apart if `most` more responses of a cell could be too many for the bits of a class."""
        self._load += most
        if self._load >> self._width:
            self._take_apart()
            self._load = most

    def add(self, cell: Whole, codes: Sequence[npt.NDArray[np.uint8] | None]) -> None:
        """Count some responses, given the codes of each column as patterns of 8 bits; a column without is left out."""
        known = [(adds, bits) for adds, bits in zip(self._adds, codes, strict=True) if bits is not None]
        for some in blocks(len(cell)) if known else ():
            packed, *more = (np.take(adds, bits[some]) for adds, bits in known)
            for one in more:
                packed += one
            np.add.at(self._packed, cell[some].astype(np.intp), packed)

    def counts(self) -> Iterable[tuple[Rate, Counts]]:
        """Yield the counts of each rate."""
        self._take_apart()
        first = 0
        for one in self._columns:
            sums = self._sums[first : first + len(one)]
            for at, rate in enumerate(one.rates):
                yield rate, (sums[one.base[at]].sum(axis=0), sums[one.yes[at]].sum(axis=0))
            first += len(one)

    def _take_apart(self) -> None:
        mask = (1 << self._width) - 1
        for at in range(len(self._sums)):
            self._sums[at] += self._packed >> at * self._width & mask
        self._packed[:] = 0
