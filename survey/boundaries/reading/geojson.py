"""GeoJSON: FeatureCollection, Feature or bare geometries; files of DataV.GeoAtlas are known by their attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from survey.boundaries.reading.geometries import geometry_of
from survey.boundaries.reading.source import Feature, Source, field_text
from survey.boundaries.reading.texts import read_text
from survey.boundaries.systems import GCJ02, of_crs
from survey.errors import ReadError

DATAV = frozenset({"adcode", "childrenNum", "acroutes"})
"""Attributes that DataV.GeoAtlas writes on every feature."""
GEOMETRIES = frozenset(
    {"Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString"}
)


def read_geojson(path: Path, name: str) -> Source:
    """Read a GeoJSON file.

    Raises:
        ReadError: it is no JSON, or JSON of another kind.
    """
    text, encoding = read_text(path)
    top = _parsed(text, name)
    features: list[Feature] = []
    notes: list[str] = []
    entries = list(_entries(top, name))
    for number, entry in enumerate(entries, 1):
        where = f"{name} 第 {number} 个图形"
        geometry = geometry_of(entry.get("geometry"))
        if isinstance(geometry, str):
            notes.append(f"{where}：{geometry}，没有使用")
        else:
            features.append(Feature(where, _fields(entry.get("properties")), geometry))
    datav = bool(entries) and all(set(entry.get("properties") or {}) >= DATAV for entry in entries)
    return Source(
        path=path,
        name=name,
        kind="GeoJSON",
        encoding=encoding,
        features=tuple(features),
        notes=tuple(notes),
        stated=of_crs(top.get("crs")),
        presumed=GCJ02 if datav else None,
    )


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    try:
        top = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        where = f"{name} 第 {error.lineno} 行第 {error.colno} 列"
        cure = "文件可能没有下载完，重新下载或重新导出"
        raise ReadError("GeoJSON 文件不完整或写法有错", where=where, cure=cure) from error
    if not isinstance(top, dict):
        raise ReadError("这个 JSON 不是 GeoJSON", where=name, expected="FeatureCollection", cure="换成 GeoJSON 文件")
    return top


def _entries(top: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the features of a file as mappings with properties and geometry."""
    kind, inside = top.get("type"), top.get("features")
    if kind == "FeatureCollection" and isinstance(inside, list):
        yield from (one if isinstance(one, dict) else {} for one in inside)
    elif kind == "Feature":
        yield top
    elif isinstance(kind, str) and kind in GEOMETRIES:
        yield {"properties": {}, "geometry": top}
    else:
        expected = "type 为 FeatureCollection 的 GeoJSON"
        cure = "TopoJSON 等其他格式先用 GIS 软件另存为 GeoJSON"
        raise ReadError("这个 JSON 不是 GeoJSON", where=name, got=field_text(kind)[:20], expected=expected, cure=cure)


def _fields(properties: object) -> Mapping[str, str]:
    """Return attributes as texts; those of the area above, which DataV nests, as `parent` and `parent.adcode`."""
    if not isinstance(properties, dict):
        return {}
    flat = dict(properties)
    parent = properties.get("parent")
    if isinstance(parent, dict):
        flat = {**flat, "parent": "", **{f"parent.{key}": value for key, value in parent.items()}}
    texts = {str(key): field_text(value) for key, value in flat.items()}
    return {key: text for key, text in texts.items() if text}
