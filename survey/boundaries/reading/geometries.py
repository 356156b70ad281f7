"""Geometries of readers: a GeoJSON-like mapping becomes a shapely geometry, or the reason why it is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape


def _geometry(mapping: Any) -> shapely.Geometry:
    """Return a geometry without heights; polygons by arrays, which is several times as fast as point by point."""
    kind, coordinates = mapping["type"], mapping.get("coordinates")
    if kind == "Polygon":
        return _polygon(coordinates)
    if kind == "MultiPolygon":
        return shapely.multipolygons([_polygon(rings) for rings in coordinates])
    return shapely.force_2d(shape(mapping))


def _polygon(rings: Any) -> shapely.Geometry:
    outer, *holes = (shapely.linearrings(np.asarray(ring, dtype=float)[:, :2]) for ring in rings)
    return shapely.polygons(outer, holes or None)


def geometry_of(mapping: Any) -> shapely.Geometry | str:
    """Return a geometry without heights, or what is wrong with it, in Chinese.

    Args:
        mapping: with `type` and `coordinates`, such as `__geo_interface__` gives; None where there is no geometry.
    """
    if not mapping:
        return "没有图形"
    try:
        with np.errstate(invalid="ignore"):  # missing numbers are named below
            geometry = _geometry(mapping)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return "坐标不完整，连不成图形（一个环至少要 3 个不同的点）"
    if geometry.is_empty:
        return "没有图形"
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        return "坐标里有不是数的值"
    return geometry
