"""Areas by name: the area that a link or a command means, its neighbours and its parts."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.design.labels import shared_names
from analysis.numerals import names as name_list
from reports.labels import HEADINGS
from survey.errors import ArgumentError
from survey.study.areas import LEVELS, Areas

NEAR = 3
"""Number of names that an error offers for an unknown one."""
LISTED = 8
"""Number of names that it lists where none is near."""
GUARDED = ("district", "street")
"""Levels that readers other than analysts may see: those whose tables `reports.disclosure` protects (rule R-06)."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the frame.

    Attributes:
        level: "district", "street" or "community".
        name: its name in the cells of a sample; the name of its parent precedes it where two areas share a name.
        path: plain names from the district down to the area.
    """

    level: str
    name: str
    path: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return the Chinese word for an area of this level."""
        return HEADINGS[self.level]

    @property
    def condition(self) -> Mapping[str, str]:
        """Return the condition that selects its residents: column -> name."""
        return {self.level: self.name}

    @property
    def address(self) -> Mapping[str, str]:
        """Return the query of its page: level -> plain name."""
        return dict(zip(LEVELS, self.path, strict=False))


def find(areas: Areas, path: Sequence[str]) -> Area:
    """Return the area at the end of a path of plain names: district, street, community.

    Raises:
        ArgumentError: there is no such area; the error names the nearest ones.
    """
    for depth in range(1, len(path) + 1):
        known = areas.children(*path[: depth - 1])
        if path[depth - 1] not in known:
            raise _unknown(path[depth - 1], known, HEADINGS[list(LEVELS)[depth - 1]])
    return _labelled(areas, [tuple(path)])[0]


def search(areas: Areas, text: str) -> Area:
    """Return the area that a text means: a name of any level, or a path such as 青苇区/芷坡镇.

    Raises:
        ArgumentError: no area has the name, or several have it.
    """
    path = tuple(part.strip() for part in text.split("/") if part.strip())
    if len(path) > 1:
        return find(areas, path[: len(LEVELS)])
    wanted = path[0] if path else ""
    every = [(*above, name) for depth in range(len(LEVELS)) for *above, name in _paths(areas, depth + 1)]
    found = [one for one in every if one[-1] == wanted]
    if not found:
        raise _unknown(wanted, areas.districts, "区域", [one[-1] for one in every])
    if len({len(one) for one in found}) == len(found):
        return find(areas, found[0])  # the larger area of a district and a street of the same name
    texts = ["/".join(one) for one in found]
    raise ArgumentError("几个区域同名", got=wanted, expected="、".join(texts[:LISTED]), cure="写明上一级，用 / 分开")


def of_level(areas: Areas, level: str) -> tuple[Area, ...]:
    """Return all areas of a level, in order of code."""
    return _labelled(areas, _paths(areas, list(LEVELS).index(level) + 1))


def levels(*, reserved: bool) -> tuple[str, ...]:
    """Return the levels whose profiles a reader may see, the largest first; `reserved` for all but analysts."""
    return GUARDED if reserved else tuple(LEVELS)


def in_scope(areas: Areas, scope: frozenset[str] | None) -> tuple[str, ...]:
    """Return the districts that a reader may see, in order of code."""
    return tuple(name for name in areas.districts if scope is None or name in scope)


def require_level(area: Area, *, reserved: bool, scope: frozenset[str] | None = None) -> None:
    """Refuse an area that a reader may not see.

    Raises:
        ArgumentError: it lies outside the scope of the reader, or its level is open to analysts only; `reserved` for
            all others.
    """
    if scope is not None and area.path[0] not in scope:
        allowed = "、".join(sorted(scope)) or "没有指定区县"
        raise ArgumentError("这个区域不在您能看的范围内", got="/".join(area.path), expected=allowed)
    if area.level not in levels(reserved=reserved):
        what = f"{area.kind}的档案只对分析员开放：与街道相减会推算出少数人的情况（规则 R-06）"
        raise ArgumentError(what, got="/".join(area.path), cure=f"看 {'/'.join(area.path[:-1])}")


def siblings(areas: Areas, area: Area) -> tuple[Area, ...]:
    """Return the areas of the same parent, this one included, in order of code."""
    above = area.path[:-1]
    return _labelled(areas, [(*above, name) for name in areas.children(*above)])


def children(areas: Areas, area: Area) -> tuple[Area, ...]:
    """Return the parts of an area, in order of code; none of a community."""
    if len(area.path) == len(LEVELS):
        return ()
    return _labelled(areas, [(*area.path, name) for name in areas.children(*area.path)])


def around(areas: Areas, area: Area) -> tuple[Area | None, Area | None]:
    """Return the area before and the one after in order of code; None at the ends."""
    every = siblings(areas, area)
    at = every.index(area)
    return every[at - 1] if at else None, every[at + 1] if at + 1 < len(every) else None


def _paths(areas: Areas, depth: int) -> Sequence[tuple[str, ...]]:
    columns = list(LEVELS)[:depth]
    return list(dict.fromkeys(tuple(getattr(point, name) for name in columns) for point in areas.points))


def _labelled(areas: Areas, paths: Sequence[tuple[str, ...]]) -> tuple[Area, ...]:
    """Return the areas of some paths of one depth, with their names in the cells of a sample."""
    if not paths:
        return ()
    level = list(LEVELS)[len(paths[0]) - 1]
    frame = shared_names(areas)
    # The communities of an area share its name, and the frame is in order of code.
    rows = frame["psu"].to_numpy().searchsorted(np.array([areas.within(*path)[0].code for path in paths]))
    names = frame[level].to_numpy(dtype=object)[rows].tolist()
    return tuple(Area(level, str(name), path) for name, path in zip(names, paths, strict=True))


def _unknown(wanted: str, known: Sequence[str], kind: str, every: Sequence[str] = ()) -> ArgumentError:
    near = difflib.get_close_matches(wanted, [*known, *every], NEAR, 0.4)
    if near:
        return ArgumentError(f"没有这个{kind}", got=wanted, expected="、".join(dict.fromkeys(near)))
    return ArgumentError(f"没有这个{kind}", got=wanted, expected=name_list(known, LISTED))
