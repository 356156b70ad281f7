"""Stage boundary files for a study: read, check, repair, match and simplify; nothing is written before `commit`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon

from survey.boundaries.matching import Matches, match
from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.one_system import check_same, system_of
from survey.boundaries.places import Place
from survey.boundaries.reading.files import read_sources
from survey.boundaries.reading.source import Feature, Source
from survey.boundaries.repair import repaired
from survey.boundaries.shaping import shapes_of
from survey.boundaries.simplify import fitted, overlaps
from survey.boundaries.stored import FILE, BoundaryMap, Shape, read_boundaries, write_boundaries
from survey.boundaries.systems import System
from survey.errors import ArgumentError, ReadError
from survey.host.disk import locked, sha256_of
from survey.study.areas import LEVELS, Areas
from survey.study.study import Study

LOCK = "boundaries.lock"


@dataclass(frozen=True, slots=True)
class Draft:
    """Boundaries that could be written.

    Attributes:
        level: "district" or "street".
        map: the shapes of this level, and of districts put together from streets.
        sources: the files.
        matches: what matched the frame and what did not.
        notes: what a person should look at, in Chinese; nothing of it prevents writing.
        size: bytes of the shapes in the file.
        earlier: what was stored when the draft was made; its shapes of the level are replaced.
    """

    level: str
    map: BoundaryMap
    sources: tuple[Source, ...]
    matches: Matches
    notes: tuple[str, ...]
    size: int
    earlier: BoundaryMap | None = None


def stage(study: Study, paths: Sequence[Path], level: str, *, system: str = "", approval: str = "") -> Draft:
    """Prepare boundary files for a study.

    Args:
        study: the study.
        paths: GeoJSON, Shapefile, KML, KMZ or ZIP files.
        level: "district" or "street": what the polygons are.
        system: key of `systems.CHOICES` where the files name no coordinate system; "" otherwise.
        approval: approval number of the map (审图号); "" for none.

    Raises:
        ArgumentError: no such level or system.
        ReadError: a file cannot be read, holds no polygon, matches no area, or systems differ; nothing is written.
        DamagedError: the boundaries that are stored already are damaged.
    """
    if level not in (DISTRICT, STREET):
        raise ArgumentError("边界只分区县和街道两级", got=level, expected=f"{DISTRICT}、{STREET}")
    sources = read_sources(paths)
    features, notes = repaired(one for source in sources for one in source.features)
    notes = [*(note for source in sources for note in source.notes), *notes]
    if not features:
        got = "；".join(notes[:3])
        raise ReadError("文件里没有面（区域边界）", where=_names(sources), got=got, cure="导出面图层，不是点或线图层")
    found = system_of([replace(one, features=_of(one, features)) for one in sources], system)
    matches = match(features, study.areas, level)
    if not matches.found:
        raise _nothing_matched(sources, features, matches, study.areas, level)
    earlier = _stored_beside(study.root, found, level)
    digests = tuple((level, path.name, sha256_of(path)) for path in paths)
    empty = BoundaryMap((), found, approval.strip(), sources=digests)
    return replace(_drafted(study.areas, level, empty, sources, matches, notes), earlier=earlier)


def commit(study: Study, draft: Draft, *, who: str) -> BoundaryMap:
    """Write the boundaries of a draft; those of the other level stay.

    Raises:
        ReadError: since the draft was made, somebody wrote or removed other boundaries of its level, or stored some of
            another coordinate system; nothing is written.
        DamagedError: the stored boundaries are damaged.
        OSError: the file cannot be written; an existing one is unchanged.
    """
    with locked(study.root / LOCK):
        earlier = _stored_beside(study.root, draft.map.system, draft.level)
        _check_unchanged(draft, earlier)
        others = [one for one in earlier.shapes if _stays(one, draft.level)] if earlier else []
        kept = {(one.level, one.code) for one in others}
        new = [one for one in draft.map.shapes if (one.level, one.code) not in kept]
        shapes = tuple(sorted([*others, *new], key=lambda one: (one.level != DISTRICT, one.code)))
        before = [one for one in earlier.sources if one[0] != draft.level] if others and earlier else []
        approval = draft.map.approval or (earlier.approval if others and earlier else "")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        done = replace(
            draft.map,
            shapes=shapes,
            sources=(*before, *draft.map.sources),
            approval=approval,
            who=who,
            at=at,
            mock=any(not digest for _, _, digest in before),  # invented ones come from no file
        )
        write_boundaries(study.root, done)
    return done


def _stays(one: Shape, level: str) -> bool:
    """Return whether a stored shape stays when a level is imported; derived districts go with their streets."""
    return one.level != level and not (one.derived and level == STREET)


def _stored_beside(root: Path, system: System, level: str) -> BoundaryMap | None:
    """Return what is stored, if its other level has the same coordinate system."""
    stored = read_boundaries(root)
    others = [one for one in stored.shapes if _stays(one, level)] if stored else []
    if stored and others:
        check_same(system, stored.system, f"{LEVELS[others[0].level]}边界")
    return stored


def _check_unchanged(draft: Draft, stored: BoundaryMap | None) -> None:
    """Refuse to replace boundaries of the level that whoever made the draft has not seen."""
    before, now = (one.imported(draft.level) if one else () for one in (draft.earlier, stored))
    if now == before:
        return
    level = LEVELS[draft.level]
    got = f"{stored.who} {stored.at}：{_files(stored, draft.level)}" if stored and now else f"{level}边界已删去"
    cure = "你的边界没有写入；看一遍新的预览（命令行再运行一次），仍要替换再写入"
    raise ReadError(f"预览之后，别人改了{level}边界", where=FILE, got=got, cure=cure)


def _files(map_: BoundaryMap, level: str) -> str:
    return "、".join(name for one, name, _ in map_.sources if one == level)


def _of(source: Source, features: Sequence[Feature]) -> tuple[Feature, ...]:
    """Return the repaired features of one source."""
    places = {one.where for one in source.features}
    return tuple(one for one in features if one.where in places)


def _names(sources: Sequence[Source]) -> str:
    return "、".join(one.name for one in sources)


def _nothing_matched(
    sources: Sequence[Source], features: Sequence[Feature], matches: Matches, areas: Areas, level: str
) -> ReadError:
    fields = list(dict.fromkeys(name for one in features for name in one.fields))[:8]
    got = f"{matches.unused[0]}；文件里的属性有 {'、'.join(fields) or '（没有）'}"
    first = "、".join(place.name for place in matches.missing[:3])
    expected = f"名称或代码和抽样框里的{LEVELS[level]}相同，例如 {first}"
    cure = "核对选的是不是这个城市、这一级的边界；名称不同的在文件里改成和抽样框一样"
    return ReadError(
        f"没有一个图形对得上抽样框里的{LEVELS[level]}", where=_names(sources), got=got, expected=expected, cure=cure
    )


def _drafted(
    areas: Areas, level: str, empty: BoundaryMap, sources: tuple[Source, ...], matches: Matches, notes: list[str]
) -> Draft:
    merged = {place: _merged(features) for place, features in matches.found.items()}
    places = list(merged)
    fit = fitted(list(merged.values()))
    notes += [_overlap(places[a], places[b], share) for a, b, share in overlaps(list(merged.values()), fit)]
    shapes, size = shapes_of(areas, level, dict(zip(places, fit, strict=True)), metres=empty.system.metres)
    drawn = {one.name for one in shapes}
    notes += [f"{place.name}整个被相邻的区域盖住，画不出来" for place in places if place.name not in drawn]
    return Draft(level, replace(empty, shapes=shapes), sources, matches, (*notes, *matches.notes), size)


def _merged(features: Sequence[Feature]) -> MultiPolygon:
    union = features[0].geometry if len(features) == 1 else shapely.union_all([one.geometry for one in features])
    return union if union.geom_type == "MultiPolygon" else MultiPolygon([union])


def _overlap(one: Place, other: Place, share: float) -> str:
    return (
        f"{one.name}和{other.name}的边界重叠（占较小一个的 {max(1, round(100 * share))}%）："
        "可能混用了两种坐标系（GCJ-02 与 WGS-84 相差约 500 米），或是两个年份的边界，请看预览"
    )
