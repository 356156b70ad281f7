"""The boundaries of a study by the names of its frame, and what a map must say about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.places import places_of
from survey.boundaries.stored import Shape, read_boundaries
from survey.errors import DamagedError
from survey.study.study import Study

INVENTED = "模拟边界"
UNAPPROVED = "没有审图号，仅供内部使用"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Boundaries by name.

    Attributes:
        districts: name of a district -> its boundary.
        streets: district and street -> its boundary; names of streets recur in other districts.
        metres: whether coordinates are metres.
        stated: what a map says about itself: that it is invented, its approval number, or that it has none.
        notes: why boundaries that were imported cannot be shown, in Chinese.
    """

    districts: Mapping[str, Shape] = field(default_factory=dict)
    streets: Mapping[tuple[str, ...], Shape] = field(default_factory=dict)
    metres: bool = False
    stated: str = ""
    notes: tuple[str, ...] = ()


def shapes_of(study: Study) -> Shapes:
    """Return the boundaries of a study; a shape whose code the frame no longer has is left out.

    The approval number is that of study.toml, [map] approval, else the one stated on import.
    """
    try:
        stored = read_boundaries(study.root)
    except DamagedError as error:
        return Shapes(notes=("；".join(filter(None, (error.what, error.where, error.cure))),))
    if stored is None:
        return Shapes()
    by_code = {level: {one.code: one for one in stored.of(level)} for level in (DISTRICT, STREET)}
    found = {
        level: [(place, codes[place.code]) for place in places_of(study.areas, level) if place.code in codes]
        for level, codes in by_code.items()
    }
    number = str(study.sections.get("map", {}).get("approval", "")) or stored.approval
    stated = INVENTED if stored.mock else f"审图号：{number}" if number else UNAPPROVED
    return Shapes(
        districts={place.name: shape for place, shape in found[DISTRICT]},
        streets={(place.district, place.name): shape for place, shape in found[STREET]},
        metres=stored.system.metres,
        stated=stated,
    )
