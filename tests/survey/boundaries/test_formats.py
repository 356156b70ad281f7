"""Four formats in three encodings are imported; every fault is named in Chinese and leaves the study as it was."""

import json
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from survey.boundaries.matching import Matches
from survey.boundaries.staging import stage
from survey.errors import ReadError
from survey.study.study import Study
from tests.survey.boundaries.drawn import (
    ENCODINGS,
    FORMATS,
    Drawn,
    districts,
    features,
    geojson,
    kml_text,
    kmz,
    moved,
    shp,
    write,
)

UTF8, BOM, GB = ENCODINGS
Change = Callable[[Path, str, str], Sequence[Path]]


def streets_of(found: Matches) -> set[tuple[str, str]]:
    return {(place.district, place.name) for place in found.found}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_in_every_encoding_is_imported(study: Study, tmp_path: Path, kind: str, encoding: str) -> None:
    draft = stage(study, write(tmp_path, kind, encoding, features()), "street")
    assert len(draft.matches.found) == 12
    assert ("㛃水区", "㛃桥乡") in streets_of(draft.matches)
    assert (draft.matches.missing, draft.matches.unused, draft.notes) == ((), (), ())
    assert ("GB18030" if encoding == GB else "UTF-8") in draft.sources[0].encoding
    assert ("带 BOM" in draft.sources[0].encoding) == (encoding == BOM and kind != "shp")
    assert len(draft.map.of("district")) == 3


def broken(one: Drawn) -> Drawn:
    """Two corners change places, so that the ring crosses itself."""
    corners = list(one.shape.exterior.coords)[:-1]
    corners[3], corners[30] = corners[30], corners[3]
    return replace(one, shape=Polygon(corners))


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("fault", ["broken", "missing", "repeated", "unknown", "part"])
def test_faults_of_features_are_listed_in_every_format(
    study: Study, tmp_path: Path, kind: str, encoding: str, fault: str
) -> None:
    listed(study, tmp_path, kind, encoding, fault)


@pytest.mark.parametrize(("kind", "fault"), [("geojson", "broken"), ("kml", "repeated"), ("shp", "part")])
def test_faults_of_features_are_listed(study: Study, tmp_path: Path, kind: str, fault: str) -> None:
    listed(study, tmp_path, kind, GB, fault)


def listed(study: Study, tmp_path: Path, kind: str, encoding: str, fault: str) -> None:
    first, *rest = features()
    half = shapely.box(*first.shape.bounds[:2], first.shape.centroid.x, first.shape.bounds[3])
    parts = [replace(first, shape=first.shape.intersection(half)), replace(first, shape=first.shape.difference(half))]
    drawn = {
        "broken": [broken(first), *rest],
        "missing": rest,
        "repeated": [replace(first, code="", district=""), *rest],
        "unknown": [replace(first, code="999999999", name="外市街道"), *rest],
        "part": [*parts, *rest],
    }[fault]
    draft = stage(study, write(tmp_path, kind, encoding, drawn), "street")
    said = {
        "broken": "边界自己相交或重叠，已修复",
        "missing": "",
        "repeated": "重名：抽样框里有 3 个（河东区、㛃水区、青浦县）",
        "unknown": "抽样框里没有这个名称和代码",
        "part": "城关镇有 2 个图形",
    }[fault]
    lacking = fault in ("missing", "repeated", "unknown")
    assert [place.code for place in draft.matches.missing] == [330101100] * lacking
    assert said in " ".join([*draft.notes, *draft.matches.unused])
    assert bool(draft.matches.unused) == (fault in ("repeated", "unknown"))


def truncated(folder: Path, kind: str, encoding: str) -> Sequence[Path]:
    (path,) = write(folder, kind, encoding, features())
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    return [path]


def empty(folder: Path, kind: str, encoding: str) -> Sequence[Path]:
    (path,) = write(folder, kind, encoding, features())
    path.write_bytes(b"")
    return [path]


def elsewhere(folder: Path, kind: str, encoding: str) -> Sequence[Path]:
    return write(folder, kind, encoding, [replace(one, name="外地", code="1", district="外地") for one in features()])


def two_systems(folder: Path, kind: str, encoding: str) -> Sequence[Path]:
    first, *rest = features()
    return write(folder, kind, encoding, [moved(first, 400_000, 3_300_000), *rest])


def swapped(folder: Path, kind: str, encoding: str) -> Sequence[Path]:
    turned = [replace(one, shape=shapely.transform(one.shape, lambda xy: xy[:, ::-1])) for one in features()]
    return write(folder, kind, encoding, turned)


FAULTS: dict[str, tuple[Change, str]] = {
    "truncated": (truncated, "不完整"),
    "empty": (empty, "文件是空的"),
    "elsewhere": (elsewhere, "没有一个图形对得上抽样框里的街道"),
    "two systems": (two_systems, "一个文件里有几种坐标系"),
    "swapped": (swapped, "纬度写在经度前面"),
}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_files_are_named_in_every_format(
    study: Study, tmp_path: Path, kind: str, encoding: str, fault: str
) -> None:
    make, words = FAULTS[fault]
    refused(study, make(tmp_path, kind, encoding), words)


@pytest.mark.parametrize(("kind", "fault"), [(kind, fault) for kind, fault in zip(FORMATS * 2, FAULTS, strict=False)])
def test_faults_of_files_are_named(study: Study, tmp_path: Path, kind: str, fault: str) -> None:
    make, words = FAULTS[fault]
    refused(study, make(tmp_path, kind, GB), words)


def refused(study: Study, files: Sequence[Path], words: str, level: str = "street") -> ReadError:
    before = sorted(os.listdir(study.root))
    with pytest.raises(ReadError) as caught:
        stage(study, files, level)
    assert words in str(caught.value)
    assert caught.value.cure
    assert sorted(os.listdir(study.root)) == before
    return caught.value


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_shapefile_without_cpg_is_read_by_its_content(study: Study, tmp_path: Path, encoding: str) -> None:
    draft = stage(study, shp(tmp_path, encoding, features(), cpg=False), "street")
    assert len(draft.matches.found) == 12
    assert "没有 .cpg" in draft.sources[0].encoding


def test_a_wrong_cpg_and_a_character_cut_in_half_are_noted(study: Study, tmp_path: Path) -> None:
    files = shp(tmp_path, GB, features())
    (tmp_path / "边界.cpg").write_text("UTF-8")
    table, last = tmp_path / "边界.dbf", "处".encode(GB)
    table.write_bytes(table.read_bytes().replace(last, last[:1] + b" "))
    draft = stage(study, files, "street")
    assert len(draft.matches.found) == 12
    assert [note.partition("：")[2] for note in draft.notes] == [
        ".cpg 写的是 utf-8，实际是 GB18030",
        "3 处文字在字段末尾被截断半个字，已略去这半个字",
    ]


def test_parts_of_a_shapefile_may_lie_apart_but_not_be_missing(study: Study, tmp_path: Path) -> None:
    (path,) = shp(tmp_path / "a" if (tmp_path / "a").mkdir() is None else tmp_path, GB, features())
    (tmp_path / "b").mkdir()
    dbf = path.with_suffix(".dbf").rename(tmp_path / "b" / "边界.DBF")
    assert len(stage(study, [path, dbf], "street").matches.found) == 12
    refused(study, [path], "缺 .dbf")
    refused(study, [dbf], "没有可读的边界文件")


def test_points_and_lines_are_no_areas(study: Study, tmp_path: Path) -> None:
    first, second, *rest = features()
    some = [replace(first, shape=Point(120, 30)), replace(second, shape=LineString([(120, 30), (121, 31)])), *rest]
    draft = stage(study, geojson(tmp_path, UTF8, some), "street")
    assert [note.partition("：")[2] for note in draft.notes] == ["是点，不是面，没有使用", "是线，不是面，没有使用"]
    refused(study, geojson(tmp_path, UTF8, some[:2]), "没有面")


def test_rings_that_are_none_are_named(study: Study, tmp_path: Path) -> None:
    (path,) = geojson(tmp_path, UTF8, features())
    top = json.loads(path.read_text(encoding="utf-8"))
    rings = (
        [[[120, 30], [121, 30]]],
        [[[120, 30], [120, "x"], [121, 31]]],
        [[[120, 30], [120, None], [121, 31]]],
        None,
        [],
    )
    for one, ring in zip(top["features"], rings, strict=False):
        one["geometry"] = {"type": "Polygon", "coordinates": ring}
    top["features"][5]["geometry"] = {"type": "Nonsense", "coordinates": []}
    top["features"][6] = "no feature"
    top["features"][7]["properties"] = ["no attributes"]
    path.write_text(json.dumps(top), encoding="utf-8")
    draft = stage(study, [path], "street")
    assert len(draft.notes) == 7
    assert all("没有使用" in note for note in draft.notes)
    assert len(draft.matches.found) == 4
    assert len(draft.matches.missing) == 8


def test_datav_files_are_gcj02_and_do_not_mix_with_others(study: Study, tmp_path: Path) -> None:
    (datav,) = geojson(tmp_path, UTF8, districts())
    top = json.loads(datav.read_text(encoding="utf-8"))
    for one in top["features"]:
        one["properties"] |= {"childrenNum": 4, "acroutes": [100000, 330000], "parent": {"adcode": 330100}}
    datav.write_text(json.dumps(top), encoding="utf-8")
    draft = stage(study, [datav], "district")
    assert "GCJ-02" in draft.map.system.title
    (tmp_path / "b").mkdir()
    (other,) = shp(tmp_path / "b", UTF8, districts()[:1])
    error = refused(study, [datav, other], "几个文件的坐标系不同", "district")
    assert "GCJ-02" in error.got
    assert "WGS-84" in error.got


def test_metres_are_named_by_prj_or_by_their_ranges(study: Study, tmp_path: Path) -> None:
    metres = [moved(one, -11_000_000 + 400_000, -1_000_000, 1e5) for one in features()]
    prj = 'PROJCS["CGCS2000_3_Degree_GK_CM_120E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]]'
    assert (
        "CGCS2000_3_Degree_GK_CM_120E" in stage(study, shp(tmp_path, UTF8, metres, prj=prj), "street").map.system.title
    )
    (tmp_path / "边界.prj").unlink()
    draft = stage(study, [tmp_path / "边界.shp"], "street")
    assert draft.map.system.metres
    assert "米" in draft.map.system.title
    (tmp_path / "边界.prj").write_text('GEOGCS["GCS_WGS_1984"]')
    refused(study, [tmp_path / "边界.shp"], "写明的坐标系和坐标对不上")


def test_neighbours_in_two_systems_of_degrees_overlap_and_are_named(study: Study, tmp_path: Path) -> None:
    first, *rest = features()
    draft = stage(study, geojson(tmp_path, UTF8, [moved(first, 0.005, 0.003), *rest]), "street")
    assert any("边界重叠" in note and "GCJ-02" in note for note in draft.notes)


def bomb(path: Path, size: int) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("doc.kml", "w", force_zip64=True) as file,
    ):
        for _ in range(size // 2**20):
            file.write(bytes(2**20))
    return path


def test_archives_are_checked_before_they_fill_the_disk(study: Study, tmp_path: Path) -> None:
    refused(study, [bomb(tmp_path / "炸弹.kmz", 101 * 2**20)], "解压后太大")
    with zipfile.ZipFile(tmp_path / "图片.kmz", "w") as archive:
        archive.writestr("files/a.png", b"x")
    refused(study, [tmp_path / "图片.kmz"], "压缩包里没有边界文件")
    (tmp_path / "坏.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    refused(study, [tmp_path / "坏.zip"], "压缩包已损坏")
    (tmp_path / "图.cad").write_bytes(b"AC1032" + bytes(100))
    refused(study, [tmp_path / "图.cad"], "这不是边界文件")
    refused(study, [tmp_path / "没有.kml"], "找不到文件")


def test_a_kmz_of_50_mb_of_pictures_is_read_without_them(study: Study, tmp_path: Path) -> None:
    (path,) = kmz(tmp_path, UTF8, features())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive, archive.open("files/底图.png", "w") as file:
        for _ in range(50):
            file.write(bytes(2**20))
    assert path.stat().st_size > 50 * 2**20
    assert len(stage(study, [path], "street").matches.found) == 12


def test_a_zip_from_chinese_windows_holds_a_shapefile(study: Study, tmp_path: Path) -> None:
    shp(tmp_path, GB, features(), cpg=False)
    path = tmp_path / "打包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(tmp_path.glob("边界.*")):
            name = zipfile.ZipInfo(f"{'边界'.encode('gb18030').decode('cp437')}{part.suffix}")
            archive.writestr(name, part.read_bytes())
    content = path.read_bytes()
    utf8, gbk = "边界".encode("gb18030").decode("cp437").encode(), "边界".encode("gb18030")
    assert len(stage(study, [path], "street").matches.found) == 12
    assert utf8 in content
    assert gbk not in content


def test_entities_in_kml_are_refused(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    lol = '<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    path.write_text(kml_text(features()).replace("<kml ", f"{lol}<kml ", 1), encoding="utf-8")
    refused(study, [path], "实体声明")


def test_holes_and_islands_stay(study: Study, tmp_path: Path) -> None:
    first, *rest = features()
    west, south, *_ = first.shape.bounds
    lake = shapely.box(west + 0.04, south + 0.04, west + 0.05, south + 0.05)
    island = shapely.box(119.5, 29.5, 119.6, 29.6)
    shape = MultiPolygon([*shapely.get_parts(first.shape.difference(lake)), island])
    draft = stage(study, shp(tmp_path, UTF8, [replace(first, shape=shape), *rest]), "street")
    (drawn,) = (one for one in draft.map.of("street") if one.code == 330101100)
    assert sorted(len(part) for part in drawn.parts) == [1, 2]
