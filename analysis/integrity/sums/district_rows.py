"""District rows: answers and times of the interviews of a district, and the figures of their pairs.

New interviews are compared with all, old ones are not compared with each other again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.integrity.clusters import districts_of
from analysis.integrity.matching import UNGIVEN, Bytes, likeness_of_more, pairs_of_more
from analysis.integrity.sums.measures import LEAST_ITEMS, opinion_flags, submitted
from analysis.integrity.sums.tally import UNKNOWN, Cell, cells_of, in_order
from survey.quality.effort.ordered import opinion_items
from survey.quality.sheet import Flags, ResponseSheet
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]
COMPARED = 6_000
"""Largest number of interviews of a district that are compared pairwise; beyond it, an even part of each cluster
represents the cluster. The order alone decides which part, so the shuffled p-values stay exact."""


@dataclass(frozen=True, slots=True)
class DistrictRows:
    """Interviews of a district, in the order in which their parts were stored.

    Attributes:
        clusters: the clusters, in order.
        cluster: [N] cluster of each interview.
        submitted: [N] microseconds; -1 unknown.
        able: [N] whether there are enough opinions to compare.
        codes: [A, K] opinions of the able ones; `UNGIVEN` where nothing was answered.
    """

    clusters: tuple[Cell, ...]
    cluster: Ints
    submitted: Ints
    able: Flags
    codes: Bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """Interviews of a district with the figures of their pairs.

    Attributes:
        rows: the interviews.
        chosen: [P] positions, among the able ones, of those whose likeness is compared.
        nearest: [P, c] likeness with the nearest other one in every cluster, in `matching.STEPS`.
        burst: [c, c] pairs of interviews of two clusters that ended within an hour; on the diagonal twice their number.
    """

    rows: DistrictRows
    chosen: Ints
    nearest: Bytes
    burst: Ints

    def able_cluster(self) -> Ints:
        """Return [P] the cluster of those whose likeness is compared."""
        return self.rows.cluster[self.rows.able][self.chosen]


def rows_by_district(sheet: ResponseSheet, areas: Areas) -> dict[str, DistrictRows]:
    """Return the interviews of a wave and mode by district; those without interviewer or place are in none."""
    cells, cell = cells_of(sheet)
    inside = np.array([psu != UNKNOWN and owner is not None for psu, owner in cells], dtype=np.bool_)
    names, place = districts_of(sheet.rows["psu"], areas)
    items, able, times = opinion_items(sheet), opinion_flags(sheet), submitted(sheet)
    place = np.where(inside[cell], place, -1) if len(cells) else place
    packed = _packed(sheet, items if len(items) >= LEAST_ITEMS else items[:0])
    found = {}
    for number in np.unique(place[place >= 0]):
        rows = np.flatnonzero(place == number)
        own, cluster = np.unique(cell[rows], return_inverse=True)
        codes = packed[rows[able[rows]]] if packed.size else np.zeros((0, 0), dtype=np.uint8)
        clusters = tuple(cells[at] for at in own)
        found[str(names[number])] = DistrictRows(clusters, cluster.astype(np.int64), times[rows], able[rows], codes)
    return found


def _packed(sheet: ResponseSheet, items: Ints) -> Bytes:
    """Return [N, K] the codes of some items, `UNGIVEN` where nothing was answered."""
    found = np.empty((len(sheet), len(items)), dtype=np.uint8)
    for at, item in enumerate(items):
        codes = sheet.codes[:, item]
        found[:, at] = np.where((codes < 0) | (codes >= UNGIVEN), UNGIVEN, codes)
    return found


def compared(before: Compared | None, more: DistrictRows) -> Compared:
    """Return interviews with the figures of their pairs, of which those of earlier ones are known.

    Args:
        before: the earlier interviews; None where there are none.
        more: the later ones.
    """
    rows = more if before is None else joined([before.rows, more])
    count, new = len(rows.clusters), len(rows.cluster) - len(more.cluster)
    able = rows.cluster[rows.able]
    chosen = _even_part(able, count)
    known = np.zeros((0, count), dtype=np.uint8)
    burst = np.zeros((count, count), dtype=np.int64)
    if before is not None:
        place = _places(before.rows.clusters, rows.clusters)
        burst[np.ix_(place, place)] = before.burst
        if len(before.chosen) <= len(chosen) and np.array_equal(before.chosen, chosen[: len(before.chosen)]):
            known = np.zeros((len(before.chosen), count), dtype=np.uint8)
            known[:, place] = before.nearest
    burst += pairs_of_more(rows.submitted, rows.cluster, count, new)
    nearest = likeness_of_more(rows.codes[chosen], able[chosen], known) if rows.codes.size else known
    return Compared(rows, chosen if rows.codes.size else chosen[:0], nearest, burst)


def joined(some: Sequence[DistrictRows]) -> DistrictRows:
    """Return interviews of a district together, in this order."""
    clusters = tuple(sorted({cell for one in some for cell in one.clusters}, key=in_order))
    moved = [_places(one.clusters, clusters)[one.cluster] for one in some]
    columns = ([getattr(one, name) for one in some] for name in ("submitted", "able", "codes"))
    return DistrictRows(clusters, np.concatenate(moved), *map(np.concatenate, columns))


def _places(some: tuple[Cell, ...], clusters: tuple[Cell, ...]) -> Ints:
    place = {cell: at for at, cell in enumerate(clusters)}
    return np.array([place[cell] for cell in some], dtype=np.int64)


def _even_part(cluster: Ints, count: int) -> Ints:
    """Return the positions of those that are compared: all, or every second, third, ... of each cluster."""
    step = -(-len(cluster) // COMPARED)
    if step < 2:
        return np.arange(len(cluster))
    order = np.argsort(cluster, kind="stable")
    size = np.bincount(cluster, minlength=count)
    within = np.empty(len(cluster), dtype=np.int64)
    within[order] = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
    return np.flatnonzero(within % step == 0)
