"""Collapse: merge post-strata with too few answers into their neighbours, and report every merge.

A post-stratum without answers has no weight to calibrate. It joins the neighbour that shares most of its columns, from
the left: within a district and sex the next age class, then the other sex. A district (the first column) without
any answers is left out of the target and reported as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells, FloatArray, IntArray
from survey.errors import CalibrationError

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Collapsed:
    """A margin whose categories all have answers.

    Attributes:
        code: [C] category of each cell, -1 where a column is missing or the population is unknown.
        population: [q] population of each category.
        merged: for each category made of several, their labels joined.
        left_out: labels of first-column values without answers.
        population_out: their population.
    """

    code: IntArray
    population: FloatArray
    merged: tuple[str, ...]
    left_out: tuple[str, ...]
    population_out: float


def collapse(cells: Cells, margin: pd.DataFrame, inside: npt.NDArray[np.bool_], fewest: int = FEWEST) -> Collapsed:
    """Match a margin with part of the cells and merge categories with fewer than `fewest` answers.

    Args:
        cells: with the margin's columns among their keys.
        margin: the columns, from the coarsest to the finest, and `population`.
        inside: [C] cells of this sample (a wave, a mode).
        fewest: smallest number of answers in a category.

    Raises:
        CalibrationError: no answers in any category.
    """
    return merge_levels(cells, match_levels(cells, margin), inside, fewest)


@dataclass(frozen=True, slots=True)
class Levels:
    """A margin matched with all cells.

    Attributes:
        columns: its columns.
        rows: the margin's rows in the order of their levels.
        code: [C] row of each cell, -1 for none.
    """

    columns: tuple[str, ...]
    rows: pd.DataFrame
    code: IntArray


def merge_levels(cells: Cells, levels: Levels, inside: npt.NDArray[np.bool_], fewest: int = FEWEST) -> Collapsed:
    """Merge the categories of a margin that is matched already; see `collapse`."""
    columns, rows = list(levels.columns), levels.rows
    code = np.where(inside, levels.code, -1)
    n = np.bincount(code[code >= 0], weights=cells.n[code >= 0], minlength=len(rows)).astype(np.int64)
    if not n.sum():
        raise CalibrationError(
            "边际的类别里没有任何答卷", where=" × ".join(columns), cure="核对 margins.csv 与答卷的编码"
        )
    places = rows[columns].to_numpy()
    groups = _merge([[at] for at in range(len(rows))], n, places, fewest)
    kept = [group for group in groups if n[group].sum() > 0]
    lost = [at for group in groups if n[group].sum() == 0 for at in group]
    population = rows["population"].to_numpy(dtype=np.float64)
    new = np.full(len(rows) + 1, -1, dtype=np.int64)
    for number, group in enumerate(kept):
        new[group] = number
    return Collapsed(
        new[code],
        np.array([population[group].sum() for group in kept]),
        tuple("+".join("/".join(map(str, places[at])) for at in group) for group in kept if len(group) > 1),
        tuple(dict.fromkeys(str(places[at][0]) for at in lost)),
        float(population[lost].sum()),
    )


def match_levels(cells: Cells, margin: pd.DataFrame) -> Levels:
    """Match the rows of a margin with the cells."""
    columns = tuple(str(name) for name in margin.columns if name != "population")
    sample, given = np.zeros(len(cells), dtype=np.int64), np.zeros(len(margin), dtype=np.int64)
    for name in columns:
        codes, labels = cells.codes(name)
        levels = labels.append(pd.Index(margin[name].unique()).difference(labels))
        given = given * len(levels) + levels.get_indexer(pd.Index(margin[name]))
        sample = np.where((codes < 0) | (sample < 0), -1, sample * len(levels) + codes)
    order = np.argsort(given, kind="stable")
    code = pd.Index(given[order]).get_indexer(pd.Index(sample)).astype(np.int64)
    return Levels(columns, margin.iloc[order].reset_index(drop=True), code)


def _merge(groups: list[list[int]], n: IntArray, places: npt.NDArray[Any], fewest: int) -> list[list[int]]:
    """Merge groups with too few answers into a neighbour, the smallest group first."""
    while len(groups) > 1:
        counts = np.array([n[group].sum() for group in groups])
        if counts.min() >= fewest:
            break
        shared = np.array([_alike(places, one, two) for one, two in pairwise(groups)])
        # A group may join only within its first column (its district), unless that is the only column.
        bound = 1 if places.shape[1] > 1 else 0
        best = np.maximum(np.append(shared, -1), np.insert(shared, 0, -1))
        poor = np.flatnonzero((counts < fewest) & (best >= bound))
        if not len(poor):
            break
        at = int(poor[np.argmin(counts[poor])])
        left = shared[at - 1] if at > 0 else -1
        right = shared[at] if at < len(shared) else -1
        other = at - 1 if left > right or (left == right and counts[at - 1] <= counts[at + 1]) else at
        groups = [*groups[:other], groups[other] + groups[other + 1], *groups[other + 2 :]]
    return groups


def _alike(places: npt.NDArray[Any], one: Sequence[int], two: Sequence[int]) -> int:
    """Return how many leading columns two neighbouring groups share."""
    same = places[one[-1]] == places[two[0]]
    return int(np.argmin(np.append(same, False)))
