"""Matching: likeness of responses, and other figures from pairs of responses.

The likeness of two responses is the share of opinion items with the same code (Kuriakose & Robbins 2016). It is never
compared with a fixed 85 %: in a contented city a quarter of honest people exceed it (collection.md 4). What is usual
follows from shuffling the clusters of the same survey. All pairs come from matrix products of one-hot codes, for three
responses at once; their figures are kept by pairs of clusters, so that shuffling only adds them up.
"""

from __future__ import annotations

from collections.abc import Sequence
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
CHUNK = 256
"""Responses that are compared with all others at a time."""
LANES, ITEMS = 3, 127
"""Numbers of equal answers, of so many items, that a float holds side by side in its lower bytes."""
_ABOVE = np.float32(2**23)
"""Added to whole numbers below it, it makes a float whose lower bits are those of the number."""


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
    every = np.argsort(cluster, kind="stable")
    earlier, later = np.split(np.arange(len(codes)), [before])
    found = np.empty((len(codes), count), dtype=np.uint8)
    found[earlier] = np.maximum(known, steps[_most_equal(hot, cluster, every[every >= before], earlier, count)])
    found[later] = steps[_most_equal(hot, cluster, every, later, count)]
    return found


def _one_hot(codes: Bytes) -> Singles:
    """Return [N, D + 1] of 0/1, one column per code of every item, and `_ABOVE`; unasked and empty items are 0."""
    parts = [
        codes[:, at] == code for at in range(codes.shape[1]) for code in np.unique(codes[:, at]) if code != UNGIVEN
    ]
    return np.stack([*parts, np.full(len(codes), _ABOVE)], axis=1, dtype=np.float32)


def _most_equal(hot: Sequence[Singles], cluster: Ints, rows: Ints, others: Ints, count: int) -> Ints:
    """Return [others, count] the most equal answers that responses have with one of the rows of each cluster.

    Args:
        hot: `_one_hot` of all responses, for some items each.
        cluster: [N] cluster of each response.
        rows: positions of responses, by ascending cluster.
        others: positions of the responses that are compared with them, but for themselves.
        count: number of clusters.
    """
    size = -(-len(others) // LANES)
    packed = [_packed(one[others], size) for one in hot]
    found = np.zeros((count, size, 4), dtype=np.uint8 if len(hot) == 1 else np.uint16)
    place = np.full(len(cluster), -1)
    place[others] = np.arange(len(others))
    first = np.flatnonzero(np.diff(cluster[rows], prepend=-1))
    for run in np.split(rows, first[1:]) if size and len(rows) else []:
        best = found[cluster[run[0]]]
        for start in range(0, len(run), CHUNK):
            mine = run[start : start + CHUNK]
            equal = _equal([one[mine] for one in hot], packed)
            itself = np.flatnonzero(place[mine] >= 0)
            at = place[mine[itself]]
            equal[itself, at % size, at // size] = 0
            np.maximum(best, equal.max(axis=0), out=best)
    whole = found[:, :, :LANES].transpose(2, 1, 0).reshape(LANES * size, count)
    return whole[: len(others)].astype(np.int64)


def _equal(hot: Sequence[Singles], packed: Sequence[Singles]) -> npt.NDArray[Any]:
    """Return [n, size, 4] the numbers of equal answers, the last of four without a meaning."""
    shape = len(hot[0]), len(packed[0]), 4
    counts = [(one @ right.T).view(np.uint8).reshape(shape) for one, right in zip(hot, packed, strict=True)]
    return counts[0] if len(counts) == 1 else np.asarray(np.sum(counts, axis=0, dtype=np.uint16))


def _packed(hot: Singles, size: int) -> Singles:
    """Return [size, D + 1] the one-hot codes of `LANES` responses in each row, and 1 for `_ABOVE`."""
    lanes = np.zeros((LANES * size, hot.shape[1]), dtype=np.float32)
    lanes[: len(hot), :-1] = hot[:, :-1]
    found = np.tensordot(
        np.float32(256) ** np.arange(LANES, dtype=np.float32), lanes.reshape(LANES, size, hot.shape[1]), 1
    )
    found[:, -1] = 1
    return found


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
    size = np.maximum(np.searchsorted(times, until, side="right") - start, 0)
    left = np.repeat(np.arange(len(rows)), size)
    right = np.repeat(start, size) + np.arange(len(left)) - np.repeat(np.cumsum(size) - size, size)
    cell = cluster[rows[left]] * count + cluster[others[right]]
    return np.bincount(cell, minlength=count * count).reshape(count, count).astype(np.int64)


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
