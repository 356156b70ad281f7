"""Tally: sums of a wave and mode by cell (sampling point and interviewer); tallies of parts are added up.

Measures are rounded to steps that sums in floating point hold exactly, so the order of the additions changes no bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.integrity.clusters import districts_of
from analysis.integrity.sums.measures import LEAST_ITEMS, MEASURES, measure, opinion_flags
from analysis.integrity.sums.usual import Usual
from survey.quality.effort.ordered import opinion_items
from survey.quality.effort.person_fit import Levels
from survey.quality.sheet import Flags, Floats, ResponseSheet, group_numbers, ranks
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]
UNKNOWN = -1
"""Code of a sampling point that is not known."""
Cell = tuple[int, str | None]
"""Code of the sampling point, or `UNKNOWN`, and of the interviewer, None for none."""
STEP = 2.0**-20
"""What measures and their squares are whole multiples of."""
_ONE = 2.0**32
"""What an answer adds to a sum of codes, so that the sum holds the number of answers as well; it is exact."""
SUMMED = ("rows", "able", "known", "sums", "squares", "chosen", "given", "total")


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums by cell; M measures (`MEASURES`), K opinion items, D pairs of an opinion item and one of its codes.

    Attributes:
        cells: the cells, in order.
        rows: [C] responses.
        able: [C] those with enough opinions to be compared.
        known: [C, M] responses with a measure.
        sums: [C, M] sum of the measure.
        squares: [C, M] sum of its squares.
        chosen: [C, D] able responses with a code.
        given: [C, K] substantive answers.
        total: [C, K] sum of their codes.
    """

    cells: tuple[Cell, ...]
    rows: Ints
    able: Ints
    known: Ints
    sums: Floats
    squares: Floats
    chosen: Ints
    given: Ints
    total: Ints

    @property
    def psu(self) -> Ints:
        """Return [C] the sampling point of each cell."""
        return np.array([psu for psu, _ in self.cells], dtype=np.int64)

    def plus(self, other: Tally) -> Tally:
        """Return the sums of both."""
        cells = tuple(sorted({*self.cells, *other.cells}, key=in_order))
        place = {cell: at for at, cell in enumerate(cells)}
        mine, theirs = (np.array([place[cell] for cell in one.cells], dtype=np.int64) for one in (self, other))
        added = {}
        for name in SUMMED:
            first, second = getattr(self, name), getattr(other, name)
            total = np.zeros((len(cells), *first.shape[1:]), dtype=first.dtype)
            total[mine] = first
            total[theirs] += second
            added[name] = total
        return replace(self, cells=cells, **added)


def in_order(cell: Cell) -> tuple[int, bool, str]:
    """Return the sort key of a cell."""
    return cell[0], cell[1] is not None, cell[1] or ""


def tally_of(sheet: ResponseSheet, areas: Areas, usual: Usual, fitted: Levels | None = None) -> Tally:
    """Sum up responses of one wave and one mode.

    Args:
        sheet: the responses.
        areas: the sampling frame.
        usual: what they are measured against.
        fitted: their graded items with its models, see `measure`.
    """
    cells, cell = cells_of(sheet)
    _, district = districts_of(sheet.rows["psu"], areas)
    measured, able = measure(sheet, district, usual, fitted), opinion_flags(sheet)
    items = opinion_items(sheet)
    given, total = _answered(sheet, items, cell, len(cells))
    size = len(cells)
    known, sums, squares = _sums(cell, [measured[name] for name in MEASURES], size)
    return Tally(
        cells=cells,
        rows=_count(cell, size),
        able=_count(cell[able], size),
        known=known,
        sums=sums,
        squares=squares,
        chosen=_chosen(sheet, items, able, cell, size),
        given=given,
        total=total,
    )


def cells_of(sheet: ResponseSheet) -> tuple[tuple[Cell, ...], Ints]:
    """Return the cells of the responses, in order, and the number of each response's [N]."""
    psu = np.asarray(sheet.rows["psu"].fill_null(UNKNOWN).to_numpy(), dtype=np.int64)
    owner = group_numbers(sheet.rows, ("interviewer",))
    point = np.unique(psu, return_inverse=True)[1]
    key = point * (int(owner.max(initial=-1)) + 2) + owner + 1
    number = ranks(key)
    first = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]  # of several rows the last one counts, here the first
    names = sheet.rows["interviewer"].take(first).to_pylist()
    return tuple(zip(psu[first].tolist(), names, strict=True)), number


def choices_of(sheet: ResponseSheet, item: int) -> list[int]:
    """Return the codes of the choices of an item that are counted."""
    return [choice.code for choice in sheet.items[item].choices]


def _chosen(sheet: ResponseSheet, items: Ints, able: Flags, cell: Ints, count: int) -> Ints:
    """Return [C, D] able responses with each choice of each opinion item; none for short questionnaires."""
    found = [np.zeros((count, 0), dtype=np.int64)]
    rows, cell = np.flatnonzero(able), cell[able]
    for item in items if len(items) >= LEAST_ITEMS else items[:0]:
        choices = choices_of(sheet, item)
        place = np.full(257, len(choices))
        place[choices] = np.arange(len(choices))
        codes = sheet.codes[rows, item]
        at = cell * (len(choices) + 1) + place[np.where(codes < 0, 256, codes)]
        found.append(_count(at, count * (len(choices) + 1)).reshape(count, len(choices) + 1)[:, :-1])
    return np.hstack(found)


def _answered(sheet: ResponseSheet, items: Ints, cell: Ints, count: int) -> tuple[Ints, Ints]:
    given, total = np.zeros((2, count, len(items)), dtype=np.int64)
    for at, item in enumerate(items):
        there = sheet.substantive[:, item]
        both = np.bincount(cell, np.where(there, sheet.codes[:, item] + _ONE, 0.0), count)
        given[:, at] = np.rint(both / _ONE)
        total[:, at] = both - given[:, at] * _ONE
    return given, total


def _rounded(values: Floats) -> Floats:
    return np.asarray(np.rint(values / STEP) * STEP, dtype=np.float64)


def _count(cell: Ints, count: int) -> Ints:
    return np.bincount(cell, minlength=count).astype(np.int64)


def _sums(cell: Ints, measured: Sequence[Floats], count: int) -> tuple[Ints, Floats, Floats]:
    """Return [C, M] responses with each measure, its sum, and the sum of its squares."""
    known = np.zeros((count, len(measured)), dtype=np.int64)
    sums, squares = np.zeros((2, count, len(measured)))
    for at, each in enumerate(measured):
        there = np.isfinite(each)
        values, cells = _rounded(each[there]), cell[there]
        known[:, at] = _count(cells, count)
        sums[:, at] = np.bincount(cells, values, count)
        squares[:, at] = np.bincount(cells, _rounded(values**2), count)
    return known, sums, squares
