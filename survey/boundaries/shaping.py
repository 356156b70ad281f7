"""Shape the polygons of a level for the file of a study: simplified until they fit; districts follow from streets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
from shapely.geometry import MultiPolygon

from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.places import Place
from survey.boundaries.simplify import label_of, outline_of, parts_of, simplified
from survey.boundaries.stored import BoundaryMap, Shape, content_of
from survey.boundaries.systems import DEGREES
from survey.study.areas import Areas

MOST: Mapping[str, int] = {DISTRICT: 100_000, STREET: 300_000}
"""Level -> bytes that its shapes may take in the file of the study."""
PER_SHAPE = 260
"""Bytes of a shape besides its vertices, about."""
LESS = 0.8


def shapes_of(
    areas: Areas, level: str, found: Mapping[Place, shapely.Geometry], *, metres: bool
) -> tuple[tuple[Shape, ...], int]:
    """Return the shapes of a level and their bytes; an area that others cover wholly has none.

    Args:
        areas: the frame.
        level: "district" or "street"; streets bring the districts whose streets are all there.
        found: area -> its polygons, as `simplify.fitted` returns them.
        metres: whether coordinates are metres.
    """
    most, size = max(MOST[level] - PER_SHAPE * len(found), MOST[level] // 4), MOST[level] + 1
    shapes: tuple[Shape, ...] = ()
    while size > MOST[level]:
        geometries = simplified(list(found.values()), most=most, metres=metres)
        shapes = tuple(_shapes(areas, level, list(zip(found, geometries, strict=True))))
        size = len(content_of(BoundaryMap(shapes, DEGREES)))
        most = int(most * LESS)
    return shapes, size


def _shapes(areas: Areas, level: str, fitted: Sequence[tuple[Place, MultiPolygon]]) -> list[Shape]:
    drawn = [(place, one) for place, one in fitted if not one.is_empty]
    shapes = [_shape(level, place, one) for place, one in drawn]
    return [*_outlines(areas, drawn), *shapes] if level == STREET else shapes


def _outlines(areas: Areas, drawn: Sequence[tuple[Place, MultiPolygon]]) -> list[Shape]:
    """Return the districts whose streets are all there, put together from these."""
    found = []
    for district in areas.districts:
        mine = [(place, one) for place, one in drawn if place.district == district]
        if mine and len(mine) == len(areas.children(district)):
            place = Place(mine[0][0].code // 1000, district, district)
            found.append(_shape(DISTRICT, place, outline_of([one for _, one in mine]), derived=True))
    return found


def _shape(level: str, place: Place, geometry: MultiPolygon, *, derived: bool = False) -> Shape:
    label, radius = label_of(geometry)
    return Shape(level, place.code, place.name, place.district, parts_of(geometry), label, radius, derived)
