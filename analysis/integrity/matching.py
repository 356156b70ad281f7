"""Matching: likeness of responses, and other figures from pairs of responses.

The likeness of two responses is the share of opinion items with the same code (Kuriakose & Robbins 2016). It is never
compared with a fixed 85 %: in a contented city a quarter of honest people exceed it (collection.md 4). What is usual
follows from shuffling the clusters of the same survey. All pairs come from one matrix product of one-hot codes, and
their figures are summed by pairs of clusters, so that shuffling only adds them up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.quality.sheet import Floats

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
HOUR_US = 3_600_000_000
STEPS = 250
"""Number of steps in which a share of equal answers is stored, in one byte."""
UNGIVEN = 255
"""Code of an item that was not asked or left empty; it agrees with nothing."""
CHUNK, FEW = 1_024, 64


def one_hot(codes: Bytes) -> npt.NDArray[np.float32]:
    """Return [N, D] of 0/1, one column per code of every item; unasked and empty items agree with nothing."""
    parts = []
    for at in range(codes.shape[1]):
        for code in np.unique(codes[:, at]):
            if code != UNGIVEN:
                parts.append(codes[:, at] == code)
    return np.stack(parts, axis=1).astype(np.float32) if parts else np.zeros((len(codes), 1), dtype=np.float32)


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
    before, count = known.shape
    found = np.zeros((len(codes), count), dtype=np.uint8)
    found[:before] = known
    later = before + np.argsort(cluster[before:], kind="stable")
    earlier = np.argsort(cluster[:before], kind="stable")
    found[later] = nearest_by_cluster(codes[later], cluster[later], count)
    steps = np.rint(np.arange(codes.shape[1] + 1) * np.float32(STEPS / max(codes.shape[1], 1))).astype(np.uint8)
    others = np.ascontiguousarray(codes[earlier].T)
    theirs, start_of = _bounds(cluster[earlier])
    for start in range(0, len(later) if before else 0, FEW):
        rows = later[start : start + FEW]
        alike = _equal(codes[rows], others)
        at = np.ix_(rows, theirs)
        found[at] = np.maximum(found[at], steps[np.maximum.reduceat(alike, start_of, axis=1)])
        mine, first = _bounds(cluster[rows])
        at = np.ix_(earlier, mine)
        found[at] = np.maximum(found[at], steps[np.maximum.reduceat(alike, first, axis=0)].T)
    return found


def _equal(codes: Bytes, others: Bytes) -> npt.NDArray[np.uint16]:
    """Return [n, N] the number of equal answers of responses [n, K] and others [K, N]."""
    alike = np.zeros((len(codes), others.shape[1]), dtype=np.uint16)
    same = np.empty(alike.shape, dtype=np.bool_)
    for at, theirs in enumerate(others):
        np.equal(codes[:, at, None], theirs, out=same)
        same[codes[:, at] == UNGIVEN] = False
        alike += same
    return alike


def _bounds(cluster: Ints) -> tuple[Ints, Ints]:
    """Return the clusters of responses that are sorted by cluster, and the first response of each."""
    first = np.flatnonzero(np.diff(cluster, prepend=-1))
    return cluster[first], first


def nearest_by_cluster(codes: Bytes, cluster: Ints, count: int) -> Bytes:
    """Return the likeness of each response with the nearest other one in every cluster.

    Args:
        codes: [N, K] opinion items of one block.
        cluster: [N] cluster of each response, 0 to count - 1, ascending.
        count: number of clusters.

    Returns:
        [N, count] largest share of equal answers with a response of that cluster other than itself, in steps of
        1 / `STEPS`.
    """
    hot = one_hot(codes)
    scale = np.float32(STEPS / max(codes.shape[1], 1))
    nearest = np.zeros((len(codes), count), dtype=np.float32)
    for start in range(0, len(codes), CHUNK):
        end = min(start + CHUNK, len(codes))
        alike = hot[start:end] @ hot[start:].T  # every pair once: later rows take the other side of it
        np.fill_diagonal(alike, 0)
        for rows, others, likeness in (
            (slice(start, end), cluster[start:], alike.T),
            (slice(end, None), cluster[start:end], alike[:, end - start :]),
        ):
            first = np.flatnonzero(np.diff(others, prepend=-1))
            if likeness.size:
                found = np.maximum.reduceat(likeness, first, axis=0).T
                nearest[rows, others[first]] = np.maximum(nearest[rows, others[first]], found)
    return np.asarray(np.rint(nearest * scale), dtype=np.uint8)


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
