"""Numbered responses: the answers of each response as marks, which are counted for all items at once.

A numbered cell holds responses of one cell of the sample and of one weight, so that their number says all sums. The
answers of a response are marks of some bits each in whole numbers that are added up by numbered cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.counting import LEAST, Bools, any_marks, blocks, byte_codes, looked_up, pattern
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate

Counts = npt.NDArray[Any]
WORD = np.dtype(np.uint64)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is counted of each response.

    Attributes:
        items: names of I items.
        words: [N, W] the marks, several in a number.
        kind: whole numbers that hold a mark's count.
        size: L marks: one for everybody, then the numerators of the items, then the distinct bases.
        base: [I] mark of the base of each item.
    """

    items: tuple[str, ...]
    words: npt.NDArray[np.uint64]
    kind: np.dtype[Any]
    size: int
    base: IntArray

    def count(self, number: IntArray, cells: int) -> Counts:
        """Count the marks of all responses, given the numbered cell of each, by numbered cell [F, L and more]."""
        return added(self.words, number.astype(np.int32), cells).view(self.kind)


def added(
    words: npt.NDArray[np.uint64], number: npt.NDArray[np.int32], cells: int, chosen: Bools | None = None
) -> npt.NDArray[np.uint64]:
    """Add words [N, W] up by number [cells, W], those of all responses or of the chosen ones."""
    from scipy.sparse import csc_matrix

    ends = np.arange(len(words) + 1, dtype=np.int32)
    if chosen is not None:
        np.cumsum(chosen, out=ends[1:])
        number = number[chosen]
    into = csc_matrix((np.ones(len(number), dtype=WORD), number, ends), shape=(cells, len(words)))
    return np.asarray(into @ words)


@dataclass(frozen=True, slots=True)
class NumberedResponses:
    """Responses with the number of their cell.

    Attributes:
        rows: the responses.
        rates: items of the sample.
        number: [N] numbered cell of each response.
        cell: [F] cell of the sample of each numbered cell; -1 for those outside it.
        weight, squares: [F] base weight of each response of a numbered cell, fixed point, and its square, in units of
            weight squared.
        cache: marks of items.
    """

    rows: pa.Table
    rates: tuple[Rate, ...]
    number: IntArray
    cell: IntArray
    weight: IntArray
    squares: FloatArray
    cache: dict[tuple[str, ...], Marks] = field(default_factory=dict, repr=False, compare=False)

    def marks(self, items: Sequence[str]) -> Marks:
        """Return the marks of items; those of the last items are kept."""
        key = tuple(items)
        if key not in self.cache:
            known = {rate.name: rate for rate in self.rates}
            found = _marked(self, [known[name] for name in key])
            self.cache.clear()
            self.cache[key] = found
        return self.cache[key]


def _marked(responses: NumberedResponses, rates: Sequence[Rate]) -> Marks:
    """Return the marks of rates."""
    size, answers = responses.rows.num_rows, _Answers(responses.rows)
    kind = np.dtype(np.min_scalar_type(int(np.bincount(responses.number).max())))
    each = WORD.itemsize // kind.itemsize
    yes, bases = list[Bools](), list[Bools]()
    base, known = np.zeros(len(rates), dtype=np.int64), dict[Any, int]()
    for at, rate in enumerate(rates):
        key, own, make = answers.of(rate)
        yes.append(own)
        if key not in known:
            inside = make()
            known[key] = next((at for at, one in enumerate(bases) if np.array_equal(one, inside)), len(bases))
            bases += [inside] if known[key] == len(bases) else []
        base[at] = 1 + len(rates) + known[key]
    marks = [np.ones(size, dtype=np.bool_), *yes, *bases]
    held = np.zeros((size, -(-len(marks) // each) * each), dtype=kind)
    for some in blocks(size):
        for at, mark in enumerate(marks):
            held[some, at] = mark[some]
    return Marks(tuple(rate.name for rate in rates), held.view(WORD), kind, len(marks), base)


def _patterns(rate: Rate) -> tuple[Bools, Bools]:
    """Return which patterns of 8 bits are in the base of a rate on one column, and which in its numerator [256]."""
    yes = pattern(rate.terms[0][1])
    base = ~pattern(()) if rate.base == "all" else yes | ~pattern((BLANK, *rate.missing))
    null = pattern((LEAST,))
    return base & ~null, yes & ~null


class _Answers:
    """Who is in the numerator and in the base of rates."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows, self._bits, self._known = rows, dict[str, Any](), dict[str, tuple[Any, Bools]]()

    def of(self, rate: Rate) -> tuple[Any, Bools, Callable[[], Bools]]:
        """Return a key that rates of one base share, the numerator [N], and what makes the base [N]."""
        name = rate.columns[0]
        if len(rate.terms) > 1 or (bits := self._codes(name)) is None:
            yes, inside = any_marks(self._values, self._rows.num_rows, rate)
            return rate, yes, lambda: inside | yes
        base, numerator = _patterns(rate)
        return (name, base.tobytes()), looked_up(numerator, bits), partial(looked_up, base, bits)

    def _codes(self, name: str) -> npt.NDArray[np.uint8] | None:
        if name not in self._bits:
            column = self._rows[name].combine_chunks()
            self._bits[name] = byte_codes(column)
        found: npt.NDArray[np.uint8] | None = self._bits[name]
        return found

    def _values(self, name: str) -> tuple[Any, Bools]:
        if name not in self._known:
            column = self._rows[name]
            valid = np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)
            self._known[name] = np.asarray(pc.fill_null(column, 0).to_numpy()), valid
        return self._known[name]
