"""A city of twelve streets on a grid with rough edges, and its boundaries in four formats and three encodings."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapefile
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping

from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study

DISTRICTS = {330101: "河东区", 330102: "㛃水区", 330103: "青浦县"}
STREETS = ("城关镇", "新华街道", "㛃桥乡", "李村街道办事处")
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")
FORMATS = ("geojson", "shp", "kml", "kmz")
WGS84 = 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]]]'


@dataclass(frozen=True)
class Drawn:
    """One feature to be written."""

    name: str
    code: str
    district: str
    shape: Any


def city(root: Path) -> Study:
    """Return a new study with three districts of four streets; two streets have the same name in each district."""
    init_study(root)
    rows = ["代码,区县,街道,社区,城乡代码,场所类型,人口,层"]
    rows += [
        f"{code}{100 + at:03}001,{district},{plain(street)},{street[:2]}社区,111,其他,900,城区"
        for code, district in DISTRICTS.items()
        for at, street in enumerate(STREETS)
    ]
    (root / "frame.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (root / "margins.csv").write_text("性别,人口\n男,5100\n女,5700\n", encoding="utf-8")
    return load_study(root)


def plain(street: str) -> str:
    """Return the name in the frame, which lacks 办事处."""
    return street.removesuffix("办事处")


def features(*, rough: int = 40) -> list[Drawn]:
    """Return the streets as cells of a grid with shared rough edges; `rough` points on each side."""
    found = []
    for column, (code, district) in enumerate(DISTRICTS.items()):
        for row, street in enumerate(STREETS):
            sides = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
            corners = [(column + x, row + y) for x, y in sides]
            line = [
                np.array(a) + (np.array(b) - np.array(a)) * share
                for a, b in pairwise(corners)
                for share in np.linspace(0, 1, rough, endpoint=False)
            ]
            found.append(Drawn(street, f"{code}{100 + row:03}", district, Polygon(bent(np.array(line)))))
    return found


def bent(xy: Any) -> Any:
    """Return points at 120 degrees east, moved alike wherever they are alike."""
    x, y = np.round(xy[:, 0], 9), np.round(xy[:, 1], 9)
    moved = np.column_stack([x + 0.05 * np.sin(9 * y) + 0.02 * np.sin(41 * y), y + 0.05 * np.sin(8 * x)])
    return np.round([120, 30] + 0.1 * moved, 7)


def districts() -> list[Drawn]:
    """Return the districts, each the union of its streets."""
    every = features()
    return [
        Drawn(name, str(code), name, shapely.union_all([one.shape for one in every if one.district == name]))
        for code, name in DISTRICTS.items()
    ]


def moved(one: Drawn, east: float, north: float, times: float = 1.0) -> Drawn:
    """Return a feature elsewhere, or in another unit."""
    return replace(one, shape=shapely.transform(one.shape, lambda xy: xy * times + [east, north]))


def write(folder: Path, kind: str, encoding: str, drawn: Sequence[Drawn], **more: Any) -> list[Path]:
    """Write features in a format and an encoding; return the files that are to be given."""
    folder.mkdir(exist_ok=True)
    return {"geojson": geojson, "shp": shp, "kml": kml, "kmz": kmz}[kind](folder, encoding, drawn, **more)


def geojson(folder: Path, encoding: str, drawn: Sequence[Drawn], **top: Any) -> list[Path]:
    entries = [
        {
            "type": "Feature",
            "properties": {"name": one.name, "adcode": int(one.code) if one.code else None, "区": one.district},
            "geometry": mapping(one.shape) if one.shape is not None else None,
        }
        for one in drawn
    ]
    path = folder / "边界.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": entries, **top}, ensure_ascii=False)
    path.write_bytes(text.encode(encoding))
    return [path]


def shp(folder: Path, encoding: str, drawn: Sequence[Drawn], *, cpg: bool = True, prj: str = WGS84) -> list[Path]:
    codec = encoding.removesuffix("-sig")
    mark = "\ufeff" if encoding == "utf-8-sig" else ""
    with shapefile.Writer(str(folder / "边界"), encoding=codec, shapeType=shapefile.POLYGON) as writer:
        for field in ("名称", "代码", "区县"):
            writer.field(field, "C", 60)
        for one in drawn:
            polygons = one.shape.geoms if isinstance(one.shape, MultiPolygon) else [one.shape]
            rings = [list(ring.coords) for each in polygons for ring in (each.exterior, *each.interiors)]
            writer.poly(rings)
            writer.record(mark + one.name, one.code, one.district)
    if cpg:
        (folder / "边界.cpg").write_bytes((mark + {"gb18030": "GBK"}.get(codec, "UTF-8")).encode())
    if prj:
        (folder / "边界.prj").write_text(prj)
    return [folder / "边界.shp"]


def kml_text(drawn: Sequence[Drawn], declared: str = "UTF-8") -> str:
    marks = []
    for one in drawn:
        polygons = one.shape.geoms if isinstance(one.shape, MultiPolygon) else [one.shape]
        areas = "".join(
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
            + " ".join(f"{x},{y},0" for x, y in each.exterior.coords)
            + "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            for each in polygons
        )
        data = f'<ExtendedData><Data name="code"><value>{one.code}</value></Data></ExtendedData>'
        inside = f"<name>{one.name}</name>{data}<MultiGeometry>{areas}</MultiGeometry>"
        marks.append(f"<Folder><name>{one.district}</name><Placemark>{inside}</Placemark></Folder>")
    head = f'<?xml version="1.0" encoding="{declared}"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    return f"{head}<Document>{''.join(marks)}</Document></kml>"


def kml(folder: Path, encoding: str, drawn: Sequence[Drawn]) -> list[Path]:
    path = folder / "边界.kml"
    path.write_bytes(kml_text(drawn, "GBK" if encoding == "gb18030" else "UTF-8").encode(encoding))
    return [path]


def kmz(folder: Path, encoding: str, drawn: Sequence[Drawn]) -> list[Path]:
    with zipfile.ZipFile(folder / "边界.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml(folder, encoding, drawn)[0].read_bytes())
        archive.writestr("files/图标.png", b"not read")
    return [folder / "边界.kmz"]
