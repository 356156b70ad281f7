"""What all readers of boundary files return: features with attributes and geometries, and what the file states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely

from survey.boundaries.systems import System


@dataclass(frozen=True, slots=True)
class Feature:
    """One geometry with its attributes.

    Attributes:
        where: file and number of the feature, in Chinese.
        fields: name of an attribute -> its text; empty attributes are left out.
        geometry: as the file gives it, without heights; not necessarily valid, or a polygon.
    """

    where: str
    fields: Mapping[str, str]
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Source:
    """The content of one boundary file.

    Attributes:
        path: the file that was read, possibly inside a scratch folder.
        name: its name for people.
        kind: GeoJSON, Shapefile, KML or KMZ.
        encoding: encoding of its texts, for people.
        features: what was readable.
        notes: what was not, in Chinese, each with its place.
        stated: the coordinate system that the file names; None where it names none.
        presumed: the coordinate system that files of this kind usually have; None where unknown.
    """

    path: Path
    name: str
    kind: str
    encoding: str
    features: tuple[Feature, ...]
    notes: tuple[str, ...] = ()
    stated: System | None = None
    presumed: System | None = None


def field_text(value: object) -> str:
    """Return the value of an attribute as text: numbers without decimals where they have none, "" for missing ones."""
    if value is None or isinstance(value, bool | dict | list | tuple):
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return " ".join(str(value).replace("\ufeff", "").replace("\x00", "").split())
