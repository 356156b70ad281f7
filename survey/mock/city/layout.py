"""Layout: invented coordinates of the communities of the mock city."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from survey.mock.city.streams import stream
from survey.study.areas import SamplingPoint

WEST, NORTH = 0.0, 0.0
"""The north-western corner, in degrees: open sea off Africa, so that the city lies at no real place."""
SIZE = 0.2
"""Degrees from one district to the next, about 22 km."""
WITHIN, NEAR = 0.3, 0.05
"""Largest distance, in sizes of a district: of a street from the middle of it, of a community from its street."""
MOVED = 0.25
"""Largest distance of the middle of a district from the regular grid."""
DECIMALS = 4
"""About 11 m."""


def with_coordinates(points: list[SamplingPoint], seed: int) -> list[SamplingPoint]:
    """Return the communities with coordinates: districts side by side, streets around their middle.

    The order of places is drawn, so that it is not the order of codes.
    """
    rng = stream(seed, "layout")
    districts = list(dict.fromkeys(point.district for point in points))
    streets = list(dict.fromkeys((point.district, point.street) for point in points))
    middle = dict(zip(districts, _middles(rng, len(districts)), strict=True))
    centre = {street: middle[street[0]] + rng.uniform(-WITHIN, WITHIN, 2) for street in streets}
    return [_at(point, centre[point.district, point.street] + rng.uniform(-NEAR, NEAR, 2)) for point in points]


def _middles(rng: np.random.Generator, number: int) -> npt.NDArray[np.float64]:
    """Return the middles of districts on a jittered square grid, in sizes of a district, in drawn order."""
    columns = math.ceil(math.sqrt(number))
    cells = rng.permutation([(at % columns, at // columns) for at in range(number)]).reshape(-1, 2)
    return np.asarray(cells + 0.5 + rng.uniform(-MOVED, MOVED, cells.shape), dtype=np.float64)


def _at(point: SamplingPoint, place: npt.NDArray[np.float64]) -> SamplingPoint:
    east, south = (place * SIZE).tolist()
    return replace(point, longitude=round(WEST + east, DECIMALS), latitude=round(NORTH - south, DECIMALS))
