"""Basis: the input of an integrity report, and its figures by interviewer and by area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analysis.integrity.clusters import Clusters, clusters_of, districts_of
from analysis.integrity.copied_texts import CopiedTexts, Find, copied_in_area, copies_among, copy_pairs
from analysis.integrity.matching import Likeness, burst_pairs, mean_within, shift_pairs
from analysis.integrity.measures import LEAST_ITEMS, opinion_flags, submitted
from analysis.integrity.outlying import Outlying, explained_by, outlying_figures, outlying_means, outlying_shares
from analysis.integrity.shuffling import Block, Keep, Shuffled, Statistics, made_now, shuffle
from analysis.integrity.signals import SIGNALS
from survey.quality.effort.ordered import opinion_items
from survey.quality.sheet import Floats, ResponseSheet, group_numbers
from survey.study.areas import Areas

Ints = npt.NDArray[np.int64]
COMPARED = 12_000
"""Largest number of responses of a district that are compared pairwise; beyond it, an even part of each cluster
represents the cluster. The order alone decides which part, so the shuffled p-values stay exact."""


@dataclass(frozen=True, slots=True)
class IntegrityInput:
    """The input of an integrity report.

    Attributes:
        sheet: responses of one wave and one mode.
        areas: the sampling frame.
        texts: their free texts, None if there are none.
        official: phrases of slogans and documents.
        find: finds the copies among the answers to a question.
        keep: finds comparisons of the interviewers of a district that were made before.
    """

    sheet: ResponseSheet
    areas: Areas
    texts: pa.Table | None = None
    official: frozenset[str] = frozenset()
    find: Find = copies_among
    keep: Keep = made_now


def by_interviewer(
    basis: IntegrityInput, measured: Mapping[str, Floats], copied: CopiedTexts | None, *, seed: int, draws: int
) -> tuple[pd.DataFrame, dict[str, Shuffled]]:
    """Return the interviewers (unit, n, district, name) and the shuffled signals, in the same order."""
    clusters = clusters_of(basis.sheet, basis.areas)
    units = pd.DataFrame({"unit": list(clusters.names), "n": 0, "district": "", "name": list(clusters.names)})
    if not len(clusters):
        return units, {}
    units["n"] = np.bincount(clusters.owner, clusters.rows(), len(units)).astype(np.int64)
    home = pd.Series(clusters.districts).groupby(clusters.owner).agg(lambda names: names.value_counts().index[0])
    units["district"] = home.reindex(range(len(units)), fill_value="")
    inside, count = clusters.of_row >= 0, len(clusters)
    sums: dict[str, Floats] = {}
    counts: dict[str, Floats] = {}
    for name, values in measured.items():
        there = inside & np.isfinite(values)
        sums[name] = np.asarray(np.bincount(clusters.of_row[there], values[there], count), dtype=np.float64)
        counts[name] = np.bincount(clusters.of_row[there], minlength=count).astype(np.float64)
    compared = _compared(opinion_flags(basis.sheet) & inside, clusters)
    able = np.bincount(clusters.of_row[compared], minlength=count).astype(np.float64)
    low = frozenset(name for name, signal in SIGNALS.items() if signal.low)
    what = Statistics(sums, counts, clusters.rows().astype(np.float64), able, low)
    blocks = tuple(_blocks(basis.sheet, clusters, copied, compared))
    return units, shuffle(blocks, what, len(units), seed=seed, draws=draws, keep=basis.keep)


def _compared(able: npt.NDArray[np.bool_], clusters: Clusters) -> npt.NDArray[np.bool_]:
    """Return the responses [N] whose likeness is compared: the able ones, thinned in very large districts.

    Args:
        able: [N] responses with enough answers, in a cluster.
        clusters: of interviewers.
    """
    rows = np.flatnonzero(able)
    rows = rows[np.argsort(clusters.of_row[rows], kind="stable")]
    cluster = clusters.of_row[rows]
    size = np.bincount(cluster, minlength=len(clusters))
    within = np.arange(len(rows)) - np.repeat(np.cumsum(size) - size, size)
    block = clusters.block[cluster]
    step = -(-np.bincount(block) // COMPARED)
    found = np.zeros(len(able), dtype=np.bool_)
    found[rows[within % np.maximum(step, 1)[block] == 0]] = True
    return found


def _blocks(
    sheet: ResponseSheet, clusters: Clusters, copied: CopiedTexts | None, able: npt.NDArray[np.bool_]
) -> Iterator[Block]:
    items = opinion_items(sheet)
    figures = {"burst": burst_pairs(submitted(sheet), clusters), "effect": shift_pairs(sheet, items, clusters)}
    if copied is not None and len(copied.row):
        figures["copied"] = copy_pairs(copied, clusters)
    for number in range(int(clusters.block.max(initial=-1)) + 1):
        inside = np.flatnonzero(clusters.block == number)
        owner = clusters.owner[inside]
        places = {int(one): np.flatnonzero(owner == one) for one in np.unique(owner)}
        pairs = {name: figure(inside) for name, figure in figures.items()}
        yield Block(inside, places, clusters.blocks[number], _likeness(sheet, items, clusters, able, inside), pairs)


def _likeness(
    sheet: ResponseSheet, items: Ints, clusters: Clusters, able: npt.NDArray[np.bool_], inside: Ints
) -> Likeness | None:
    """Return what to compare in a block; None if the questionnaire is too short or a cluster has nothing to compare."""
    place = np.full(len(clusters) + 1, -1)
    place[inside] = np.arange(len(inside))
    rows = np.flatnonzero(able & (place[clusters.of_row] >= 0))
    rows = rows[np.argsort(place[clusters.of_row[rows]], kind="stable")]
    cluster = place[clusters.of_row[rows]]
    if len(items) < LEAST_ITEMS or len(np.unique(cluster)) < len(inside):
        return None
    return Likeness(sheet.codes[np.ix_(rows, items)], cluster, len(inside))


def by_area(
    basis: IntegrityInput, measured: Mapping[str, Floats], copied: CopiedTexts | None
) -> tuple[pd.DataFrame, dict[str, Outlying]]:
    """Return sampling points (unit, n, district, name) and their signals against the district, in the same order."""
    sheet = basis.sheet
    codes, first, area = np.unique(group_numbers(sheet.rows, ("psu",)), return_index=True, return_inverse=True)
    skip = int(len(codes) > 0 and codes[0] < 0)
    first, area = first[skip:], area.astype(np.int64) - skip
    names, place = districts_of(sheet, basis.areas)
    district = place[first]
    units = pd.DataFrame({"unit": [str(code) for code in sheet.rows["psu"].take(pa.array(first)).to_pylist()]})
    units["n"] = np.bincount(area[area >= 0], minlength=len(first))
    units["district"] = names[district]
    known = {str(point.code): point.community for point in basis.areas.points}
    units["name"] = [known.get(code, code) for code in units["unit"]]
    found: dict[str, Outlying] = {}
    for name, values in measured.items():
        if SIGNALS[name].kind == "share":
            found[name] = outlying_shares(values, area, district)
        else:
            found[name] = outlying_means(values, area, district, low=SIGNALS[name].low)
    if copied is not None:
        found["copied"] = outlying_shares(copied_in_area(copied, area), area, district)
    items = opinion_items(sheet)
    able = np.flatnonzero(opinion_flags(sheet) & (area >= 0))
    if len(items) >= LEAST_ITEMS and len(able):
        alike = mean_within(sheet.codes[np.ix_(able, items)], area[able], len(first))
        usual = explained_by(alike, found["topbox"].value) if "topbox" in found else np.zeros(len(first))
        beyond = outlying_figures(alike - usual, np.zeros(len(first)), district)
        found["match"] = Outlying(alike, beyond.expected + usual, beyond.p)
    return units, found
