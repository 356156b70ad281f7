"""Repair: geometries become valid polygons, or are named as unusable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely
from shapely.geometry import MultiPolygon

from survey.boundaries.reading.source import Feature

NOTED = 0.01
"""Share of the area that a repair may change without a remark on its size."""
LINES: tuple[str, ...] = ("LineString", "LinearRing", "MultiLineString")


def repaired(features: Iterable[Feature]) -> tuple[list[Feature], list[str]]:
    """Return the features as valid polygons, and notes on what was repaired or left out, in Chinese."""
    kept: list[Feature] = []
    notes: list[str] = []
    for one in features:
        areas = _areas(one.geometry)
        if areas.is_empty:
            notes.append(f"{one.where}：{_other(one.geometry)}，没有使用")
            continue
        valid = areas if areas.is_valid else _areas(shapely.make_valid(areas, method="structure", keep_collapsed=False))
        if valid.is_empty or valid.area <= 0:
            notes.append(f"{one.where}：图形没有面积，没有使用")
            continue
        if valid is not areas:
            notes.append(f"{one.where}：边界自己相交或重叠，已修复{_change(areas, valid)}")
        kept.append(replace(one, geometry=valid))
    return kept, notes


def _areas(geometry: shapely.Geometry) -> MultiPolygon:
    """Return the polygons of a geometry."""
    parts = shapely.get_parts(geometry).tolist() if hasattr(geometry, "geoms") else [geometry]
    polygons = [one for part in parts for one in (_areas(part).geoms if hasattr(part, "geoms") else [part])]
    return MultiPolygon([one for one in polygons if one.geom_type == "Polygon" and not one.is_empty])


def _other(geometry: shapely.Geometry) -> str:
    kind = geometry.geom_type
    return "是点，不是面" if kind in ("Point", "MultiPoint") else "是线，不是面" if kind in LINES else "里面没有面"


def _change(before: shapely.Geometry, after: shapely.Geometry) -> str:
    hull = float(shapely.area(shapely.envelope(before))) or 1.0
    share = abs(float(after.area) - abs(float(before.area))) / hull
    return f"，面积变了约 {round(100 * share)}%，请看预览" if share > NOTED else ""
