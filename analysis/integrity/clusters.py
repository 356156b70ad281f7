"""Clusters: the interviews of one interviewer in one sampling point, the unit of shuffling.

People in one place resemble each other, so single interviews must not be shuffled between interviewers; whole clusters
of one district and wave may be, when interviewers did nothing but interview (the null hypothesis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
        names: interviewer codes, by number.
        districts: [C] name of the district, "" where the frame does not know it.
    """

    of_row: Ints
    owner: Ints
    block: Ints
    point: Ints
    names: tuple[str, ...]
    districts: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of clusters."""
        return len(self.owner)

    def rows(self) -> Ints:
        """Return the number of responses of each cluster [C]."""
        return np.bincount(self.of_row[self.of_row >= 0], minlength=len(self)).astype(np.int64)


def clusters_of(sheet: ResponseSheet, areas: Areas) -> Clusters:
    """Find the clusters; responses without an interviewer (self-completion) belong to none."""
    district = districts_of(sheet, areas)
    coded = pc.dictionary_encode(sheet.rows["interviewer"]).combine_chunks()
    owner = np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    point = group_numbers(sheet.rows, ("wave", "mode", "psu"))
    stage = group_numbers(sheet.rows, ("wave", "mode"))
    names, place = np.unique(district, return_inverse=True)
    there = (owner >= 0) & (point >= 0)
    key = np.where(there, point * (owner.max(initial=0) + 1) + owner, -1)
    found, first, number = np.unique(key, return_index=True, return_inverse=True)
    skip = int(len(found) > 0 and found[0] < 0)
    first = first[skip:]
    block = stage[first] * len(names) + place[first]
    return Clusters(
        of_row=np.asarray(number - skip, dtype=np.int64),
        owner=owner[first],
        block=np.unique(block, return_inverse=True)[1].astype(np.int64),
        point=point[first],
        names=tuple(coded.dictionary.to_pylist()),
        districts=tuple(str(name) for name in district[first]),
    )


def districts_of(sheet: ResponseSheet, areas: Areas) -> npt.NDArray[np.str_]:
    """Return the district of each response [N], "" where the frame does not know the place."""
    frame = areas.frame
    psu = np.asarray(pc.fill_null(sheet.rows["psu"], -1).to_numpy(), dtype=np.int64)
    codes = frame["psu"].to_numpy(dtype=np.int64)
    order = np.argsort(codes)
    at = np.clip(np.searchsorted(codes[order], psu), 0, len(codes) - 1)
    known = codes[order][at] == psu
    names = frame["district"].to_numpy(dtype=str)[order][at]
    return np.where(known, names, "").astype(np.str_)
