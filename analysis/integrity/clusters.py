"""Clusters: the interviews of one interviewer in one sampling point, the unit of shuffling.

People in one place resemble each other, so single interviews must not be shuffled between interviewers; whole clusters
of one district and wave may be, when interviewers did nothing but interview (the null hypothesis).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of the interviews of a wave and mode.

    Attributes:
        cell: [C] number of the cell (sampling point and interviewer), ascending.
        owner: [C] number of the interviewer.
        block: [C] clusters of one block are exchangeable: same district.
        point: [C] code of the sampling point.
        names: interviewer codes, by number, in their order.
        districts: names of the blocks' districts, by number; "" where the frame does not know it.
    """

    cell: Ints
    owner: Ints
    block: Ints
    point: Ints
    names: tuple[str, ...]
    districts: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of clusters."""
        return len(self.owner)


def clusters_of(cells: Sequence[tuple[int, str | None]], areas: Areas) -> Clusters:
    """Return the clusters among cells; responses without an interviewer (self-completion) or place belong to none.

    Args:
        cells: code of the sampling point, -1 for none, and of the interviewer, None for none; in order.
        areas: the sampling frame.
    """
    inside = [at for at, (psu, owner) in enumerate(cells) if psu >= 0 and owner is not None]
    point = np.array([cells[at][0] for at in inside], dtype=np.int64)
    people = [str(cells[at][1]) for at in inside]
    names, owner = np.unique(np.array(people, dtype=object), return_inverse=True)
    known, place = districts_of(pa.array(point), areas)
    shown, block = np.unique(place, return_inverse=True)
    return Clusters(
        cell=np.array(inside, dtype=np.int64),
        owner=owner.astype(np.int64),
        block=block.astype(np.int64),
        point=point,
        names=tuple(map(str, names)),
        districts=tuple(str(known[at]) for at in shown),
    )


def districts_of(psu: pa.Array | pa.ChunkedArray, areas: Areas) -> tuple[npt.NDArray[np.str_], Ints]:
    """Return names of districts, "" where the frame does not know the place, and the district of each code [N]."""
    names, codes, district = areas.homes
    wanted = np.asarray(pc.fill_null(psu, -1).to_numpy(), dtype=np.int64)
    at = np.clip(np.searchsorted(codes, wanted), 0, len(codes) - 1)
    return names, np.where(codes[at] == wanted, district[at], 0)
