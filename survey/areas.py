"""Areas: district > street > community, and the sampling points that interviews are drawn in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

LEVELS: Mapping[str, str] = {"district": "区县", "street": "街道（乡镇）", "community": "社区（村）"}
"""Levels of the tree, from the top; codes have 6, 9 and 12 digits."""

PLACES: tuple[str, ...] = ("城乡结合部", "老旧小区", "农贸市场", "背街小巷", "商圈", "新建小区", "单位大院", "其他")
"""Place types in order of concern; the first four are the weak places of the inspections."""

URBAN_RURAL: Mapping[str, str] = {
    "111": "主城区",
    "112": "城乡结合区",
    "121": "镇中心区",
    "122": "镇乡结合区",
    "123": "特殊区域",
    "210": "乡中心区",
    "220": "村庄",
}
"""城乡分类代码 of the statistics bureau (domain research 5.5)."""


@dataclass(frozen=True, slots=True)
class SamplingPoint:
    """One community of the frame.

    Attributes:
        code: 12-digit code: 6 district, 3 street, 3 community.
        district: name of the district.
        street: name of the street or township.
        community: name of the community or village.
        urban_rural: key of `URBAN_RURAL`, or "" where unknown.
        place: place type, one of `PLACES` or the city's own word.
        population: residents of the survey population.
        stratum: name of the sampling stratum.
    """

    code: int
    district: str
    street: str
    community: str
    urban_rural: str
    place: str
    population: int
    stratum: str


@dataclass(frozen=True)
class Areas:
    """The frame of a study: every community, in order of code."""

    points: tuple[SamplingPoint, ...]

    @cached_property
    def by_code(self) -> Mapping[int, SamplingPoint]:
        """12-digit code -> point."""
        return {point.code: point for point in self.points}

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a community: psu (int64), district, street, community, urban_rural, place, population, stratum."""
        names = ("district", "street", "community", "urban_rural", "place", "population", "stratum")
        columns = {"psu": [point.code for point in self.points]}
        values = {name: [getattr(point, name) for point in self.points] for name in names}
        return pd.DataFrame({**columns, **values}).astype({"psu": "int64", "population": "int64"})

    @cached_property
    def districts(self) -> tuple[str, ...]:
        """Names of the districts, in order of code."""
        return self.children()

    @cached_property
    def strata(self) -> tuple[str, ...]:
        """Names of the strata, in order of first appearance."""
        return tuple(dict.fromkeys(point.stratum for point in self.points))

    def children(self, *path: str) -> tuple[str, ...]:
        """Names one level below a path.

        Args:
            path: nothing for the districts, a district for its streets, district and street for its communities.
        """
        level = list(LEVELS)[len(path)]
        return tuple(dict.fromkeys(str(getattr(point, level)) for point in self.within(*path)))

    def within(self, *path: str) -> tuple[SamplingPoint, ...]:
        """The communities below a path of names (district, street, community); all for an empty path."""
        levels = list(LEVELS)[: len(path)]
        return tuple(point for point in self.points if tuple(getattr(point, level) for level in levels) == path)

    def population(self, by: str = "district") -> Mapping[str, int]:
        """Residents by district, stratum, place or urban_rural.

        Streets and communities of two districts may share a name: sum those with `within`.
        """
        total: Counter[str] = Counter()
        for point in self.points:
            total[getattr(point, by)] += point.population
        return dict(total)
