"""Matches: how alike two responses are, as the share of opinion items with the same code (Kuriakose & Robbins 2016).

Never held against a fixed 85 %: in a contented city a quarter of honest people exceed it (collection.md 4). What is
usual is found by shuffling the clusters of this very survey. All pairs come from one matrix product of one-hot codes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.instrument.question import BLANK
from survey.quality.sheet import NULL, Codes, Floats

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
STEPS = 250
"""A share of equal answers is kept in so many steps, in one byte."""
CHUNK = 1_024


def one_hot(codes: Codes) -> npt.NDArray[np.float32]:
    """[N, D] of 0/1, one column for every code of every item; not asked and left empty agree with nothing."""
    parts = []
    for at in range(codes.shape[1]):
        for code in np.unique(codes[:, at]):
            if code not in (NULL, BLANK):
                parts.append(codes[:, at] == code)
    return np.stack(parts, axis=1).astype(np.float32) if parts else np.zeros((len(codes), 1), dtype=np.float32)


def nearest_by_cluster(codes: Codes, cluster: Ints, count: int) -> Bytes:
    """The nearest other response in every cluster.

    Args:
        codes: [N, K] opinion items of one block.
        cluster: [N] cluster of each response, 0 to count - 1, ascending, none empty.
        count: number of clusters.

    Returns:
        [N, count] largest share of equal answers with a response of that cluster other than itself, in steps of
        1 / `STEPS`.
    """
    hot = one_hot(codes)
    scale = np.float32(STEPS / max(codes.shape[1], 1))
    starts = np.searchsorted(cluster, np.arange(count))
    nearest = np.empty((len(codes), count), dtype=np.uint8)
    for start in range(0, len(codes), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(codes)))
        alike = hot[rows] @ hot.T
        alike[np.arange(len(rows)), rows] = 0
        nearest[rows] = np.rint(np.maximum.reduceat(alike, starts, axis=1) * scale).astype(np.uint8)
    return nearest


def padded(nearest: Bytes, cluster: Ints, count: int) -> Bytes:
    """[count, count, M]: `nearest` of the rows of a cluster in another, filled up with 0 to the largest cluster."""
    size = np.bincount(cluster, minlength=count)
    within = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
    result = np.zeros((count, count, int(size.max(initial=1))), dtype=np.uint8)
    result[cluster, :, within] = nearest
    return result


def mean_within(codes: Codes, group: Ints, count: int) -> Floats:
    """[count] mean share of equal answers over all pairs of a group; NaN for groups of one.

    The pairs that agree on a code are c (c - 1) for c responses with it, so no pair is ever looked at.
    """
    hot = one_hot(codes)
    sums = np.zeros((count, hot.shape[1]))
    np.add.at(sums, group, hot)
    size = np.bincount(group, minlength=count)
    pairs = size * (size - 1.0) * max(codes.shape[1], 1)
    agreed = (sums * (sums - 1)).sum(axis=1)
    return np.where(pairs > 0, agreed / np.maximum(pairs, 1), np.nan)
