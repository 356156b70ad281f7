"""Clusters: the interviews of one interviewer in one sampling point, the unit of shuffling.

People in one place resemble each other, so single interviews must not be shuffled between interviewers; whole clusters
of one district and wave may be, when interviewers did nothing but interview (the null hypothesis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.quality.sheet import ResponseSheet, group_numbers
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of the interviews of some wave and mode.

    Attributes:
        of_row: [N] cluster of each response, -1 without interviewer or place.
        owner: [C] number of the interviewer.
        block: [C] clusters of one block are exchangeable: same district, wave and mode.
        point: [C] number of the sampling point and wave.
        names: interviewer codes, by number, in their order.
        blocks: names of the blocks, by number.
        districts: [C] name of the district, "" where the frame does not know it.
    """

    of_row: Ints
    owner: Ints
    block: Ints
    point: Ints
    names: tuple[str, ...]
    blocks: tuple[str, ...]
    districts: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of clusters."""
        return len(self.owner)

    def rows(self) -> Ints:
        """Return the number of responses of each cluster [C]."""
        return np.bincount(self.of_row[self.of_row >= 0], minlength=len(self)).astype(np.int64)


def clusters_of(sheet: ResponseSheet, areas: Areas) -> Clusters:
    """Find the clusters; responses without an interviewer (self-completion) belong to none."""
    names, place = districts_of(sheet, areas)
    coded = pc.dictionary_encode(sheet.rows["interviewer"]).combine_chunks()
    owner = group_numbers(sheet.rows, ("interviewer",))
    owner[owner >= 0] -= int((owner < 0).any())  # NULL has the number 0
    point = group_numbers(sheet.rows, ("wave", "mode", "psu"))
    stage = group_numbers(sheet.rows, ("wave", "mode"))
    there = (owner >= 0) & (point >= 0)
    key = np.where(there, point * (owner.max(initial=0) + 1) + owner, -1)
    found, first, number = np.unique(key, return_index=True, return_inverse=True)
    skip = int(len(found) > 0 and found[0] < 0)
    first = first[skip:]
    _, shown, block = np.unique(stage[first] * len(names) + place[first], return_index=True, return_inverse=True)
    stages = sheet.rows.select(["wave", "mode"]).take(pa.array(first[shown])).to_pylist()
    districts = tuple(str(names[at]) for at in place[first])
    return Clusters(
        of_row=np.asarray(number - skip, dtype=np.int64),
        owner=owner[first],
        block=block.astype(np.int64),
        point=point[first],
        names=tuple(sorted(coded.dictionary.to_pylist())),
        blocks=tuple(f"{one['wave']} {one['mode']} {districts[at]}" for at, one in zip(shown, stages, strict=True)),
        districts=districts,
    )


def districts_of(sheet: ResponseSheet, areas: Areas) -> tuple[npt.NDArray[np.str_], Ints]:
    """Return names of districts, "" where the frame does not know the place, and the district of each response [N]."""
    frame = areas.frame
    psu = np.asarray(pc.fill_null(sheet.rows["psu"], -1).to_numpy(), dtype=np.int64)
    codes = frame["psu"].to_numpy(dtype=np.int64)
    order = np.argsort(codes)
    at = np.clip(np.searchsorted(codes[order], psu), 0, len(codes) - 1)
    names, number = np.unique(["", *frame["district"].astype(str)], return_inverse=True)
    found = number[1:][order][at]
    return names, np.where(codes[order][at] == psu, found, number[0]).astype(np.int64)
