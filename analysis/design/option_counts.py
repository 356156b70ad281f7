"""Option counts: how many responses of each option gave each answer, by numbered cell.

A numbered cell holds responses of one cell of the sample and of one weight, so that their number says all sums. The
answers of a response are marks of some bits each in whole numbers, which are added up for all items at once. Those who
did not choose an option are the people asked minus those who did: counts are exact, and so is their difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import FloatArray, IntArray
from analysis.design.counts.counting import any_marks
from survey.instrument.rate import Rate

Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[Any]
WORD = np.dtype(np.uint64)
KEPT = 1 << 28
"""Bytes of counts up to which they are kept."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is counted of each response.

    Attributes:
        items: their names.
        words: [N, W] the marks, several in a number.
        kind: whole numbers that hold a mark's count.
        size: L marks: one for everybody, then the numerators of I items, then the distinct bases.
        base: [I] mark of the base of each item.
    """

    items: tuple[str, ...]
    words: npt.NDArray[np.uint64]
    kind: np.dtype[Any]
    size: int
    base: IntArray

    def count(self, cell: IntArray, cells: int, at: IntArray) -> Counts:
        """Count the marks of some responses by numbered cell [cells, L and more]."""
        from scipy.sparse import csc_matrix

        ones, ends = np.ones(len(at), dtype=WORD), np.arange(len(at) + 1)
        into = csc_matrix((ones, cell[at], ends), shape=(cells, len(at)))
        return np.asarray(into @ self.words[at]).view(self.kind)


@dataclass(frozen=True, slots=True)
class NumberedResponses:
    """Responses with the number of their cell.

    Attributes:
        rows: the responses.
        rates: what the items of the sample are.
        number: [N] numbered cell of each response.
        cell: [F] cell of the sample of each numbered cell; -1 for those outside it.
        weight: [F] base weight of each response of a numbered cell, fixed point.
    """

    rows: pa.Table
    rates: tuple[Rate, ...]
    number: IntArray
    cell: IntArray
    weight: IntArray
    cache: dict[tuple[str, ...], Marks] = field(init=False, default_factory=dict, repr=False, compare=False)

    def marks(self, items: Sequence[str]) -> Marks:
        """Return the marks of items; those of the last items are kept."""
        key = tuple(items)
        if key not in self.cache:
            found = self._marked(key)
            for known in [one for one in self.cache if one and key]:
                del self.cache[known]
            self.cache[key] = found
        return self.cache[key]

    def _marked(self, items: tuple[str, ...]) -> Marks:
        rates, size = {rate.name: rate for rate in self.rates}, self.rows.num_rows
        most = int(np.bincount(self.number, minlength=1).max())
        kind = np.dtype(np.min_scalar_type(most))
        lanes, bases, base = [np.ones(size, dtype=np.bool_)], list[Bools](), list[int]()
        columns = dict[str, tuple[Any, Bools]]()
        for name in items:
            yes, inside = any_marks(lambda column: self._values(column, columns), size, rates[name])
            inside |= yes
            place = next((at for at, known in enumerate(bases) if np.array_equal(known, inside)), len(bases))
            bases += [inside] if place == len(bases) else []
            lanes.append(yes)
            base.append(1 + len(items) + place)
        lanes += bases
        each = WORD.itemsize // kind.itemsize
        held = np.zeros((size, -(-len(lanes) // each) * each), dtype=kind)
        for at, lane in enumerate(lanes):
            held[:, at] = lane
        return Marks(items, held.view(WORD), kind, len(lanes), np.array(base, dtype=np.int64))

    def _values(self, name: str, known: dict[str, tuple[Any, Bools]]) -> tuple[Any, Bools]:
        if name not in known:
            column = self.rows[name]
            valid = np.asarray(pc.is_valid(column).to_numpy(), dtype=np.bool_)
            known[name] = np.asarray(pc.fill_null(column, 0).to_numpy()), valid
        return known[name]


@dataclass(frozen=True, slots=True)
class OptionSets:
    """The responses of each option: places of those who chose it, or of those asked who did not.

    Attributes:
        chosen: places of those who chose each option.
        asked: places of distinct sets of people asked; empty where those who chose are counted.
        of: the set of each option.
        cache: counts of those who chose, by the items of their marks.
    """

    chosen: tuple[IntArray, ...]
    asked: tuple[IntArray, ...]
    of: tuple[int, ...]
    cache: dict[tuple[str, ...], list[Counts]] = field(default_factory=dict, repr=False, compare=False)

    def counts(self, responses: NumberedResponses, marks: Marks) -> Iterator[FloatArray]:
        """Yield the number of marked responses in each option, by numbered cell [F, L]."""
        number, size = responses.number, len(responses.cell)
        whole = [marks.count(number, size, at) for at in self.asked]
        for option, found in enumerate(self._chosen(responses, marks)):
            yield (whole[self.of[option]] - found if whole else found).astype(np.float64)

    def _chosen(self, responses: NumberedResponses, marks: Marks) -> Iterable[Counts]:
        """Count those who chose each option; kept where that takes little memory."""
        number, size = responses.number, len(responses.cell)
        if marks.items in self.cache:
            return self.cache[marks.items]
        found = (marks.count(number, size, at) for at in self.chosen)
        if len(self.chosen) * size * marks.size * marks.kind.itemsize > KEPT:
            return found
        self.cache[marks.items] = list(found)
        return self.cache[marks.items]


def option_sets(options: Sequence[tuple[Bools, Bools]]) -> tuple[OptionSets, OptionSets]:
    """Return those who chose each option, and those who did not.

    Args:
        options: for each who chose it, and who was asked [N].
    """
    asked, of = list[Bools](), list[int]()
    for _, known in options:
        same = next((at for at, one in enumerate(asked) if np.array_equal(known, one)), len(asked))
        asked += [known] if same == len(asked) else []
        of.append(same)
    first = OptionSets(tuple(np.flatnonzero(one) for one, _ in options), (), ())
    return first, replace(first, asked=tuple(np.flatnonzero(one) for one in asked), of=tuple(of))
