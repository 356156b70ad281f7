"""The areas of the frame that can have a boundary."""

from __future__ import annotations

from dataclasses import dataclass

from survey.boundaries.names import DISTRICT
from survey.study.areas import Areas


@dataclass(frozen=True, slots=True)
class Place:
    """An area of the frame: its code of 6 digits (district) or 9 (street), name and district."""

    code: int
    name: str
    district: str


def places_of(areas: Areas, level: str) -> tuple[Place, ...]:
    """Return the districts or streets of the frame, in order of code."""
    divisor = 10**6 if level == DISTRICT else 10**3
    names = {
        point.code // divisor: (point.district if level == DISTRICT else point.street, point.district)
        for point in areas.points
    }
    return tuple(Place(code, *names[code]) for code in sorted(names))
