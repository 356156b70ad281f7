"""Kept district rows: the interviews of a district with the figures of their pairs, to which new ones are added."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.integrity.sums.district_rows import Compared, DistrictRows, compared, joined, rows_by_district
from reports.counted.kept_arrays import Arrays, keep_arrays, read_latest
from reports.fieldwork.kept.round_parts import RoundParts, chain
from survey.storage.files import CELLS

KEPT = 2
"""Number of files of a district: as it is, and as it was before."""
SUFFIX = ".interviews"


@dataclass(slots=True)
class Districts:
    """The districts of a wave and mode.

    Attributes:
        parts: the answers.
        keep: whether files are read and written.
        places: per part the districts in which it has interviews.
        seen: interviews by district that have been read, by the first of their parts.
    """

    parts: RoundParts
    keep: bool
    places: tuple[frozenset[str], ...] = ()
    seen: dict[int, list[Mapping[str, DistrictRows]]] = field(default_factory=dict)

    def see(self, start: int, interviews: Mapping[str, DistrictRows]) -> None:
        """Take interviews of parts from `start` on; batches of one start come in order, up to the last part."""
        self.seen.setdefault(start, []).append(interviews)

    def digest(self, district: str) -> str:
        """Return what names the interviews of a district."""
        return self._chain(district)[1][-1]

    def compared(self, district: str) -> Compared:
        """Return the interviews of a district, kept or made."""
        positions, digests = self._chain(district)
        found, count = self._known(district, digests) if self.keep else (None, 0)
        if count == len(positions) and found is not None:
            return found
        found = compared(found, self._after(district, positions, count))
        if self.keep:
            path = self._path(district, digests[-1])
            keep_arrays(path, _packed(found), f"{path.name.split('-')[0]}-*{SUFFIX}", KEPT)
        return found

    def _chain(self, district: str) -> tuple[list[int], list[str]]:
        """Return the positions of the parts with interviews in a district, and a digest of each number of them."""
        positions = [at for at, places in enumerate(self.places) if district in places]
        return positions, chain(self.parts.definition, [self.parts.identities[at] for at in positions])

    def _known(self, district: str, digests: list[str]) -> tuple[Compared | None, int]:
        kept, count = read_latest([self._path(district, digest) for digest in digests[1:]])
        return (None if kept is None else _unpacked(kept)), count

    def _path(self, district: str, digest: str) -> Path:
        one = self.parts.one
        name = hashlib.sha256(repr((one.wave, one.mode, district)).encode()).hexdigest()[:16]
        return self.parts.study.root / "store" / CELLS / f"{name}-{digest}{SUFFIX}"

    def _after(self, district: str, positions: list[int], count: int) -> DistrictRows:
        """Return the interviews of the parts of a district but the first `count`."""
        first, before = positions[count], positions[count - 1] if count else -1
        start = next((at for at in self.seen if before < at <= first), None)
        if start is None:
            start = first if count else 0
            for batch in self.parts.batches(start):
                self.see(start, rows_by_district(batch.sheet, self.parts.study.areas))
        return joined([each[district] for each in self.seen[start] if district in each])


def _packed(found: Compared) -> Arrays:
    rows = found.rows
    arrays = {name: getattr(rows, name) for name in ("cluster", "submitted", "able", "codes")}
    arrays |= {name: getattr(found, name) for name in ("chosen", "nearest", "burst")}
    return Arrays(arrays, {"clusters": rows.clusters})


def _unpacked(kept: Arrays) -> Compared:
    own = kept.arrays
    clusters = tuple((int(psu), str(owner)) for psu, owner in kept.meta["clusters"])
    rows = DistrictRows(clusters, own["cluster"], own["submitted"], own["able"], own["codes"])
    return Compared(rows, own["chosen"], own["nearest"], own["burst"])
