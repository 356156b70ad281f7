"""Matching: likeness of responses, and other figures from pairs of responses.

The likeness of two responses is the share of opinion items with the same code (Kuriakose & Robbins 2016). It is never
compared with a fixed 85 %: in a contented city a quarter of honest people exceed it (collection.md 4). What is usual
follows from shuffling the clusters of the same survey. All pairs come from one matrix product of one-hot codes, and
their figures are summed by pairs of clusters, so that shuffling only adds them up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.integrity.clusters import Clusters
from analysis.integrity.measures import HOUR_US
from survey.instrument.question import BLANK
from survey.quality.sheet import NULL, Codes, Floats, ResponseSheet

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
STEPS = 250
"""Number of steps in which a share of equal answers is stored, in one byte."""
CHUNK = 1_024


@dataclass(frozen=True, slots=True)
class Likeness:
    """Responses of a block whose likeness is compared.

    Attributes:
        codes: [N, K] opinion items.
        cluster: [N] cluster of each response, 0 to count - 1, ascending, none empty.
        count: number of clusters.
    """

    codes: Codes
    cluster: Ints
    count: int

    def padded(self) -> Bytes:
        """Return [count, count, M], see `padded`."""
        return padded(nearest_by_cluster(self.codes, self.cluster, self.count), self.cluster, self.count)

    def digest(self) -> bytes:
        """Return a digest of the answers."""
        found = hashlib.sha256(repr((self.codes.shape, self.count)).encode())
        for array in (self.codes, self.cluster):
            found.update(array.tobytes())
        return found.digest()


def one_hot(codes: Codes) -> npt.NDArray[np.float32]:
    """Return [N, D] of 0/1, one column per code of every item; unasked and empty items agree with nothing."""
    parts = []
    for at in range(codes.shape[1]):
        for code in np.unique(codes[:, at]):
            if code not in (NULL, BLANK):
                parts.append(codes[:, at] == code)
    return np.stack(parts, axis=1).astype(np.float32) if parts else np.zeros((len(codes), 1), dtype=np.float32)


def nearest_by_cluster(codes: Codes, cluster: Ints, count: int) -> Bytes:
    """Return the likeness of each response with the nearest other one in every cluster.

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


def padded(nearest: Bytes, cluster: Ints, count: int) -> Bytes:
    """Return [count, count, M]: `nearest` of the rows of one cluster in another, padded with 0 to the largest."""
    size = np.bincount(cluster, minlength=count)
    within = np.arange(len(cluster)) - np.repeat(np.cumsum(size) - size, size)
    result = np.zeros((count, count, int(size.max(initial=1))), dtype=np.uint8)
    result[cluster, :, within] = nearest
    return result


def mean_within(codes: Codes, group: Ints, count: int) -> Floats:
    """Return the mean share of equal answers over all pairs of a group [count]; NaN for groups of one.

    c responses with one code make c (c - 1) agreeing pairs, so no pair has to be enumerated.
    """
    agreed = np.zeros(count)
    for at in range(codes.shape[1]):
        inside = (codes[:, at] != NULL) & (codes[:, at] != BLANK)
        known, code = np.unique(codes[inside, at], return_inverse=True)
        cell = group[inside] * len(known) + code
        many = np.bincount(cell, minlength=count * len(known)).reshape(count, len(known))
        agreed += (many * (many - 1)).sum(axis=1)
    size = np.bincount(group, minlength=count)
    pairs = size * (size - 1.0) * max(codes.shape[1], 1)
    return np.where(pairs > 0, agreed / np.maximum(pairs, 1), np.nan)


InBlock = Callable[[Ints], Floats]
"""Cluster numbers of a block -> [c, c] figures of its pairs of clusters."""


def burst_pairs(submitted: Ints, clusters: Clusters) -> InBlock:
    """Count pairs of interviews of two clusters that ended within an hour; within one cluster each pair counts 1.

    Args:
        submitted: [N] microseconds; -1 unknown.
        clusters: of the responses.
    """

    def inside(block: Ints) -> Floats:
        place = np.full(len(clusters) + 1, -1)
        place[block] = np.arange(len(block))
        rows = np.flatnonzero((place[clusters.of_row] >= 0) & (submitted >= 0))
        rows = rows[np.argsort(submitted[rows], kind="stable")]
        times = submitted[rows]
        # each with all that follow within an hour: the cost is the number of pairs
        size = np.searchsorted(times, times + HOUR_US, side="right") - np.arange(len(rows)) - 1
        left = np.repeat(np.arange(len(rows)), size)
        right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(size) - size, size)
        at = place[clusters.of_row[rows]]
        found = np.zeros((len(block), len(block)))
        np.add.at(found, (at[left], at[right]), 1.0)
        return (found + found.T) / 2

    return inside


def shift_pairs(sheet: ResponseSheet, items: Ints, clusters: Clusters) -> InBlock:
    """Return products of the deviations of two clusters from their whole sampling points, over all items.

    Summed over the clusters of one interviewer and divided by the interviews it is the mean square shift of the items
    beyond area, about 1 where there is no interviewer effect. A point with one interviewer carries no information.
    """
    rows = np.flatnonzero(clusters.of_row >= 0)
    of_row = clusters.of_row[rows]
    point = clusters.point[of_row]
    size = np.bincount(point, minlength=int(clusters.point.max(initial=0)) + 1)
    score = _standard(sheet, items)[rows]
    shift = np.zeros((len(clusters), len(items)))
    for at in range(len(items)):
        middle = np.bincount(point, score[:, at], len(size)) / np.maximum(size, 1)
        shift[:, at] = np.bincount(of_row, score[:, at] - middle[point], len(clusters))
    own = clusters.rows() / np.maximum(size[clusters.point], 1)
    shift /= np.sqrt(np.maximum(1 - own, 0.05) * max(len(items), 1))[:, None]

    def inside(block: Ints) -> Floats:
        products = np.asarray(shift[block] @ shift[block].T, dtype=np.float64)
        # halves of one point mirror each other; no real interviewer has both, so shuffled ones must not gain from it
        mirrored = clusters.point[block][:, None] == clusters.point[block][None, :]
        np.fill_diagonal(mirrored, False)
        return np.where(mirrored, 0.0, products)

    return inside


def _standard(sheet: ResponseSheet, items: Ints) -> Floats:
    """Return [N, K] codes with mean 0 and variance 1 among substantive answers, 0 elsewhere."""
    there = sheet.substantive[:, items]
    codes = np.where(there, sheet.codes[:, items], 0).astype(np.float64)
    count = np.maximum(there.sum(axis=0), 1)
    centred = np.where(there, codes - codes.sum(axis=0) / count, 0.0)
    return np.asarray(centred / np.sqrt(np.maximum((centred**2).sum(axis=0) / count, 1e-9)), dtype=np.float64)
