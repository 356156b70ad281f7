"""Simplify the polygons of a map together, so that neighbours keep their shared edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from survey.boundaries.stored import Part

FINEST = 1 / 2000
"""First tolerance, a share of the width or height of the map: below a pixel on a page."""
STEP = 1.5
OVERLAP = 0.005
"""Share of the smaller area above which two neighbours overlap by more than careless drawing explains."""
CHANGED = 1e-4
"""Share of its area that a polygon loses at least where it overlaps another one by more than `OVERLAP`."""
DECIMALS = {False: 5, True: 0}
"""Whether coordinates are metres -> decimals: one metre."""
BYTES = 23
"""Bytes of one vertex in the file, about."""


def fitted(geometries: Sequence[MultiPolygon]) -> list[shapely.Geometry]:
    """Return polygons whose shared edges are the same; empty where others cover the whole of one."""
    every = np.array(geometries, dtype=object)
    return list(every if shapely.coverage_is_valid(every) else shapely.coverage_clean(every))


def overlaps(geometries: Sequence[MultiPolygon], fit: Sequence[shapely.Geometry]) -> list[tuple[int, int, float]]:
    """Return pairs of polygons that overlap: their positions and the share of the smaller one.

    Args:
        geometries: valid polygons.
        fit: the same as `fitted` returns them; only those that it changed can overlap.
    """
    areas = shapely.area(geometries)
    changed = np.abs(shapely.area(fit) - areas) > CHANGED * areas
    if not changed.any():
        return []
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    pairs = [
        (a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True) if a < b and (changed[a] or changed[b])
    ]
    shares = [
        shapely.area(shapely.intersection(geometries[a], geometries[b])) / min(areas[a], areas[b]) for a, b in pairs
    ]
    return [(a, b, float(share)) for (a, b), share in zip(pairs, shares, strict=True) if share > OVERLAP]


def simplified(fit: Sequence[shapely.Geometry], *, most: int, metres: bool) -> list[MultiPolygon]:
    """Return polygons with fewer vertices, rounded to a metre, outer rings clockwise.

    Args:
        fit: polygons that `fitted` returned.
        most: bytes that the vertices may take in the file.
        metres: whether coordinates are metres.
    """
    every = np.array(fit, dtype=object)
    west, south, east, north = shapely.total_bounds(every).tolist()
    tolerance = max(east - west, north - south) * FINEST
    found = shapely.coverage_simplify(every, tolerance)
    while shapely.get_num_coordinates(found).sum() * BYTES > most:
        tolerance *= STEP
        found = shapely.coverage_simplify(every, tolerance)
    return [_rounded(one, DECIMALS[metres]) for one in found]


def outline_of(geometries: Sequence[MultiPolygon]) -> MultiPolygon:
    """Return the area that simplified polygons cover together."""
    return _rounded(shapely.coverage_union_all(geometries), decimals=9)


def _rounded(geometry: shapely.Geometry, decimals: int) -> MultiPolygon:
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, decimals))
    parts = [one for one in shapely.get_parts(rounded) if one.area > 0]
    return shapely.orient_polygons(MultiPolygon(parts), exterior_cw=True)


def parts_of(geometry: MultiPolygon) -> tuple[Part, ...]:
    """Return the rings of polygons as plain numbers."""
    return tuple(
        tuple(tuple(map(tuple, shapely.get_coordinates(ring).tolist())) for ring in (part.exterior, *part.interiors))
        for part in geometry.geoms
    )


def label_of(geometry: MultiPolygon) -> tuple[tuple[float, float], float]:
    """Return the middle and the radius of the largest circle inside, where a name has room."""
    largest = max(geometry.geoms, key=lambda part: part.area)
    west, south, east, north = largest.bounds
    line = shapely.maximum_inscribed_circle(largest, tolerance=max(east - west, north - south) / 50)
    (x, y), edge = shapely.get_coordinates(line)[0].tolist(), shapely.length(line)
    return (round(x, 6), round(y, 6)), float(f"{edge:.6g}")
