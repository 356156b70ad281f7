"""Matching: likeness of responses, and other figures from pairs of responses.

The likeness of two responses is the share of opinion items with the same code (Kuriakose & Robbins 2016). It is never
compared with a fixed 85 %: in a contented city a quarter of honest people exceed it (collection.md 4). What is usual
follows from shuffling the clusters of the same survey. All pairs come from matrix products of one-hot codes, for three
responses at once; their figures are kept by pairs of clusters, so that shuffling only adds them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from survey.quality.sheet import Floats

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
HOUR_US = 3_600_000_000
STEPS = 250
"""Number of steps in which a share of equal answers is stored, in one byte."""
UNGIVEN = 255
"""Code of an item that was not asked or left empty; it agrees with nothing."""
LANES, ITEMS = 3, 127
"""Numbers of equal answers, of so many items, that a float holds side by side in its lower bytes."""
CHUNK = 85 * LANES
"""Responses that are compared with all others at a time, a multiple of `LANES`."""
_ABOVE, _LOWER = np.float32(2**23), np.uint32(2**24 - 1)
"""Added to whole numbers below it, the first makes a float whose lower bits, those of the second, are the number."""


def likeness_of_more(codes: Bytes, cluster: Ints, known: Bytes) -> Bytes:
    """Return the likeness of each response with the nearest other one in every cluster.

    Args:
        codes: [N, K] opinion items of one block.
        cluster: [N] cluster of each response.
        known: [n, clusters] the result of the first n responses among themselves, which are not compared again.

    Returns:
        [N, clusters] largest share of equal answers with a response of that cluster other than itself, in steps of
        1 / `STEPS`; 0 where there is none.
    """
    items, (before, count) = codes.shape[1], known.shape
    hot = [_one_hot(codes[:, at : at + ITEMS]) for at in range(0, max(items, 1), ITEMS)]
    steps = np.rint(np.arange(items + 1, dtype=np.float32) * np.float32(STEPS / max(items, 1))).astype(np.uint8)
    found = steps[_most_equal(hot, _laid(cluster, before), count)]
    found[:before] = np.maximum(known, found[:before])
    return found


def _one_hot(codes: Bytes) -> Singles:
    """Return [N, D + 1] of 0/1, one column per code of every item, and `_ABOVE`; unasked and empty items are 0."""
    size, items = codes.shape
    asked = [np.bincount(column, minlength=UNGIVEN + 1)[:UNGIVEN] > 0 for column in codes.T]
    there = np.pad(np.array(asked, dtype=np.bool_).reshape(items, UNGIVEN), ((0, 0), (0, 1)))
    width = int(there.sum()) + 1
    columns = np.where(there, np.cumsum(there).reshape(there.shape) - 1, width - 1)
    found = np.zeros((size, width), dtype=np.float32)
    at = columns.ravel().take(codes + (UNGIVEN + 1) * np.arange(items))
    at += width * np.arange(size)[:, None]
    found.ravel()[at.ravel()] = 1
    found[:, -1] = _ABOVE
    return found


@dataclass(frozen=True, slots=True)
class _Laid:
    """Responses side by side, cluster by cluster, the new ones first; every cluster begins in the first lane.

    Attributes:
        order: [N] the responses.
        start: [S + 1] where each cluster begins among them; those with new and old responses are there twice.
        cluster: [S] number of the cluster.
        column: [S] in which column of lanes it begins.
        new: how many of them are of new responses.
        width: number of columns.
    """

    order: Ints
    start: Ints
    cluster: Ints
    column: Ints
    new: int
    width: int

    def place(self) -> Ints:
        """Return [N] where each response lies, three in a column of four bytes."""
        size = np.diff(self.start)
        within = np.arange(len(self.order)) - np.repeat(self.start[:-1], size)
        found = np.empty(len(self.order), dtype=np.int64)
        found[self.order] = 4 * (np.repeat(self.column, size) + within // LANES) + within % LANES
        return found


def _laid(cluster: Ints, before: int) -> _Laid:
    """Lay out responses, of which the first `before` are old."""
    old = np.arange(len(cluster)) < before
    order = np.lexsort((cluster, old))
    names = cluster[order] + old[order] * (int(cluster.max(initial=0)) + 1)
    first = np.flatnonzero(np.diff(names, prepend=-1))
    start = np.append(first, len(order))
    columns = -(-np.diff(start) // LANES)
    end = np.cumsum(columns)
    new = int(np.count_nonzero(~old[order[first]]))
    return _Laid(order, start, cluster[order[first]], end - columns, new, int(columns.sum()))


def _most_equal(hot: Sequence[Singles], laid: _Laid, count: int) -> Ints:
    """Return [N, count] the most equal answers that responses have with one of each cluster.

    New responses are compared with all, every pair once: its equal answers count for both of the pair.

    Args:
        hot: `_one_hot` of all responses, for some items each.
        laid: where they lie.
        count: number of clusters.
    """
    packed, place = [_packed(one, laid) for one in hot], laid.place()
    best = np.zeros((len(laid.cluster), 4 * laid.width), dtype=np.uint8 if len(hot) == 1 else np.uint16)
    for at in range(laid.new):
        for start in range(laid.start[at], laid.start[at + 1], CHUNK):
            mine = laid.order[start : min(start + CHUNK, laid.start[at + 1])]
            begin = laid.column[at] + (start - laid.start[at]) // LANES
            equal = _equal([one[mine] for one in hot], [right[:, begin:] for right in packed])
            equal[np.arange(len(mine)), place[mine] - 4 * begin] = 0  # nobody is compared with themselves
            theirs = best[at, 4 * begin :]
            np.maximum(theirs, equal.max(axis=0), out=theirs)
            nearest = np.maximum.reduceat(equal, 4 * (np.append(begin, laid.column[at + 1 :]) - begin), axis=1)
            best[at:, place[mine]] = np.maximum(best[at:, place[mine]], nearest.T)
    found = np.zeros((len(laid.order), count), dtype=np.int64)
    for some in (slice(laid.new), slice(laid.new, None)):
        names = laid.cluster[some]
        found[:, names] = np.maximum(found[:, names], best[some][:, place].T)
    return found


def _equal(hot: Sequence[Singles], packed: Sequence[Singles]) -> npt.NDArray[Any]:
    """Return [n, 4 x columns] the numbers of equal answers, 0 in the last of four."""
    counts = [one @ right for one, right in zip(hot, packed, strict=True)]
    for one in counts:
        lanes = one.view(np.uint32)
        np.bitwise_and(lanes, _LOWER, out=lanes)
    held = [one.view(np.uint8) for one in counts]
    return held[0] if len(held) == 1 else np.asarray(np.sum(held, axis=0, dtype=np.uint16))


def _packed(hot: Singles, laid: _Laid) -> Singles:
    """Return [D + 1, columns] the one-hot codes of `LANES` responses in each column, and 1 for `_ABOVE`."""
    column, lane = np.divmod(laid.place(), 4)
    found = np.zeros((laid.width, hot.shape[1]), dtype=np.float32)
    for one in range(LANES):
        mine = np.flatnonzero(lane == one)
        found[column[mine]] += hot[mine] * np.float32(256**one)
    found[:, -1] = 1
    return np.ascontiguousarray(found.T)


def padded(nearest: Bytes, cluster: Ints) -> Bytes:
    """Return [clusters, clusters, M]: `nearest` of the rows of one cluster in another, padded with 0 to the largest.

    Args:
        nearest: [N, clusters] from `likeness_of_more`.
        cluster: [N] cluster of each row.
    """
    order, count = np.argsort(cluster, kind="stable"), nearest.shape[1]
    size = np.bincount(cluster, minlength=count)
    within = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
    result = np.zeros((count, count, int(size.max(initial=1))), dtype=np.uint8)
    result[cluster[order], :, within] = nearest[order]
    return result


def alike_within(chosen: Ints, size: Ints, items: int) -> Floats:
    """Return the mean share of equal answers over all pairs of a group [G]; NaN for groups of one.

    c responses with one code make c (c - 1) agreeing pairs, so no pair has to be enumerated.

    Args:
        chosen: [G, D] responses with each code of each item.
        size: [G] responses.
        items: number of items.
    """
    agreed = (chosen * (chosen - 1)).sum(axis=1)
    pairs = size * (size - 1.0) * max(items, 1)
    return np.where(pairs > 0, agreed / np.maximum(pairs, 1), np.nan)


def pairs_of_more(submitted: Ints, cluster: Ints, count: int, before: int) -> Ints:
    """Count pairs of interviews that ended within an hour, by their clusters; the first `before` are not paired again.

    Args:
        submitted: [N] microseconds; -1 unknown.
        cluster: [N] cluster of each interview.
        count: number of clusters.
        before: number of earlier interviews, whose pairs are known.

    Returns:
        [clusters, clusters], symmetric: a pair of one cluster counts twice on the diagonal.
    """
    earlier, later = (rows[submitted[rows] >= 0] for rows in np.split(np.arange(len(submitted)), [before]))
    earlier, later = (rows[np.argsort(submitted[rows], kind="stable")] for rows in (earlier, later))
    times, others = submitted[later], submitted[earlier]
    # each with all that follow within an hour: the cost is the number of pairs
    found = _paired(cluster, later, later, np.arange(len(later)) + 1, times, times + HOUR_US, count)
    found += _paired(cluster, later, earlier, np.searchsorted(others, times - HOUR_US), others, times + HOUR_US, count)
    return found + found.T


def _paired(cluster: Ints, rows: Ints, others: Ints, start: Ints, times: Ints, until: Ints, count: int) -> Ints:
    """Count the pairs of each row with the others from `start` on whose times are not after `until`."""
    end = np.maximum(np.searchsorted(times, until, side="right"), start)
    mine, theirs, size = cluster[rows], cluster[others], end - start
    if size.sum() > count * (len(others) + 1):
        return _covered(mine, theirs, start, end, count)
    at = np.arange(int(size.sum())) + np.repeat(start - np.cumsum(size) + size, size)
    cell = np.repeat(mine * count, size) + theirs[at]
    return np.bincount(cell, minlength=count * count).reshape(count, count).astype(np.int64)


def _covered(mine: Ints, theirs: Ints, start: Ints, end: Ints, count: int) -> Ints:
    """Count pairs of which there are many: of each of the others, by how many of every cluster it is covered."""
    places = len(theirs) + 1
    edges = np.concatenate([mine * places + start, mine * places + end])
    steps = np.bincount(edges, np.repeat([1.0, -1.0], len(mine)), count * places).reshape(count, places)
    covering = np.cumsum(steps, axis=1, out=steps)[:, :-1]
    of = np.zeros((len(theirs), count))
    of[np.arange(len(theirs)), theirs] = 1
    return np.asarray(covering @ of, dtype=np.int64)


def shift_pairs(score: Floats, rows: Ints, point: Ints) -> Floats:
    """Return products of the deviations of two clusters from their whole sampling points, over all items.

    Summed over the clusters of one interviewer and divided by the interviews it is the mean square shift of the items
    beyond area, about 1 where there is no interviewer effect. A point with one interviewer carries no information.

    Args:
        score: [c, K] sums of standardised codes over the interviews of each cluster.
        rows: [c] interviews.
        point: [c] code of the sampling point.
    """
    _, at = np.unique(point, return_inverse=True)
    size = np.bincount(at, rows)
    whole = np.zeros((len(size), score.shape[1]))
    np.add.at(whole, at, score)
    own = rows / np.maximum(size[at], 1)
    shift = score - own[:, None] * whole[at]
    shift /= np.sqrt(np.maximum(1 - own, 0.05) * max(score.shape[1], 1))[:, None]
    products = np.asarray(shift @ shift.T, dtype=np.float64)
    # halves of one point mirror each other; no real interviewer has both, so shuffled ones must not gain from it
    mirrored = at[:, None] == at[None, :]
    np.fill_diagonal(mirrored, False)
    return np.where(mirrored, 0.0, products)
