"""CountedRows: responses that are counted column by column, each column read when a rate on it is asked for.

Only the number of the cell of each response stays in memory, and the sums of the rates asked for, in the smallest whole
numbers that hold them. All sums are whole numbers, so the cells are those of the query of `analysis.design.cube` bit
for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import Cells, FloatArray, IntArray
from analysis.design.counts.cell_terms import lazy_cells, remaining
from analysis.design.counts.code_counts import CodeCounts, base_and_numerator, count_codes
from analysis.design.counts.counting import Bools, any_marks, blocks, is_plain
from analysis.design.counts.layout import Term
from analysis.design.counts.numbered_rows import OWN, NumberedRows, Read, Slice, number_rows
from analysis.design.counts.packed_counts import Classes, classes_of, count_packed, together
from analysis.design.counts.rate_sums import RateSums
from survey.instrument.rate import Rate

EXACT = 2**53
"""Sums of weights of one cell up to here are exact in float64, in which numpy adds them up."""
WHOLE = 2**62
"""Sums of weights, and those of squared weights of one cell, which are whole numbers of 64 bits, stay below."""
_Tally = tuple[IntArray, FloatArray | None]
"""Number of responses, and the weights that they keep, by numbered cell [F]; None where none keeps its own."""


@dataclass(frozen=True, slots=True)
class _Total:
    """All responses.

    Attributes:
        tally: their number and weights.
        most: the largest number of those of a numbered cell in each slice.
        heaviest: the largest weight that one of them keeps.
    """

    tally: _Tally
    most: tuple[int, ...]
    heaviest: int


class CountedRows:
    """The cells of some responses, see `CountedSet`; made by `count_rows`."""

    def __init__(self, rows: NumberedRows, counts: _Total, scale: int, rates: Iterable[Rate]) -> None:
        """Take responses whose cells are numbered.

        Args:
            rows: the responses.
            counts: how many, and their own weights.
            scale: the weight 1.
            rates: those that may be asked for; all on a column are summed when it is read.
        """
        self.keys: pa.Table = rows.keys
        self._rows, self._most, self._heaviest = rows, counts.most, counts.heaviest
        self._known: dict[Rate, RateSums] = {}
        self._on: dict[str, list[Rate]] = {}
        for rate in rates:
            self._on.setdefault(rate.columns[0], []).append(rate)
        self._next: tuple[str, ...] = ()
        self._wide: set[str] = set()  # columns with codes that are not packed
        squares = counts.tally[0] * _squared(rows.weight, scale)
        for one in rows.slices:
            one.add_weights(squares, lambda weights: _squared(weights, scale))
        self.n: IntArray = rows.by_cell(counts.tally[0])
        self.w: IntArray = self._weight(*counts.tally)
        self.squares: IntArray = rows.by_cell(squares)
        self._mean: IntArray = self.w // self.n

    def expect(self, rates: Sequence[Rate]) -> None:
        """Take the rates that will be asked for: columns of the next of them are read with that of one."""
        self._next = tuple(dict.fromkeys(rate.columns[0] for rate in rates if len(rate.terms) == 1))

    def sums(self, rate: Rate) -> RateSums:
        """Return the sums of a rate; its columns are read the first time."""
        if rate not in self._known:
            self._known |= self._counted(rate)
        return self._known[rate]

    def _counted(self, rate: Rate) -> Mapping[Rate, RateSums]:
        """Return the sums of a rate, and of others on the columns that are read for it."""
        if len(rate.terms) > 1:
            return {rate: self._by_row(rate)}
        columns = together(self._rows, self._upcoming(rate), self._most)
        found = count_packed(self._rows, columns, self._most) if columns else {}
        known = {one: self._packed((n, None), (ny, None)) for one, (n, ny) in found.items()}
        self._wide |= {one.name for one in columns if one.rates[0] not in known}
        if rate in known:
            return known
        if (counts := count_codes(self._rows, rate.columns[0], self._most, self._heaviest)) is None:
            return known | {rate: self._by_row(rate)}
        return known | {one: self._by_code(one, counts) for one in self._single(rate)}

    def _upcoming(self, rate: Rate) -> Iterator[Classes]:
        """Yield the column of a rate, and those that will be asked for after it."""
        name = rate.columns[0]
        if name in self._wide:
            return
        yield classes_of(name, tuple(self._single(rate)))
        for other in self._next[self._next.index(name) + 1 :] if name in self._next else ():
            rates = [one for one in self._on.get(other, ()) if len(one.terms) == 1 and one not in self._known]
            if rates and other not in self._wide:
                yield classes_of(other, tuple(rates))

    def _single(self, rate: Rate) -> list[Rate]:
        """Return a rate, and the others on nothing but its column."""
        return [one for one in dict.fromkeys((rate, *self._on.get(rate.columns[0], ()))) if len(one.terms) == 1]

    def _by_code(self, rate: Rate, counts: CodeCounts) -> RateSums:
        base, yes = ((counts.count(some), counts.weigh(some)) for some in base_and_numerator(counts.codes, rate))
        return self._packed(base, yes)

    def _by_row(self, rate: Rate) -> RateSums:
        marks = [_marks(one, rate) for one in self._rows.slices]
        return self._packed(
            _tally(self._rows, [inside for _, inside in marks]), _tally(self._rows, [yes for yes, _ in marks])
        )

    def _packed(self, base: _Tally, yes: _Tally) -> RateSums:
        n, ny = self._rows.by_cell(base[0]), self._rows.by_cell(yes[0])
        return RateSums.packed(n, ny, (self._weight(*base), self._weight(*yes)), self._mean)

    def _weight(self, n: IntArray, own: FloatArray | None) -> IntArray:
        """Return the weight of responses by cell [C] given their number and their own weights [F]."""
        known = n * self._rows.weight
        return self._rows.by_cell(known if own is None else known + own.astype(np.int64))


def count_rows(
    reads: Iterable[Read], keys: Sequence[str], weight: str, scale: int, rates: Iterable[Rate] = ()
) -> CountedRows | None:
    """Count the cells of responses; None where a slice has none, or where only `cube.build_cells` can count them.

    Args:
        reads: read columns of slices of the responses, one after the other; those of rates must be whole numbers.
        keys: grouping columns: whole numbers, texts or dictionaries of texts.
        weight: name of the column of fixed-point weights; "" where all are 1.
        scale: the weight 1.
        rates: those that may be asked for.
    """
    rows = number_rows(reads, keys, weight, scale)
    if rows is None:
        return None
    counts = _total(rows)
    return CountedRows(rows, counts, scale, rates) if _is_exact(rows, counts, scale) else None


def _is_exact(rows: NumberedRows, counts: _Total, scale: int) -> bool:
    """Return whether the sums of weights, and those of squared weights by cell, are exact."""
    n, own = counts.tally
    known = rows.weight.astype(np.float64)
    total = float((n * known).sum()) + (0.0 if own is None else float(own.sum()))
    if total >= WHOLE or (own is not None and float(own.max()) >= EXACT):
        return False
    squares: FloatArray = n * known * known
    largest: FloatArray = np.where(rows.weight == OWN, float(counts.heaviest), known)
    if _most_of(rows, n * largest * largest, scale) < WHOLE:  # more than there are
        return True
    for one in rows.slices:
        one.add_weights(squares, np.square)
    return _most_of(rows, squares, scale) < WHOLE


def _most_of(rows: NumberedRows, squares: FloatArray, scale: int) -> float:
    """Return the largest sum of squared weights of a cell at the scale of the weights, given those by number [F]."""
    return float(np.bincount(rows.cell, weights=squares).max()) / scale


def _total(rows: NumberedRows) -> _Total:
    """Count the responses."""
    n, own, most, heaviest = np.zeros(len(rows.weight), dtype=np.int64), np.zeros(len(rows.weight)), list[int](), 0
    for one in rows.slices:
        some = np.bincount(one.cell, minlength=len(n))
        n += some
        most.append(int(some.max()))
        one.add_weights(own, lambda weights: weights)
        heaviest = heaviest if one.weights is None else max(heaviest, int(one.weights.max()))
    return _Total((n, own if rows.keep_weights else None), tuple(most), heaviest)


def _tally(rows: NumberedRows, marks: Sequence[Bools]) -> _Tally:
    """Count the marked responses of each slice."""
    n, own = np.zeros(len(rows.weight), dtype=np.int64), np.zeros(len(rows.weight))
    for one, some in zip(rows.slices, marks, strict=True):
        for block in blocks(len(one.cell)):
            chosen = block.start + np.flatnonzero(some[block])
            cell = one.cell[chosen].astype(np.intp)
            np.add.at(n, cell, 1)
            if one.weights is not None:
                np.add.at(own, cell, one.weights[chosen].astype(np.float64))
    return n, own if rows.keep_weights else None


def count_cells(rows: Any, keys: Sequence[str], rates: Sequence[Rate], weight: str, scale: int) -> Cells | None:
    """Return the cells of responses in memory, see `cube.build_cells`; None where only the query can make them.

    Args:
        rows: the responses; counted are Arrow tables of whole-number codes with positive weights.
        keys: grouping columns: whole numbers or texts.
        rates: the items; the sums of each are made when they are asked for.
        weight: name of the column of fixed-point weights; 1 for every response when it is absent.
        scale: the weight 1.
    """
    if not is_plain(rows, keys, rates, weight):
        return None
    held = weight if weight in rows.column_names else ""
    source = [rows]
    counted = count_rows([lambda names: source[0].select(list(names))], keys, held, scale, rates)
    source[0] = rows.select(list(dict.fromkeys(name for rate in rates for name in rate.columns)))  # frees the others
    found = None if counted is None else remaining([Term(1, counted)], keys)
    return None if found is None else lazy_cells(found, rates, scale)


def _marks(rows: Slice, rate: Rate) -> tuple[Bools, Bools]:
    """Return which responses of a slice are in the numerator, and which in the base."""
    table = rows.read(list(rate.columns))

    def values(name: str) -> tuple[npt.NDArray[Any], Bools]:
        valid = np.asarray(pc.is_valid(table[name]).to_numpy(), dtype=np.bool_)
        return np.asarray(pc.fill_null(table[name], 0).to_numpy()), valid

    yes, inside = any_marks(values, len(rows.cell), rate)
    return yes, inside | yes


def _squared(weights: npt.NDArray[Any], scale: int) -> IntArray:
    """Return squared weights at the scale of the weights, each rounded as in the query."""
    real = weights.astype(np.float64)
    return np.floor(real * real / scale + 0.5).astype(np.int64)
