"""The boundary file of a study: one GeoJSON file with its own checksum, small enough to be drawn at once.

Outer rings run clockwise, which spherical libraries (d3, Plotly) need; RFC 7946 would have them the other way round.
Reading needs no library of geometry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from survey.boundaries.systems import System
from survey.errors import DamagedError
from survey.host.disk import sync, write_whole

FILE = "boundaries.geojson"
FORMAT = 1
AGAIN = "从备份恢复这个文件；或先删去边界（silu map remove），再重新导入"
Ring: TypeAlias = tuple[tuple[float, float], ...]
Part: TypeAlias = tuple[Ring, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """The polygons of one area.

    Attributes:
        level: "district" or "street".
        code: of 6 or 9 digits.
        name: as the frame has it.
        district: name of its district.
        parts: polygons, each an outer ring and its holes; rings are closed.
        label: middle of the largest circle inside.
        radius: of that circle.
        derived: whether a district was put together from its streets.
    """

    level: str
    code: int
    name: str
    district: str
    parts: tuple[Part, ...]
    label: tuple[float, float]
    radius: float
    derived: bool = False


@dataclass(frozen=True, slots=True)
class BoundaryMap:
    """All boundaries of a study.

    Attributes:
        shapes: districts, then streets, in order of code.
        system: their coordinate system.
        approval: the approval number of the map (审图号); "" where none was stated.
        mock: whether the boundaries are invented.
        sources: level, name and SHA-256 of the files they came from.
        who: who imported them.
        at: when, ISO 8601.
    """

    shapes: tuple[Shape, ...]
    system: System
    approval: str = ""
    mock: bool = False
    sources: tuple[tuple[str, str, str], ...] = ()
    who: str = ""
    at: str = ""

    def of(self, level: str) -> tuple[Shape, ...]:
        """Return the shapes of a level."""
        return tuple(one for one in self.shapes if one.level == level)

    def imported(self, level: str) -> tuple[Shape, ...]:
        """Return the shapes of a level that were not put together from those of another."""
        return tuple(one for one in self.of(level) if not one.derived)


def read_boundaries(root: Path) -> BoundaryMap | None:
    """Return the boundaries of a study; None where there are none.

    Raises:
        DamagedError: the file is not as it was written.
    """
    try:
        content = (root / FILE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return _read(json.loads(content))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise DamagedError("边界文件与写入时不同", where=FILE, cure=AGAIN) from error


def write_boundaries(root: Path, map_: BoundaryMap) -> Path:
    """Write the boundaries of a study atomically.

    Raises:
        OSError: the file cannot be written; an existing one is unchanged.
    """
    content = content_of(map_)
    return write_whole(root / FILE, lambda path: path.write_bytes(content))


def remove_boundaries(root: Path) -> bool:
    """Remove the boundaries of a study; return whether there were any. Damaged ones can be removed, too.

    Raises:
        OSError: the file cannot be removed.
    """
    there = (root / FILE).exists()
    (root / FILE).unlink(missing_ok=True)
    if there:
        sync(root)
    return there


def content_of(map_: BoundaryMap) -> bytes:
    """Return the content of the file."""
    system = {"key": map_.system.key, "title": map_.system.title, "metres": map_.system.metres}
    about: dict[str, Any] = {"format": FORMAT, "system": system, "approval": map_.approval, "mock": map_.mock}
    about |= {"sources": [list(one) for one in map_.sources], "who": map_.who, "at": map_.at}
    top = {"type": "FeatureCollection", "silu": about, "features": [_feature(one) for one in map_.shapes]}
    return _dumped({**top, "silu": {**about, "seal": _seal(top)}}).encode()


def _feature(one: Shape) -> Mapping[str, Any]:
    properties = {
        "level": one.level,
        "adcode": one.code,
        "name": one.name,
        "district": one.district,
        "label": [_number(value) for value in one.label],
        "radius": one.radius,
        "derived": one.derived,
    }
    parts = [[[[_number(x), _number(y)] for x, y in ring] for ring in part] for part in one.parts]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": parts},
    }


def _number(value: float) -> float | int:
    """Return whole numbers without ".0", which would double the size of coordinates in metres."""
    return int(value) if value == int(value) else value


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _seal(top: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dumped(top).encode()).hexdigest()


def _read(top: Mapping[str, Any]) -> BoundaryMap:
    about = dict(top["silu"])
    seal = about.pop("seal")
    if seal != _seal({**top, "silu": about}):
        raise ValueError("seal")
    return BoundaryMap(
        shapes=tuple(_shapes(top["features"])),
        system=System(**about["system"]),
        approval=about["approval"],
        mock=about["mock"],
        sources=tuple((level, name, digest) for level, name, digest in about["sources"]),
        who=about["who"],
        at=about["at"],
    )


def _shapes(features: Sequence[Mapping[str, Any]]) -> Iterator[Shape]:
    for one in features:
        about = dict(one["properties"])
        yield Shape(
            code=about.pop("adcode"),
            label=tuple(about.pop("label")),
            parts=tuple(
                tuple(tuple((x, y) for x, y in ring) for ring in part) for part in one["geometry"]["coordinates"]
            ),
            **about,
        )
