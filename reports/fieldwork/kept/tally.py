"""Kept tally: sums of a wave and mode by cell; a file covers some of its parts, and the others are added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

from analysis.integrity.sums.district_rows import DistrictRows, rows_by_district
from analysis.integrity.sums.tally import SUMMED, Tally, tally_of
from analysis.integrity.sums.usual import Usual
from reports.counted.kept_arrays import Arrays, keep_arrays, read_latest
from reports.fieldwork.kept.flags import Checking
from reports.fieldwork.kept.round_parts import RoundParts, chain
from reports.fieldwork.kept.usual import usual_digest
from survey.quality.effort.ordered import ordered
from survey.quality.effort.person_fit import placed
from survey.storage.files import CELLS

KEPT = 12
"""Number of files: of a few waves and modes, before and after a few commits."""
See = Callable[[int, Mapping[str, DistrictRows]], object]
"""Receives interviews by district, one batch after the other, and the first of the parts that are read."""


@dataclass(frozen=True, slots=True)
class Summed:
    """The sums of a wave and mode.

    Attributes:
        tally: by cell.
        districts: per part the districts in which it has interviews.
    """

    tally: Tally
    districts: tuple[frozenset[str], ...]


def kept_tally(
    parts: RoundParts, usual: Callable[[], Usual], see: See, *, keep: bool, checking: Checking | None = None
) -> Summed:
    """Return the sums, of which only those of new parts are made; they are kept where `keep` says so.

    Args:
        parts: the answers.
        usual: returns what they are measured against.
        see: receives the interviews that are read.
        keep: whether files are read and written.
        checking: checks single answers, and keeps what it finds, where all answers are read.
    """
    folder, digests = parts.study.root / "store" / CELLS, chain(usual_digest(parts), parts.identities)
    kept, start = read_latest([folder / f"{digest}.tally" for digest in digests[1:]]) if keep else (None, 0)
    known = None if kept is None else _unpacked(kept)
    if known is not None and start == len(parts.parts):
        return known
    found = _added(parts, usual(), see, known, checking if start == 0 else None)
    if keep:
        keep_arrays(folder / f"{digests[-1]}.tally", _packed(found), "*.tally", KEPT)
    return found


def _added(parts: RoundParts, usual: Usual, see: See, known: Summed | None, checking: Checking | None) -> Summed:
    start = len(known.districts) if known else 0
    tallies = [] if known is None else [known.tally]
    places = [set(one) for one in known.districts] if known else []
    places += [set[str]() for _ in parts.parts[start:]]
    home = {int(point.code): point.district for point in parts.study.areas.points}
    for batch in parts.batches(start, checking.columns if checking else ()):
        fitted = placed(ordered(batch.sheet), usual.models)
        tallies.append(tally_of(batch.sheet, parts.study.areas, usual, fitted))
        see(start, rows_by_district(batch.sheet, parts.study.areas))
        for at, points in zip(batch.parts, batch.points, strict=True):
            places[at] |= {home.get(point, "") for point in points if point is not None}
        if checking:
            checking.add(batch.sheet, fitted)
    if checking:
        checking.keep()
    return Summed(reduce(Tally.plus, tallies), tuple(map(frozenset, places)))


def _packed(found: Summed) -> Arrays:
    arrays = {name: getattr(found.tally, name) for name in SUMMED}
    return Arrays(arrays, {"cells": found.tally.cells, "districts": [sorted(one) for one in found.districts]})


def _unpacked(kept: Arrays) -> Summed:
    cells = tuple((int(psu), owner) for psu, owner in kept.meta["cells"])
    return Summed(Tally(cells, **kept.arrays), tuple(map(frozenset, kept.meta["districts"])))
