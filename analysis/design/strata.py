"""Strata of a study: by mode, and by wave where waves share no sampling point of the stratum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from survey.study.modes import MODES


def strata_of(cells: Cells) -> Any:
    """Return the stratum of each cell [C] as categories; cells with mode, stratum, wave and psu."""
    keys = cells.keys[["mode", "stratum", "wave", "psu"]]
    group = keys.groupby(["mode", "stratum", "wave"], observed=True, sort=False, dropna=False).ngroup().to_numpy()
    once = keys.assign(group=group).drop_duplicates()
    points: dict[tuple[str, str], dict[str, set[int]]] = {}
    place: dict[tuple[str, str, str], int] = {}
    for mode, stratum, wave, psu, at in once.astype(object).itertuples(index=False):
        points.setdefault((mode, stratum), {}).setdefault(wave, set()).add(psu)
        place[mode, stratum, wave] = at
    several = len({mode for mode, _, _ in place}) > 1
    names = np.empty(len(place), dtype=object)
    for (mode, stratum), waves in points.items():
        groups = _overlapping(waves)
        label = f"{MODES[mode]}·{stratum}" if several else stratum
        for some in groups:
            apart = f"·{'+'.join(some)}" if len(groups) > 1 else ""
            for wave in some:
                names[place[mode, stratum, wave]] = label + apart
    return pd.Categorical(names[group])


def _overlapping(waves: Mapping[str, set[int]]) -> list[list[str]]:
    """Group waves that share a sampling point, directly or through others."""
    groups: list[tuple[list[str], set[int]]] = []
    for wave, points in sorted(waves.items()):
        joined = [group for group in groups if group[1] & points]
        groups = [group for group in groups if not group[1] & points]
        names = [name for group in joined for name in group[0]]
        groups.append(([*names, wave], points.union(*(group[1] for group in joined))))
    return [names for names, _ in groups]
