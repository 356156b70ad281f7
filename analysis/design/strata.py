"""Strata of a study: by mode, and by wave where waves share no sampling point of the stratum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, IntArray
from analysis.design.influence import group_codes
from survey.study.modes import MODES


def strata_of(cells: Cells) -> Any:
    """Return the stratum of each cell [C] as categories; cells with mode, stratum, wave and psu."""
    parts = [_coded(cells, name) for name in ("mode", "stratum", "wave")]
    sizes = [len(labels) for _, labels in parts]
    group = np.zeros(len(cells), dtype=np.int64)
    for (codes, _), size in zip(parts, sizes, strict=True):
        group = group * size + codes
    places, group = group_codes(group, int(np.prod(sizes)))
    psu, labels = _coded(cells, "psu")
    pairs, _ = group_codes(group * len(labels) + psu, len(places) * len(labels))
    held: list[set[int]] = [set() for _ in places]
    for at, point in zip((pairs // len(labels)).tolist(), (pairs % len(labels)).tolist(), strict=True):
        held[at].add(point)
    at_each = zip(*(part.tolist() for part in np.unravel_index(places, sizes)), strict=True)
    (_, modes), (_, strata), (_, waves) = parts
    names = _names([(modes[one], strata[two], waves[three]) for one, two, three in at_each], held)
    rank = {name: at for at, name in enumerate(sorted(set(names)))}
    return pd.Categorical.from_codes(np.array([rank[name] for name in names])[group], categories=pd.Index(list(rank)))


def _coded(cells: Cells, name: str) -> tuple[IntArray, list[Any]]:
    """Return a column as codes and its labels, a missing value as the last of them."""
    codes, labels = cells.codes(name)
    lost = codes < 0
    return (np.where(lost, len(labels), codes), [*labels, np.nan]) if lost.any() else (codes, list(labels))


def _names(groups: Sequence[tuple[str, str, str]], held: Sequence[set[int]]) -> list[str]:
    """Return the name of the stratum of each mode, stratum and wave, given the sampling points that it holds."""
    points: dict[tuple[str, str], dict[str, set[int]]] = {}
    place = {group: at for at, group in enumerate(groups)}
    for (mode, stratum, wave), some in zip(groups, held, strict=True):
        points.setdefault((mode, stratum), {})[wave] = some
    several = len({mode for mode, _, _ in groups}) > 1
    names = [""] * len(groups)
    for (mode, stratum), waves in points.items():
        joined = _overlapping(waves)
        label = f"{MODES[mode]}·{stratum}" if several else stratum
        for together in joined:
            apart = f"·{'+'.join(together)}" if len(joined) > 1 else ""
            for wave in together:
                names[place[mode, stratum, wave]] = label + apart
    return names


def _overlapping(waves: Mapping[str, set[int]]) -> list[list[str]]:
    """Group waves that share a sampling point, directly or through others."""
    groups: list[tuple[list[str], set[int]]] = []
    for wave, points in sorted(waves.items()):
        joined = [group for group in groups if group[1] & points]
        groups = [group for group in groups if not group[1] & points]
        names = [name for group in joined for name in group[0]]
        groups.append(([*names, wave], points.union(*(group[1] for group in joined))))
    return [names for names, _ in groups]
