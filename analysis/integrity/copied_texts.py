"""Copied texts: free texts that were written for one respondent and pasted for others.

Pairs of nearly identical texts of a district are compared with the same texts assigned to other interviewers of the
district (`shuffling`), or with the other areas of the district (`outlying`). The more people of the district write the
same, the less a pair counts. Texts of other districts play no part: nobody is compared with their writers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.copy_groups import groups_apart
from analysis.integrity.sums.tally import Cell
from analysis.text.duplicates import SHORTEST, plain_texts
from survey.quality.sheet import Floats

Ints = npt.NDArray[np.int64]
Make = Callable[[Sequence[Ints]], Iterable[Ints]]
"""Positions of the texts of some districts -> the groups of each, -1 for none."""
Keep = Callable[[Sequence[Ints], Make], Sequence[Ints]]
"""Positions of the texts of each district, how to make the groups of some -> the groups of each."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written in a wave and mode, by response with a text.

    Attributes:
        cells: the cells, in order.
        cell: [W] number of its cell.
        long: [W] whether a text is long enough to be a copy.
        official: [W] whether a text holds an official phrase.
        near: [W] whether another response of the sampling point has nearly the same text.
        row: [T] of each text that has a copy, the number of its response, 0 to W - 1.
        group: [T] and of its group, 0 to G - 1; texts of one group were written in one district, answer one question
            and are nearly the same.
    """

    cells: tuple[Cell, ...]
    cell: Ints
    long: npt.NDArray[np.bool_]
    official: npt.NDArray[np.bool_]
    near: npt.NDArray[np.bool_]
    row: Ints
    group: Ints

    def among(self, cells: tuple[Cell, ...]) -> Written:
        """Return the same with the numbers of other cells, which include these."""
        place = {cell: at for at, cell in enumerate(cells)}
        moved = np.array([place[cell] for cell in self.cells], dtype=np.int64)
        return replace(self, cells=cells, cell=moved[self.cell])


def made_now(districts: Sequence[Ints], make: Make) -> Sequence[Ints]:
    """Return the groups of the texts of each district, made now: nothing is kept."""
    return list(make(districts))


@dataclass(frozen=True, slots=True)
class Writers:
    """The responses of a wave and mode, N of them.

    Attributes:
        cells: their cells, in order.
        cell: [N] number of the cell.
        district: [N] number of the district.
    """

    cells: tuple[Cell, ...]
    cell: Ints
    district: Ints


def written_texts(
    writers: Writers, texts: pa.Table, of: Ints, official: frozenset[str], keep: Keep = made_now
) -> Written:
    """Return what was written, with the copies of each question and district.

    Args:
        writers: the responses.
        texts: item, text.
        of: number of the response of each text.
        official: phrases of slogans and documents.
        keep: finds groups that were made before.
    """
    wrote = np.zeros(len(writers.cell), dtype=np.bool_)
    wrote[of] = True
    responses, row = np.flatnonzero(wrote), (np.cumsum(wrote) - 1)[of]
    said = pc.fill_null(texts["text"], "").combine_chunks().dictionary_encode()
    different, at = said.dictionary, np.asarray(said.indices.to_numpy(), dtype=np.int64)
    long, phrase = np.zeros((2, len(responses)), dtype=np.bool_)
    long[row[_true(pc.greater_equal(pc.utf8_length(different), SHORTEST))[at]]] = True
    if official:
        phrases = "|".join(map(re.escape, sorted(official)))
        phrase[row[_true(pc.match_substring_regex(different, phrases))[at]]] = True
    group = np.full(len(row), -1, dtype=np.int64)
    for mine, copies in _by_district(texts["item"], different, at, writers.district[of], keep):
        group[mine] = np.where(copies >= 0, copies + group.max(initial=-1) + 1, -1)
    row, group = row[group >= 0], group[group >= 0]
    cells, cell = writers.cells, writers.cell[responses]
    psu = np.array([psu for psu, _ in cells], dtype=np.int64)[cell]
    return Written(cells, cell, long, phrase, _near(psu, row, group), row, group)


def _by_district(
    items: pa.ChunkedArray, different: pa.Array, at: Ints, district: Ints, keep: Keep
) -> Iterator[tuple[Ints, Ints]]:
    """Yield the positions of the texts of each district, and their groups."""
    names = items.combine_chunks().dictionary_encode()
    item = np.asarray(names.indices.to_numpy(), dtype=np.int64)
    short = district.max(initial=0) <= np.iinfo(np.int16).max  # sorts several times faster
    order = np.argsort(district.astype(np.int16) if short else district, kind="stable")
    starts = np.flatnonzero(np.diff(district[order], prepend=-1))
    districts = np.split(order, starts[1:]) if len(order) else []
    yield from zip(districts, keep(districts, lambda some: _groups(different, at, item, some)), strict=True)


def _groups(different: pa.Array, at: Ints, item: Ints, districts: Sequence[Ints]) -> Iterator[Ints]:
    """Yield the groups of the texts of each district; of the different texts only those that were said there count."""
    said = np.zeros(len(different), dtype=np.bool_)
    for mine in districts:
        said[at[mine]] = True
    place: dict[str, int] = {}
    number = np.full(len(different), -1, dtype=np.int64)
    plain = plain_texts(different.filter(pa.array(said)).to_pylist())
    number[said] = [place.setdefault(text, len(place)) for text in plain]
    return groups_apart(list(place), number[at], item, districts)


def _true(flags: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(flags.to_numpy(zero_copy_only=False), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class CopiedCounts:
    """Copied texts of the clusters of a block.

    Attributes:
        count: [G, c] texts of each cluster in each group that the block has.
        size: [G] texts of the group, those without an interviewer among them.
    """

    count: Ints
    size: Ints

    def digest(self) -> str:
        """Return a digest of the counts."""
        return hashlib.sha256(repr(self.count.shape).encode() + self.count.tobytes() + self.size.tobytes()).hexdigest()

    def pairs(self) -> Floats:
        """Return [c, c] pairs of copies, each divided by the number of others with the same text.

        Summed over the clusters of one interviewer and divided by the interviews, it is the number of copied texts for
        each interview, which may answer several questions, where all copies lie with that interviewer.
        """
        count, weight = self.count.T.astype(np.float64), 1 / np.maximum(self.size - 1, 1)
        found = np.asarray((count * weight) @ count.T, dtype=np.float64)
        # a text is not a copy of itself
        found[np.diag_indices(len(found))] -= count @ weight
        return found


def copied_counts(written: Written, block: Ints, place: Ints) -> list[CopiedCounts]:
    """Return the copied texts of each block, groups in an order that their numbers do not decide.

    Args:
        written: what was written.
        block: [C] number of the block of each cell, -1 for none.
        place: [C] position of the cell among the clusters of its block.
    """
    size, cell = np.bincount(written.group), written.cell[written.row]
    order = np.argsort(block[cell], kind="stable")
    bounds = np.searchsorted(block[cell][order], np.arange(block.max(initial=-1) + 2))
    found = []
    for number, (start, end) in enumerate(pairwise(bounds.tolist())):
        mine, clusters = order[start:end], int((block == number).sum())
        names, group = np.unique(written.group[mine], return_inverse=True)
        count = np.bincount(group * clusters + place[cell[mine]], minlength=len(names) * clusters)
        rows = np.hstack([size[names][:, None], count.reshape(len(names), clusters)]).astype(np.int64)
        rows = rows[
            np.argsort(np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1])))[:, 0])
        ]
        found.append(CopiedCounts(np.ascontiguousarray(rows[:, 1:]), np.ascontiguousarray(rows[:, 0])))
    return found


def _near(psu: Ints, row: Ints, group: Ints) -> npt.NDArray[np.bool_]:
    """Return [W] whether another response of the sampling point has nearly the same text.

    Args:
        psu: [W] sampling point of each response, negative for none.
        row: [T] response of each copied text.
        group: [T] its group.
    """
    found = np.zeros(len(psu), dtype=np.bool_)
    point = np.unique(psu, return_inverse=True)[1]
    _, number, size = np.unique(group * (len(psu) + 1) + point[row], return_inverse=True, return_counts=True)
    found[row[size[number] > 1]] = True
    return found & (psu >= 0)
