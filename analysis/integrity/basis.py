"""Basis: the input of an integrity report, and its figures by interviewer and by area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.integrity.clusters import Clusters, clusters_of, districts_of
from analysis.integrity.copied_texts import CopiedCounts, Written, copied_counts
from analysis.integrity.matching import alike_within, padded, shift_pairs
from analysis.integrity.outlying import (
    AreaSums,
    Outlying,
    explained_by,
    outlying_figures,
    outlying_means,
    outlying_shares,
)
from analysis.integrity.shuffling import MATCH, Block, Keep, Pairs, Shuffled, Statistics, made_now, shuffle
from analysis.integrity.signals import SIGNALS
from analysis.integrity.sums.district_rows import Compared
from analysis.integrity.sums.measures import MEASURES
from analysis.integrity.sums.tally import Tally
from analysis.integrity.sums.usual import Usual
from survey.quality.sheet import Floats
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]
SLOGAN, COPIED, BURST, EFFECT = "slogan", "copied", "burst", "effect"


@dataclass(frozen=True, slots=True)
class Basis:
    """All that is judged: one wave and mode, summed up.

    Attributes:
        tally: sums by cell.
        usual: what they were measured against.
        areas: the sampling frame.
        compared: returns the interviews of a district.
        written: what was written, None if there are no texts.
        stage: name of the wave and mode, which seeds the shuffling.
        keep: finds comparisons of the interviewers of districts that were made before.
        slogans: whether there are phrases of slogans and documents to look for.
    """

    tally: Tally
    usual: Usual
    areas: Areas
    compared: Callable[[str], Compared]
    written: Written | None = None
    stage: str = ""
    keep: Keep = made_now
    slogans: bool = False


def by_interviewer(basis: Basis, *, seed: int, draws: int) -> tuple[pd.DataFrame, dict[str, Shuffled]]:
    """Return the interviewers (unit, n, district, name) and the shuffled signals, in the same order."""
    tally = basis.tally
    clusters = clusters_of(tally.cells, basis.areas)
    units = pd.DataFrame({"unit": list(clusters.names), "n": 0, "district": "", "name": list(clusters.names)})
    if not len(clusters):
        return units, {}
    units["n"] = np.bincount(clusters.owner, tally.rows[clusters.cell], len(units)).astype(np.int64)
    units["district"] = _homes(clusters)
    sums = {name: tally.sums[clusters.cell, at] for at, name in enumerate(MEASURES)}
    counts = {name: tally.known[clusters.cell, at].astype(np.float64) for at, name in enumerate(MEASURES)}
    if basis.slogans and basis.written is not None:
        hits, said = _slogans(basis.written, len(tally.cells))
        sums[SLOGAN], counts[SLOGAN] = hits[clusters.cell], said[clusters.cell]
    names = [name for name in sums if counts[name].any()]
    low = frozenset(name for name, signal in SIGNALS.items() if signal.low)
    what = Statistics(
        {name: sums[name] for name in names},
        {name: counts[name] for name in names},
        tally.rows[clusters.cell].astype(np.float64),
        low,
    )
    blocks = tuple(_blocks(basis, clusters))
    return units, shuffle(blocks, what, len(units), seed=seed, draws=draws, keep=basis.keep)


def _homes(clusters: Clusters) -> list[str]:
    """Return the district in which each interviewer has most clusters, the first of several."""
    found: dict[int, Counter[int]] = {}
    for owner, block in zip(clusters.owner.tolist(), clusters.block.tolist(), strict=True):
        found.setdefault(owner, Counter())[block] += 1
    return [clusters.districts[found[owner].most_common(1)[0][0]] for owner in range(len(clusters.names))]


def _slogans(written: Written, cells: int) -> tuple[Floats, Floats]:
    """Return by cell the responses with an official phrase, and those with a text."""
    hits = np.bincount(written.cell[written.official], minlength=cells).astype(np.float64)
    return hits, np.bincount(written.cell, minlength=cells).astype(np.float64)


def _blocks(basis: Basis, clusters: Clusters) -> Iterator[Block]:
    copied: list[CopiedCounts] = []
    if basis.written is not None and len(basis.written.row):
        block, place = np.full((2, len(basis.tally.cells)), -1, dtype=np.int64)
        block[clusters.cell] = clusters.block
        for number in range(len(clusters.districts)):
            mine = clusters.cell[clusters.block == number]
            place[mine] = np.arange(len(mine))
        copied = copied_counts(basis.written, block, place)
    able = basis.tally.able[clusters.cell] > 0
    long = basis.tally.chosen.shape[1] > 0
    for number, district in enumerate(clusters.districts):
        inside = np.flatnonzero(clusters.block == number)
        owner = clusters.owner[inside]
        places = {int(one): np.flatnonzero(owner == one) for one in np.unique(owner)}
        own = copied[number] if copied else None
        names = (BURST, EFFECT, *((COPIED,) if copied else ()), *((MATCH,) if long and able[inside].all() else ()))
        yield Block(
            inside,
            places,
            f"{basis.stage} {district}",
            names,
            _Read(basis, clusters, inside, district, own),
            district,
            "" if own is None else own.digest(),
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """How the pairs of a block are read, which takes longest and only where its comparison is not kept."""

    basis: Basis
    clusters: Clusters
    inside: Ints
    district: str
    copied: CopiedCounts | None

    def __call__(self) -> Pairs:
        tally, usual, cell = self.basis.tally, self.basis.usual, self.clusters.cell[self.inside]
        rows = self.basis.compared(self.district)
        able = rows.able_cluster()
        score = (tally.total[cell] - tally.given[cell] * usual.mean) / usual.deviation
        shifts = shift_pairs(score, tally.rows[cell].astype(np.float64), self.clusters.point[self.inside])
        pairs = {BURST: rows.burst / 2, EFFECT: shifts}
        if self.copied is not None:
            pairs[COPIED] = self.copied.pairs()
        size = np.bincount(able, minlength=len(cell)).astype(np.float64)
        return Pairs(pairs, padded(rows.nearest, able), size)


def by_area(basis: Basis) -> tuple[pd.DataFrame, dict[str, Outlying]]:
    """Return sampling points (unit, n, district, name) and their signals against the district, in the same order."""
    tally = basis.tally
    psu = tally.psu
    codes = np.unique(psu[psu >= 0])
    area = np.where(psu >= 0, np.searchsorted(codes, psu), -1)
    names, district = districts_of(pa.array(codes), basis.areas)
    known = {int(point.code): point.community for point in basis.areas.points}
    units = pd.DataFrame({"unit": [str(code) for code in codes.tolist()]})
    units["n"] = _by_area(tally.rows, area, len(codes)).astype(np.int64)
    units["district"] = names[district]
    units["name"] = [known.get(code, str(code)) for code in codes.tolist()]
    found = dict(_outlying(tally, area, district))
    if basis.written is not None:
        found |= dict(_of_texts(basis.written, basis.slogans, area, district))
    if tally.chosen.shape[1] and tally.able[area >= 0].any():
        found[MATCH] = _alike(tally, area, district, found.get("topbox"))
    return units, found


def _outlying(tally: Tally, area: Ints, district: Ints) -> Iterator[tuple[str, Outlying]]:
    size = len(district)
    for at, name in enumerate(MEASURES):
        n = _by_area(tally.known[:, at], area, size)
        if not tally.known[:, at].any():
            continue
        total = _by_area(tally.sums[:, at], area, size)
        if SIGNALS[name].kind == "share":
            yield name, outlying_shares(total, n, district)
        else:
            sums = AreaSums(n, total, _by_area(tally.squares[:, at], area, size))
            yield name, outlying_means(sums, district, low=SIGNALS[name].low)


def _of_texts(written: Written, slogans: bool, area: Ints, district: Ints) -> Iterator[tuple[str, Outlying]]:
    size = len(district)
    every, long, near = (
        _by_area(np.bincount(written.cell[one], minlength=len(area)), area, size)
        for one in (slice(None), written.long, written.near)
    )
    if slogans and every.any():
        hits, _ = _slogans(written, len(area))
        yield SLOGAN, outlying_shares(_by_area(hits, area, size), every, district)
    yield COPIED, outlying_shares(near, long, district)


def _alike(tally: Tally, area: Ints, district: Ints, topbox: Outlying | None) -> Outlying:
    """Return the likeness of the responses of an area, beyond what its share of best answers explains."""
    size = len(district)
    chosen = np.zeros((size, tally.chosen.shape[1]), dtype=np.int64)
    np.add.at(chosen, area[area >= 0], tally.chosen[area >= 0])
    alike = alike_within(chosen, _by_area(tally.able, area, size).astype(np.int64), tally.given.shape[1])
    usual = np.zeros(size) if topbox is None else explained_by(alike, topbox.value)
    beyond = outlying_figures(alike - usual, np.zeros(size), district)
    return Outlying(alike, beyond.expected + usual, beyond.p)


def _by_area(values: Floats | Ints, area: Ints, size: int) -> Floats:
    inside = area >= 0
    return np.asarray(np.bincount(area[inside], values[inside], size), dtype=np.float64)
