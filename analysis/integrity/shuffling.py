"""Shuffling: the null distribution of an interviewer's figures, had other clusters of the district fallen to them.

Whole clusters (interviewer x sampling point) are exchanged within one district, wave and mode. Under the null
hypothesis all such arrangements are equally likely, so the p-value (1 + those at least as extreme) / (1 + draws) is
exact whatever the traits of people and places (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). The
interviewer's own clusters stay in the pool: drawing from the others alone, without replacement, would make the null
too narrow and accuse honest people.

Statistics stop early where chance is obvious: after the first `FIRST` draws only interviewers with fewer than `ENOUGH`
arrangements as extreme continue, for means only signals with such an interviewer (Besag & Clifford 1991, Biometrika
78:301).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analysis.integrity.matching import Bytes
from survey.quality.sheet import Flags, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Ints = npt.NDArray[np.int64]
DRAWS = 19_999
FIRST, CHUNK, ENOUGH = 999, 1_000, 10
TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Block:
    """Clusters that are exchangeable.

    Attributes:
        clusters: [c] their numbers.
        places: interviewer -> positions of their clusters.
        nearest: [c, c, M] of `matching.padded`, None if likeness is not compared.
        pairs: name -> [c, c] sums over pairs of responses of two clusters.
    """

    clusters: Ints
    places: Mapping[int, Ints]
    nearest: Bytes | None = None
    pairs: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Statistics:
    """The statistics to shuffle.

    Attributes:
        sums: name -> [C] sum of a measure over each cluster.
        counts: name -> [C] responses with that measure.
        rows: [C] responses, the divisor of sums over pairs.
        able: [C] responses that can be compared, the divisor of the likeness.
        low: names of statistics for which low is unusual.
    """

    sums: Mapping[str, Floats]
    counts: Mapping[str, Floats]
    rows: Floats
    able: Floats
    low: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Results by interviewer, [J] each.

    Attributes:
        value: the figure.
        expected: its mean over arrangements.
        p: one-sided; NaN without responses to measure.
    """

    value: Floats
    expected: Floats
    p: Floats


def shuffle(
    blocks: tuple[Block, ...], statistics: Statistics, interviewers: int, *, seed: int = 0, draws: int = DRAWS
) -> dict[str, Shuffled]:
    """Shuffle the clusters and compare every interviewer with the arrangements.

    Args:
        blocks: the sets of exchangeable clusters.
        statistics: the statistics to compare.
        interviewers: the number of interviewers J.
        seed: random seed; the same seed gives the same arrangements.
        draws: number of arrangements.

    Returns:
        Name of the statistic -> results.
    """
    paired = tuple(blocks[0].pairs) if blocks else ()
    tests = {name: _Test(interviewers, name in statistics.low) for name in (*statistics.sums, *paired)}
    if any(block.nearest is not None for block in blocks):
        tests["match"] = _Test(interviewers, False)
    kept = dict.fromkeys(tests, np.ones(interviewers, dtype=np.bool_))
    for number, orders in enumerate(_arrangements(blocks, seed, draws)):
        going = [name for name in statistics.sums if kept[name].any()]
        found = _means(going, blocks, statistics, orders, interviewers) if going else {}
        found |= {name: _of_pairs(name, blocks, statistics, orders, kept[name]) for name in paired}
        if "match" in tests:
            found |= {"match": _likeness(blocks, statistics, orders, kept["match"])}
        for name, values in found.items():
            tests[name].add(values, first=number == 0)
        if number == 1:
            kept = {name: test.open() for name, test in tests.items()}
    return {name: test.result() for name, test in tests.items()}


class _Test:
    """Counts of arrangements at least as extreme as the real one, which is the first."""

    def __init__(self, size: int, low: bool) -> None:
        self.sign = -1.0 if low else 1.0
        self.real = np.full(size, np.nan)
        self.extreme, self.done, self.total = np.zeros(size), np.zeros(size), np.zeros(size)

    def add(self, values: Floats, *, first: bool) -> None:
        if first:
            self.real = values[0]
            return
        known = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            beyond = known & (self.sign * (values - self.real) >= -TIE)
        self.extreme += beyond.sum(axis=0)
        self.done += known.sum(axis=0)
        self.total += np.where(known, values, 0.0).sum(axis=0)

    def open(self) -> Flags:
        """Return [J] whether chance is not obvious yet."""
        return np.asarray(np.isfinite(self.real) & (self.extreme < ENOUGH), dtype=np.bool_)

    def result(self) -> Shuffled:
        known = np.isfinite(self.real) & (self.done > 0)
        p = np.where(known, (1 + self.extreme) / (1 + self.done), np.nan)
        return Shuffled(self.real, self.total / np.maximum(self.done, 1), p)


Orders = list[npt.NDArray[np.int64]]


def _arrangements(blocks: tuple[Block, ...], seed: int, draws: int) -> Iterator[Orders]:
    """Yield the real arrangement, then chunks of random ones: per block [draws, c] the cluster in each place."""
    yield [np.arange(len(block.clusters))[None, :] for block in blocks]
    rng = np.random.default_rng([seed, 20260907])
    left, chunk = draws, FIRST
    while left > 0:
        size = min(chunk, left)
        yield [np.argsort(rng.random((size, len(block.clusters)), dtype=np.float32), axis=1) for block in blocks]
        left, chunk = left - size, CHUNK


def _means(
    names: list[str], blocks: tuple[Block, ...], what: Statistics, orders: Orders, size: int
) -> dict[str, Floats]:
    """Return name -> [draws, J] means of the measures over responses."""
    table = np.stack([*(what.sums[name] for name in names), *(what.counts[name] for name in names)], axis=1)
    total = np.zeros((len(orders[0]), size, table.shape[1]))
    for block, order in zip(blocks, orders, strict=True):
        held = _held(list(block.places.values()), order)
        total[:, list(block.places)] += (held @ table[block.clusters]).reshape(len(order), len(block.places), -1)
    top, base = total[..., : len(names)], total[..., len(names) :]
    share = np.where(base > 0, top / np.maximum(base, 1), np.nan)
    return {name: share[..., at] for at, name in enumerate(names)}


def _held(places: list[Ints], order: Ints) -> csr_array:
    """Return [draws x o, c] 1 where an interviewer holds a cluster.

    Sparse products cost the number of clusters held, and need no threads of their own.

    Args:
        places: positions of the clusters of each of o interviewers.
        order: [draws, c] the cluster in each position.
    """
    from scipy.sparse import csr_array

    starts = np.concatenate([[0], np.cumsum(np.tile([len(each) for each in places], len(order)))])
    clusters = order[:, np.concatenate(places)].ravel()
    shape = (len(order) * len(places), order.shape[1])
    return csr_array((np.ones(len(clusters)), clusters, starts), shape=shape)


def _of_pairs(name: str, blocks: tuple[Block, ...], what: Statistics, orders: Orders, kept: Flags) -> Floats:
    """Return [draws, J] the sum over pairs of clusters per response; NaN for those not kept."""
    top = np.where(kept, 0.0, np.nan) * np.ones((len(orders[0]), 1))
    base = np.zeros_like(top)
    for block, order in zip(blocks, orders, strict=True):
        weight = what.rows[block.clusters]
        for owner, places in block.places.items():
            if kept[owner]:
                chosen = order[:, places]
                top[:, owner] += block.pairs[name][chosen[:, :, None], chosen[:, None, :]].sum(axis=(1, 2))
                base[:, owner] += weight[chosen].sum(axis=1)
    return np.where(base > 0, top / np.maximum(base, 1), np.nan)


def _likeness(blocks: tuple[Block, ...], what: Statistics, orders: Orders, kept: Flags) -> Floats:
    """Return the mean likeness with the nearest other response of the interviewer; NaN for those not kept."""
    top = np.where(kept, 0.0, np.nan) * np.ones((len(orders[0]), 1))
    base = np.zeros_like(top)
    for block, order in zip(blocks, orders, strict=True):
        if block.nearest is None:
            continue
        weight = what.able[block.clusters]
        for owner, places in block.places.items():
            if kept[owner]:
                chosen = order[:, places]
                near = block.nearest[chosen[:, :, None], chosen[:, None, :]].max(axis=2)
                top[:, owner] += near.sum(axis=(1, 2), dtype=np.int64)
                base[:, owner] += weight[chosen].sum(axis=1)
    return np.where(base > 0, top / np.maximum(base, 1), np.nan)
