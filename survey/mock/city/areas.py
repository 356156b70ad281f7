"""City: the districts, streets and communities of the mock city, and the sampling frame.

Place names are invented: combinations of word lists, shuffled by the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.mock.city.layout import with_coordinates
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.words import read_words
from survey.study.areas import Areas, SamplingPoint

TOWN_SHARE = 0.3  # share of a district's streets that are towns on the urban fringe


def city_name() -> str:
    """Return the name of the fictitious city."""
    return str(read_words("names")["city"])


def district_names(count: int) -> list[str]:
    """Return the first names of the list, so that a larger city keeps the names of a smaller one."""
    return list(read_words("names")["districts"][:count])


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return distinct names without suffix (街道 or 镇)."""
    words = read_words("names")
    return _draw(rng, [words["street_first"], words["street_last"]], count)


def community_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return names without suffix (社区 or 村); they repeat after about 16,000."""
    words = read_words("names")
    return _draw(rng, [words["community_first"], words["community_last"], words["community_extra"]], count)


def _draw(rng: np.random.Generator, parts: Sequence[Sequence[str]], count: int) -> list[str]:
    """Combine one word of each part, short names first; the pool is reused when it is exhausted."""
    base = [a + b for a in dict.fromkeys(parts[0]) for b in dict.fromkeys(parts[1]) if a != b]
    pool = [str(name) for tail in (parts[2] if len(parts) > 2 else [""]) for name in rng.permutation(_with(base, tail))]
    return (pool * (count // len(pool) + 1))[:count]


def _with(base: Sequence[str], tail: str) -> list[str]:
    return [name + tail for name in base]


Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

CITY_CODE = 9901  # no province has the prefix 99
TOWN_CODE = 100  # 001-099 are streets, 100-199 towns
VILLAGE_CODE = 200
RESIDENTS, SPREAD = 4200.0, 0.40  # residents of a community: median and SD of the logarithm
RANGE = (1500, 9000)

CORE_PLACES = {"新建小区": 0.34, "老旧小区": 0.27, "背街小巷": 0.12, "农贸市场": 0.10, "商圈": 0.09, "单位大院": 0.08}
FRINGE_PLACES = {"112": "城乡结合部", "121": "农贸市场", "220": "其他"}
FRINGE_SHARES = (0.45, 0.20, 0.35)  # shares of 112, 121, 220 in a town
EDGE_SHARE = 0.10  # share of a street's communities in the 城乡结合区


@dataclass(frozen=True)
class City:
    """A drawn city; arrays have one entry per community, in order of code.

    Attributes:
        areas: the frame.
        district: index into `districts`.
        street: serial number of the street in the city.
        stratum: index into `areas.strata`.
        population: residents aged 18 and over.
    """

    areas: Areas
    district: Ints
    street: Ints
    stratum: Ints
    population: Ints

    @property
    def frame(self) -> pd.DataFrame:
        """The frame as a table; see `Areas.frame`."""
        return self.areas.frame

    @property
    def districts(self) -> tuple[str, ...]:
        """District names in order of code."""
        return self.areas.districts

    @property
    def place(self) -> tuple[str, ...]:
        """Place type of each community."""
        return tuple(point.place for point in self.areas.points)

    @property
    def psu(self) -> Ints:
        """12-digit code of each community."""
        return np.array([point.code for point in self.areas.points], dtype=np.int64)


def draw_city(spec: MockSpec) -> City:
    """Draw the areas of a city: names, codes, place types, residents and coordinates."""
    rng = stream(spec.seed, "city")
    streets = iter(street_names(rng, spec.districts * spec.streets_per_district))
    size = spec.communities_per_street * spec.frame_factor
    communities = iter(community_names(rng, spec.districts * spec.streets_per_district * size))
    points: list[SamplingPoint] = []
    for number, district in enumerate(district_names(spec.districts), 1):
        towns = round(spec.streets_per_district * TOWN_SHARE)
        for index in range(spec.streets_per_district):
            town = index >= spec.streets_per_district - towns
            serial = TOWN_CODE + index if town else index + 1
            code = (CITY_CODE * 100 + number) * 1000 + serial
            street = next(streets) + ("镇" if town else "街道")
            names = [next(communities) for _ in range(size)]
            points += _street(rng, (district, street), code=code, names=names, divided=towns > 0)
    return _city(tuple(with_coordinates(points, spec.seed)))


def _street(
    rng: np.random.Generator, above: tuple[str, str], *, code: int, names: list[str], divided: bool
) -> list[SamplingPoint]:
    district, street = above
    points = []
    for index, name in enumerate(names, 1):
        urban_rural, place = _kind(rng, town=street.endswith("镇"))
        village = urban_rural == "220"
        stratum = f"{district}·{'城区' if urban_rural == '111' else '城郊'}" if divided else district
        residents = int(np.clip(rng.lognormal(np.log(RESIDENTS * (0.7 if village else 1)), SPREAD), *RANGE))
        points.append(
            SamplingPoint(
                code=code * 1000 + index + (VILLAGE_CODE if village else 0),
                district=district,
                street=street,
                community=name + ("村" if village else "社区"),
                urban_rural=urban_rural,
                place=place,
                population=residents,
                stratum=stratum,
            )
        )
    return sorted(points, key=lambda point: point.code)


def _kind(rng: np.random.Generator, *, town: bool) -> tuple[str, str]:
    """Draw the 城乡分类代码 and the place type of one community."""
    if town:
        code = str(rng.choice(list(FRINGE_PLACES), p=FRINGE_SHARES))
        return code, FRINGE_PLACES[code]
    if rng.random() < EDGE_SHARE:
        return "112", FRINGE_PLACES["112"]
    return "111", str(rng.choice(list(CORE_PLACES), p=list(CORE_PLACES.values())))


def _city(points: tuple[SamplingPoint, ...]) -> City:
    areas = Areas(points)
    districts = {name: index for index, name in enumerate(areas.districts)}
    strata = {name: index for index, name in enumerate(areas.strata)}
    streets = {code: index for index, code in enumerate(sorted({point.code // 1000 for point in points}))}
    return City(
        areas=areas,
        district=np.array([districts[point.district] for point in points], dtype=np.int64),
        street=np.array([streets[point.code // 1000] for point in points], dtype=np.int64),
        stratum=np.array([strata[point.stratum] for point in points], dtype=np.int64),
        population=np.array([point.population for point in points], dtype=np.int64),
    )
