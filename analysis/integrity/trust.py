"""Trust: what a red light does to a ranking (rule R-13): the area is marked, has no rank, and the sentence says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import AreaLight
from analysis.numerals import names

MARK = "※"
"""Stands behind the name of an area whose light is red."""
NOTE = f"{MARK} 真实性红灯，独立复访前不排名"
RANKS = {"rank_group": "", "rank_low": np.nan, "rank_high": np.nan}
"""What an area with a red light has instead of a rank."""


def doubted(lights: Mapping[str, AreaLight]) -> tuple[str, ...]:
    """The areas that may not be ranked."""
    return tuple(name for name, light in lights.items() if not light.may_rank)


def marked(found: Estimates, lights: Mapping[str, AreaLight], by: str) -> Estimates:
    """The same estimates, see `marked_rows`."""
    return Estimates(marked_rows(found.table, lights, by), found.meta)


def marked_rows(rows: pd.DataFrame, lights: Mapping[str, AreaLight], by: str) -> pd.DataFrame:
    """The rows, areas with a red light marked and without a rank.

    Args:
        rows: one row an area and rate.
        lights: from `area_lights`, by the names in the column `by`.
        by: the column that names the areas.
    """
    names_of = rows[by].astype(str)
    hit = names_of.isin(doubted(lights))
    if not hit.any():
        return rows
    table = rows.copy()
    table[by] = names_of.where(~hit, names_of + MARK)
    for column, nothing in RANKS.items():
        if column in table:
            table[column] = table[column].astype(object).where(~hit, nothing)
    return table


def warning(lights: Mapping[str, AreaLight], shown: Sequence[str]) -> str:
    """The sentence about the areas shown whose rates may not be trustworthy; "" where there are none.

    Args:
        lights: from `area_lights`.
        shown: names of the areas in the table.
    """
    red = [name for name in doubted(lights) if name in set(shown)]
    if not red:
        return ""
    return f"{names(red, 3)}亮真实性红灯（{MARK}），比例可能不可信：独立人员复访前不排名、不表扬"
