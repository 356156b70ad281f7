"""Areas: district > street > community, and the sampling frame of communities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.host.names import text_fault
from survey.storage.tables import Table, read_table

LEVELS: Mapping[str, str] = {"district": "区县", "street": "街道（乡镇）", "community": "社区（村）"}
"""Levels of the tree from the top; their codes have 6, 9 and 12 digits."""

NAME_LENGTH = 100
"""Characters of the name of a place at most."""
CODE_DIGITS = 12
PLACES: tuple[str, ...] = ("城乡结合部", "老旧小区", "农贸市场", "背街小巷", "商圈", "新建小区", "单位大院", "其他")
"""Place types in order of concern; the first four are those found weak by inspections."""

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
        place: place type, one of `PLACES` or a term of the city.
        population: residents in the survey population.
        stratum: name of the sampling stratum.
        longitude: degrees east, or None where the frame has none.
        latitude: degrees north, or None.
    """

    code: int
    district: str
    street: str
    community: str
    urban_rural: str
    place: str
    population: int
    stratum: str
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True)
class Areas:
    """The frame of a study: all communities, in order of code."""

    points: tuple[SamplingPoint, ...]

    @cached_property
    def by_code(self) -> Mapping[int, SamplingPoint]:
        """12-digit code -> point."""
        return {point.code: point for point in self.points}

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per community: psu (int64), district, street, community, urban_rural, place, population, stratum."""
        names = ("district", "street", "community", "urban_rural", "place", "population", "stratum")
        columns = {"psu": [point.code for point in self.points]}
        values = {name: [getattr(point, name) for point in self.points] for name in names}
        return pd.DataFrame({**columns, **values}).astype({"psu": "int64", "population": "int64"})

    @cached_property
    def homes(self) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Names of the districts after "" for none; codes of the communities, ascending, and the district of each."""
        codes = self.frame["psu"].to_numpy(dtype=np.int64)
        names, number = np.unique(["", *self.frame["district"].astype(str)], return_inverse=True)
        order = np.argsort(codes)
        return names, codes[order], number[1:][order].astype(np.int64)

    @cached_property
    def row_hashes(self) -> npt.NDArray[np.uint64]:
        """A hash of each row of the frame, of which names of kept results are made."""
        return np.asarray(pd.util.hash_pandas_object(self.frame, index=False).to_numpy())

    @cached_property
    def districts(self) -> tuple[str, ...]:
        """District names, in order of code."""
        return self.children()

    @cached_property
    def strata(self) -> tuple[str, ...]:
        """Stratum names, in order of first appearance."""
        return tuple(dict.fromkeys(point.stratum for point in self.points))

    def children(self, *path: str) -> tuple[str, ...]:
        """Return the names one level below a path.

        Args:
            path: empty for the districts, a district for its streets, district and street for its communities.
        """
        return self._parts.get(path, ())

    def within(self, *path: str) -> tuple[SamplingPoint, ...]:
        """Return the communities below a path of names (district, street, community); all for an empty path."""
        return self._below.get(path, ()) if path else self.points

    @cached_property
    def _below(self) -> Mapping[tuple[str, ...], tuple[SamplingPoint, ...]]:
        """Path of one to three names -> its communities; pages ask for a few of many thousand in every run."""
        found: dict[tuple[str, ...], list[SamplingPoint]] = {}
        for point in self.points:
            path = (point.district, point.street, point.community)
            for depth in range(1, len(path) + 1):
                found.setdefault(path[:depth], []).append(point)
        return {path: tuple(points) for path, points in found.items()}

    @cached_property
    def _parts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Path of up to two names -> the names one level below it, in order of code."""
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for point in self.points:
            path = (point.district, point.street, point.community)
            for depth, name in enumerate(path):
                found.setdefault(path[:depth], {})[name] = None
        return {path: tuple(names) for path, names in found.items()}

    @cached_property
    def centres(self) -> Mapping[str, tuple[float, float]]:
        """District -> longitude and latitude, the mean over residents of its communities with coordinates."""
        sums: dict[str, tuple[float, float, int]] = {}
        for point in self.points:
            if point.longitude is not None and point.latitude is not None:
                east, north, people = sums.get(point.district, (0.0, 0.0, 0))
                east, north = east + point.longitude * point.population, north + point.latitude * point.population
                sums[point.district] = (east, north, people + point.population)
        return {name: (east / people, north / people) for name, (east, north, people) in sums.items()}

    def population(self, by: str = "district") -> Mapping[str, int]:
        """Return the residents by district, stratum, place or urban_rural.

        For streets and communities, whose names may recur in other districts, sum over `within`. All callers share the
        result, and none may change it.
        """
        if by not in self._populations:
            total: Counter[str] = Counter()
            for point in self.points:
                total[getattr(point, by)] += point.population
            self._populations[by] = dict(total)
        return self._populations[by]

    @cached_property
    def _populations(self) -> dict[str, Mapping[str, int]]:
        """What `population` has counted."""
        return {}


FRAME_COLUMNS: Mapping[str, str] = {
    "代码": "code",
    "区县": "district",
    "街道": "street",
    "社区": "community",
    "城乡代码": "urban_rural",
    "场所类型": "place",
    "人口": "population",
    "层": "stratum",
    "经度": "longitude",
    "纬度": "latitude",
}
"""Chinese heading of frame.csv -> canonical heading."""
COORDINATES: Mapping[str, float] = {"longitude": 180.0, "latitude": 90.0}
"""Optional columns of frame.csv -> the largest number of degrees."""


def read_frame(path: Path) -> Areas:
    """Read the frame of sampling points.

    Args:
        path: frame.csv, one row per community; the columns 经度 and 纬度 may be left out, and single cells be empty.

    Raises:
        StudyError: lists every invalid row: a code that is not 12 digits or repeated, a missing name, an unknown
            urban-rural code, a population below 1, one code prefix with two names, or invalid coordinates.
    """
    required = [column for column in FRAME_COLUMNS.values() if column not in COORDINATES]
    table = read_table(path, FRAME_COLUMNS, required=required)
    points = [_point(table, line, row) for line, row in table]
    _check_codes(table)
    _check_prefixes(table)
    table.close()
    return Areas(tuple(sorted(points, key=lambda point: point.code)))


def _point(table: Table, line: int, row: Mapping[str, str]) -> SamplingPoint:
    for column in ("district", "street", "community", "place", "stratum"):
        expected = text_fault(row[column], NAME_LENGTH) if row[column] else "名称，不能为空"
        if expected:
            table.problem(line, column, got=row[column][:20], expected=expected)
    if row["urban_rural"] and row["urban_rural"] not in URBAN_RURAL:
        table.problem(line, "urban_rural", got=row["urban_rural"], expected="城乡分类代码 " + "、".join(URBAN_RURAL))
    code = row["code"]
    if not (len(code) == CODE_DIGITS and code.isascii() and code.isdecimal() and code[0] != "0"):
        table.problem(line, "code", got=code, expected=f"12 位数字代码（现为 {len(code)} 位；Excel 请按文本保存）")
        code = "0"
    population = table.integer(line, "population", row["population"], minimum=1)
    names = {column: row[column] for column in ("district", "street", "community", "urban_rural", "place", "stratum")}
    longitude, latitude = (_degrees(table, line, column, row.get(column, "")) for column in COORDINATES)
    _check_pair(table, line, row)
    return SamplingPoint(**names, code=int(code), population=population, longitude=longitude, latitude=latitude)


def _degrees(table: Table, line: int, column: str, text: str) -> float | None:
    """Return degrees, None for an empty cell; record what is neither."""
    if not text:
        return None
    limit = COORDINATES[column]
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        table.problem(line, column, got=text[:20], expected=f"{-limit:g} 到 {limit:g} 之间的度数（小数），不知道就空着")
        return None
    return degrees


def _check_pair(table: Table, line: int, row: Mapping[str, str]) -> None:
    """Check that a row has both coordinates or none."""
    given = [column for column in COORDINATES if row.get(column, "")]
    if len(given) == 1:
        lacking = next(column for column in COORDINATES if column not in given)
        table.problem(line, lacking, got="", expected="度数（经度和纬度要么都写，要么都空着）")


def _check_codes(table: Table) -> None:
    first: dict[str, int] = {}
    for line, row in table:
        if row["code"] in first:
            table.problem(line, "code", got=row["code"], expected=f"不重复的代码（与第 {first[row['code']]} 行相同）")
        first.setdefault(row["code"], line)


def _check_prefixes(table: Table) -> None:
    """Check that 6-digit prefixes and districts, and 9-digit prefixes and streets, correspond to each other."""
    whole = [(line, row) for line, row in table if len(row["code"]) == CODE_DIGITS]
    for column, digits in (("district", 6), ("street", 9)):
        names: dict[str, str] = {}
        for line, row in whole:
            known = names.setdefault(row["code"][:digits], row[column])
            if known != row[column]:
                expected = f"“{known}”（代码前 {digits} 位 {row['code'][:digits]} 已用这个名称）"
                table.problem(line, column, got=row[column], expected=expected)
    prefixes: dict[str, str] = {}
    for line, row in whole:
        known = prefixes.setdefault(row["district"], row["code"][:6])
        if known != row["code"][:6]:
            table.problem(line, "code", got=row["code"], expected=f"以 {known} 开头（{row['district']}的代码）")
