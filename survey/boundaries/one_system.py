"""One map, one coordinate system: features and files that differ are refused with both names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import shapely

from survey.boundaries.reading.source import Feature, Source
from survey.boundaries.systems import BEYOND, CHOICES, DEGREES, SWAPPED, System, of_range
from survey.errors import ArgumentError, ReadError

SHOWN = 5
OPTION = "--system（网页上是“坐标系”）"


def system_of(sources: Sequence[Source], chosen: str = "") -> System:
    """Return the one coordinate system of some files.

    Args:
        sources: files with at least one feature in all.
        chosen: key of `systems.CHOICES` for files that name no system; "" to go by the files.

    Raises:
        ArgumentError: no such system.
        ReadError: features or files lie in different systems, or the files contradict the choice.
    """
    if chosen and chosen not in CHOICES:
        raise ArgumentError("没有这种坐标系", got=chosen, expected="、".join(CHOICES))
    found = [(one.name, _of_source(one, chosen)) for one in sources if one.features]
    if len({system.key for _, system in found}) > 1:
        got = "；".join(f"{name}：{system.title}" for name, system in found[:SHOWN])
        raise ReadError("几个文件的坐标系不同，不能画在一张图上", got=got, cure=_cure(found))
    return found[0][1]


def check_same(one: System, other: System, what: str) -> None:
    """Refuse a system beside another one that is stored already.

    Raises:
        ReadError: they differ.
    """
    if one.key != other.key:
        got = f"这次是 {one.title}，已存的{what}是 {other.title}"
        cure = "用同一种坐标系的文件；或先删去已存的边界（silu map remove 调查文件夹），再一起导入"
        raise ReadError("和已存的边界坐标系不同，不能画在一张图上", got=got, cure=cure)


def _cure(found: Iterable[tuple[str, System]]) -> str:
    if any(system.key == DEGREES.key for _, system in found):
        return f"没有写明的文件如果是同一种，用 {OPTION} 写明；否则先用 GIS 软件转成同一种"
    return "先用 GIS 软件转成同一种坐标系，再一起导入"


def _of_source(source: Source, chosen: str) -> System:
    seen = _by_range(source)
    stated = source.stated
    if stated is None and chosen:
        stated = CHOICES[chosen]
    elif chosen and stated is not None and stated.key != CHOICES[chosen].key:
        cure = f"核对是哪一种；文件写对了就不用写 {OPTION}"
        raise ReadError(
            "文件写明的坐标系和所选的不同",
            where=source.name,
            got=stated.title,
            expected=CHOICES[chosen].title,
            cure=cure,
        )
    stated = stated or source.presumed
    if stated is None:
        return seen
    if stated.metres != seen.metres:
        what = "米" if seen.metres else "度"
        cure = "核对 .prj 是不是这个文件的；在 GIS 软件里重新导出"
        raise ReadError(f"写明的坐标系和坐标对不上：坐标的单位是{what}", where=source.name, got=stated.title, cure=cure)
    return stated


def _by_range(source: Source) -> System:
    """Return the system by the ranges of all features; refuse a file that mixes several."""
    ranges = [of_range(*shapely.bounds(one.geometry).tolist()) for one in source.features]
    _refuse(source, ranges, SWAPPED, "纬度写在经度前面", "在 GIS 软件里把坐标改成先经度后纬度，再导出")
    _refuse(source, ranges, BEYOND, "坐标超出地球的范围", "在 GIS 软件里核对坐标系后重新导出")
    kinds = list(dict.fromkeys(one.key for one in ranges))
    if len(kinds) > 1:
        named = {one.key: one.title for one in ranges}
        parts = [f"{named[key]}：{_numbers(source.features, ranges, key)}" for key in kinds]
        cure = "先用 GIS 软件转成同一种坐标系，再导入"
        raise ReadError("一个文件里有几种坐标系，不能画在一张图上", where=source.name, got="；".join(parts), cure=cure)
    return ranges[0]


def _refuse(source: Source, ranges: Sequence[System], kind: System, what: str, cure: str) -> None:
    if any(one.key == kind.key for one in ranges):
        raise ReadError(what, where=_numbers(source.features, ranges, kind.key), cure=cure)


def _numbers(features: Sequence[Feature], ranges: Sequence[System], key: str) -> str:
    places = [one.where for one, system in zip(features, ranges, strict=True) if system.key == key]
    more = f"等 {len(places)} 个" if len(places) > SHOWN else ""
    return "、".join(places[:SHOWN]) + more
