"""Lights of whole areas (rule R-13): which areas may be ranked, and how many interviews must be repeated.

An area with a red light is marked in tables and has no rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.design.labels import unique_names
from analysis.estimation.estimates import Estimates
from analysis.integrity.combine import Light
from survey.study.areas import Areas

if TYPE_CHECKING:
    from analysis.integrity.report import Integrity

STOP_SHARE = 0.10
"""An area is red when at least this share of its responses comes from red interviewers or sampling points."""
AGAIN_SHARE, AGAIN_LEAST = 0.10, 5
"""Share of the doubtful responses that an independent person repeats, and the smallest number."""


@dataclass(frozen=True, slots=True)
class AreaLight:
    """The light of one area.

    Attributes:
        light: see `combine.Light`.
        n: responses of the area.
        doubtful: responses from red interviewers or sampling points.
        again: interviews that an independent person must repeat; that person draws them, and none is listed here.
    """

    light: Light
    n: int
    doubtful: int
    again: int

    @property
    def may_rank(self) -> bool:
        """Whether the area may appear in a ranking."""
        return self.light is not Light.RED


@dataclass(frozen=True, slots=True)
class Units:
    """The red and amber units of a wave and mode; all that lights of whole areas need.

    Attributes:
        people: light -> codes of interviewers.
        places: light -> codes of sampling points.
    """

    people: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[int]]


def units_of(found: Integrity) -> Units:
    """Return the red and amber units of a report."""
    lights = (str(Light.RED), str(Light.AMBER))
    people = {light: frozenset(_named(found.interviewers, light)) for light in lights}
    return Units(people, {light: frozenset(map(int, _named(found.areas, light))) for light in lights})


def _named(units: pd.DataFrame, light: str) -> list[str]:
    return [str(unit) for unit in units.loc[units["light"] == light, "unit"]]


def area_lights(
    found: Integrity | Units, responses: pa.Table, areas: Areas, by: str = "district"
) -> Mapping[str, AreaLight]:
    """Return the light of every district, street or place type.

    Args:
        found: the integrity of a wave and mode, or its units of concern.
        responses: its responses with psu and interviewer; with a column n, each row stands for n of them.
        areas: the sampling frame.
        by: a name column of `areas.frame`.

    Returns:
        Name of the area, as `analysis.design.labels.unique_names` makes it -> its light.
    """
    units = found if isinstance(found, Units) else units_of(found)
    rows = responses.select(["psu", "interviewer"]).to_pandas()
    size = responses["n"].to_numpy() if "n" in responses.column_names else np.ones(len(rows), dtype=np.int64)
    area = rows["psu"].map(unique_names(areas).set_index("psu")[by])
    red, amber = (of_concern(units, rows, light) for light in (Light.RED, Light.AMBER))
    table = pd.DataFrame({"area": area, "n": size, "red": red * size, "amber": amber * size}).dropna(subset=["area"])
    sums = table.groupby("area", sort=False).sum().astype(int)
    lights = {}
    for name, n, doubtful, amber in sums.itertuples(name=None):
        again = max(AGAIN_LEAST, ceil(AGAIN_SHARE * doubtful)) if doubtful else 0
        lights[str(name)] = AreaLight(_light(doubtful / n, amber / n), n, doubtful, min(again, doubtful))
    return lights


def _light(red: float, amber: float) -> Light:
    if red >= STOP_SHARE:
        return Light.RED
    return Light.AMBER if red > 0 or amber >= STOP_SHARE else Light.GREEN


def of_concern(
    units: Units, rows: pd.DataFrame, light: Light = Light.RED
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which responses come from an interviewer or a sampling point with a light.

    Args:
        units: the units of concern.
        rows: responses with `psu` and `interviewer`.
        light: red or amber.
    """
    people, places = units.people.get(str(light), frozenset()), units.places.get(str(light), frozenset())
    return np.asarray(rows["interviewer"].isin(people) | rows["psu"].isin(places), dtype=np.bool_)


MARK = "※"
"""Suffix of the name of an area whose light is red."""
NOTE = f"{MARK} 真实性红灯，独立复访前不排名"
RANKS = {"rank_group": "", "rank_low": np.nan, "rank_high": np.nan}
"""Text in place of the rank of an area whose light is red."""


def doubted(lights: Mapping[str, AreaLight]) -> tuple[str, ...]:
    """Return the areas that must not be ranked."""
    return tuple(name for name, light in lights.items() if not light.may_rank)


def marked(found: Estimates, lights: Mapping[str, AreaLight], by: str) -> Estimates:
    """Return the estimates with the rows of `marked_rows`."""
    return Estimates(marked_rows(found.table, lights, by), found.meta)


def marked_rows(rows: pd.DataFrame, lights: Mapping[str, AreaLight], by: str) -> pd.DataFrame:
    """Mark the areas with a red light and remove their ranks.

    Args:
        rows: one row per area and rate.
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
