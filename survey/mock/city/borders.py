"""Borders: invented boundaries of the streets and districts of the mock city.

The streets are the Voronoi cells of their middles, inside an invented city limit, bent by smooth noise so that their
edges look like borders. The noise moves shared edges alike, so that neighbours still meet.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon

from survey.boundaries.names import STREET
from survey.boundaries.places import Place, places_of
from survey.boundaries.shaping import shapes_of
from survey.boundaries.simplify import fitted
from survey.boundaries.stored import BoundaryMap
from survey.boundaries.systems import System
from survey.mock.city.layout import SIZE
from survey.mock.city.streams import stream
from survey.study.areas import Areas

MARGIN = 0.2 * SIZE
"""Degrees between the outermost streets and the city limit."""
FINE = SIZE / 60
"""Longest straight piece of a border, in degrees."""
OCTAVES = ((0.75 * SIZE, 0.32), (0.36 * SIZE, 0.24), (0.15 * SIZE, 0.16), (0.07 * SIZE, 0.12))
"""Wavelength in degrees, and steepness of the noise; together below 1, so that borders never cross."""
INVENTED = System("mock", "虚构坐标")
SOURCE = "模拟边界（由程序生成，不代表任何真实地区）"
Floats: TypeAlias = npt.NDArray[np.float64]


def mock_boundaries(areas: Areas, seed: int) -> BoundaryMap:
    """Return invented boundaries of all streets and districts of a frame with coordinates."""
    places = places_of(areas, STREET)
    found = dict(zip(places, fitted(_cells(_middles(areas, places), seed)), strict=True))
    shapes, _ = shapes_of(areas, STREET, found, metres=False)
    return BoundaryMap(shapes, INVENTED, mock=True, sources=((STREET, SOURCE, ""),), who="silu mock")


def _middles(areas: Areas, places: tuple[Place, ...]) -> Floats:
    points: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for point in areas.points:
        points[point.code // 1000].append((point.longitude or 0.0, point.latitude or 0.0))
    return np.array([np.mean(points[place.code], axis=0) for place in places])


def _cells(middles: Floats, seed: int) -> list[MultiPolygon]:
    limit = shapely.convex_hull(shapely.MultiPoint(middles)).buffer(MARGIN)
    found = shapely.voronoi_polygons(shapely.MultiPoint(middles), extend_to=limit, ordered=True)
    cells = shapely.get_parts(found) if len(middles) > 1 else [limit]
    fine = shapely.segmentize(shapely.intersection(cells, limit), FINE)
    rng = stream(seed, "borders")
    waves = [(length, steep, rng.uniform(0, 2 * np.pi, 3)) for length, steep in OCTAVES]
    return [MultiPolygon([shapely.transform(one, lambda xy: _bent(xy, waves))]) for one in fine]


def _bent(xy: Floats, waves: list[tuple[float, float, Floats]]) -> Floats:
    """Return points moved by the sum of some waves, each across a direction of its own."""
    moved = xy.copy()
    for length, steep, (direction, first, second) in waves:
        reach = steep * length / (2 * np.pi)
        along = xy @ np.array([np.cos(direction), np.sin(direction)]) * 2 * np.pi / length
        across = xy @ np.array([-np.sin(direction), np.cos(direction)]) * 2 * np.pi / length
        moved += reach * np.column_stack([np.sin(across + first), np.sin(along + second)])
    return np.round(moved, 7)
