"""CodeCounts: how many responses of each cell gave each code of a column; a rate on the column adds some of them up.

A column is read once, however many rates are on it. Responses are counted in blocks that the cache holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.counting import BLOCK, Bools, Whole, blocks
from analysis.design.counts.numbered_rows import NumberedRows
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

MOST_CODES = 200
"""Different codes of a column that is counted by code; amounts have more."""
MOST_COUNTS = 1 << 25
"""Codes times cells up to which a column is counted by code: a quarter of a GB for each of the three tables."""
MOST_PER_RESPONSE = 8
"""The same per response: where cells are small, it is faster to count each rate by row."""
WEIGHT = 40
"""Bits of a sum of weights that is added up with the number of responses, which has the others but the sign."""
NEW = -1
"""Start of the counts of a code that was not met yet."""


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """Counts by code and numbered cell: K codes, F numbered cells.

    Attributes:
        codes: [K] the codes of the column, without NULL, in the order in which they were met.
        n: [K, F] responses.
        w: [K, F] sums of the weights that responses keep, whole numbers below 2**53; None where none keeps its own.
    """

    codes: IntArray
    n: IntArray
    w: FloatArray | None

    def count(self, some: Bools) -> IntArray:
        """Return the number of responses with some of the codes [F]."""
        return np.asarray(self.n[some].sum(axis=0), dtype=np.int64)

    def weigh(self, some: Bools) -> FloatArray | None:
        """Return the weights kept by the responses with some of the codes [F]; None where none keeps its own."""
        return None if self.w is None else np.asarray(self.w[some].sum(axis=0))


def base_and_numerator(codes: IntArray, rate: Rate) -> tuple[Bools, Bools]:
    """Return which codes are in the base of a rate on one column, and which in its numerator [K]."""
    yes = np.isin(codes, rate.terms[0][1])
    if rate.base == "all":
        return np.ones(len(codes), dtype=np.bool_), yes
    return yes | ~np.isin(codes, (BLANK, *rate.missing)), yes


class _Codes:
    """The codes met so far, as bits; NULL, for which the least number of the type stands, is the first of them."""

    def __init__(self, kind: npt.DTypeLike, cells: int) -> None:
        self._kind, self._cells = np.dtype(kind), cells
        self.null = int(np.iinfo(kind).min)
        self._bits = np.array([self.null], dtype=kind).view(f"u{self._kind.itemsize}").tolist()
        self._start = np.full(1 << 8 * self._kind.itemsize, NEW, dtype=np.int64)
        self._start[self._bits] = 0

    def __len__(self) -> int:
        return len(self._bits)

    @property
    def met(self) -> IntArray:
        """Return the codes without NULL, in the order in which they were met."""
        return np.array(self._bits[1:], dtype=f"u{self._kind.itemsize}").view(self._kind).astype(np.int64)

    def bits(self, column: pa.Array) -> Whole | None:
        """Return the bits of each code; None where one needs more, or stands for NULL."""
        try:
            short = column.cast(pa.from_numpy_dtype(self._kind))
        except pa.ArrowInvalid:
            return None
        whole = pc.fill_null(short, self.null) if short.null_count else short
        bits = np.asarray(whole.to_numpy().view(f"u{self._kind.itemsize}"))
        return bits if np.count_nonzero(bits == self._bits[0]) == short.null_count else None

    def starts(self, bits: Whole, start: IntArray) -> bool:
        """Write where the counts of each code start in a table of codes and cells; False for too many codes."""
        np.take(self._start, bits, out=start, mode="clip")  # the other modes copy
        if int(start.min(initial=0)) == NEW:
            fresh = np.unique(bits[start == NEW])
            if len(self._bits) + len(fresh) > MOST_CODES:
                return False
            self._start[fresh] = np.arange(len(self._bits), len(self._bits) + len(fresh)) * self._cells
            self._bits += fresh.tolist()
            np.take(self._start, bits, out=start, mode="clip")
        return True


class _Sums:
    """Counts by code and numbered cell while they are made.

    Where responses keep their weights, number and weight are added up in one number, and taken apart before one of them
    can outgrow its bits.
    """

    def __init__(self, cells: int, heaviest: int) -> None:
        self.n, self.w = np.zeros((0, cells), dtype=np.int64), np.zeros((0, cells))
        self._packed, self._heaviest = np.zeros((0, cells), dtype=np.int64), heaviest
        self._load, self._alone = 0, False

    def begin(self, most: int) -> None:
        """Make room for a slice with at most so many responses of a cell."""
        self._load += most
        if not _fits(self._load, self._heaviest):
            self.take_apart()
            self._load, self._alone = most, not _fits(most, self._heaviest)

    def add(self, codes: int, place: IntArray, weights: Whole | None) -> None:
        """Add responses by their place among so many codes x cells."""
        self.n = _lengthened(self.n, codes)
        if weights is None or self._alone:
            np.add.at(self.n.reshape(-1), place, 1)
        if weights is None:
            return
        if self._alone:
            self.w = _lengthened(self.w, codes)
            np.add.at(self.w.reshape(-1), place, weights.astype(np.float64))
        else:
            self._packed = _lengthened(self._packed, codes)
            np.add.at(self._packed.reshape(-1), place, weights.astype(np.int64) + (1 << WEIGHT))

    def take_apart(self) -> None:
        """Add to numbers and weights what was added up together."""
        if len(self._packed):
            self.w = _lengthened(self.w, len(self._packed))
            self.n[: len(self._packed)] += self._packed >> WEIGHT
            self.w[: len(self._packed)] += self._packed & (1 << WEIGHT) - 1
            self._packed[:] = 0


def _fits(most: int, heaviest: int) -> bool:
    """Return whether so many responses, and their weights, have room in one number."""
    return most < 1 << 63 - WEIGHT and most * heaviest < 1 << WEIGHT


def count_codes(rows: NumberedRows, name: str, most: Sequence[int], heaviest: int) -> CodeCounts | None:
    """Count the codes of a column; None where there are too many codes or cells for it.

    Args:
        rows: the responses.
        name: the column.
        most: the largest number of responses of a cell in each slice.
        heaviest: the largest weight that a response keeps.
    """
    cells, largest = len(rows.weight), most_counts(rows)
    sums, codes = _Sums(cells, heaviest), None
    for one, top in zip(rows.slices, most, strict=True):
        sums.begin(top)
        start = 0
        for column in one.read([name])[name].chunks:
            codes = codes or _Codes(np.int8 if pa.types.is_int8(column.type) else np.int16, cells)
            if (bits := codes.bits(column)) is None:
                return None
            room = np.empty(min(len(bits), BLOCK), dtype=np.int64)
            for block in blocks(len(bits)):
                place, some = room[: block.stop - block.start], slice(start + block.start, start + block.stop)
                if not codes.starts(bits[block], place) or len(codes) * cells > largest:
                    return None
                place += one.cell[some]
                sums.add(len(codes), place, None if one.weights is None else one.weights[some])
            start += len(column)
    assert codes is not None
    sums.take_apart()
    return CodeCounts(codes.met, sums.n[1:], _lengthened(sums.w, len(codes))[1:] if len(sums.w) else None)


def most_counts(rows: NumberedRows) -> int:
    """Return the codes times cells up to which columns of some responses are counted by code."""
    return min(MOST_COUNTS, MOST_PER_RESPONSE * rows.size)


def _lengthened(table: npt.NDArray[Any], codes: int) -> npt.NDArray[Any]:
    """Return a table with a row for each code."""
    more = codes - len(table)
    return table if more <= 0 else np.pad(table, ((0, more), (0, 0)))
