"""Boundaries are matched, simplified with shared edges, and written as a whole or not at all."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from reports.health.verification import verify
from survey.boundaries import staging
from survey.boundaries.draft_words import details, lists, stored, summary, written
from survey.boundaries.names import DISTRICT, STREET, bare_name, code_at, whole_name
from survey.boundaries.shaping import MOST
from survey.boundaries.stored import (
    FILE,
    BoundaryMap,
    Shape,
    content_of,
    read_boundaries,
    remove_boundaries,
    write_boundaries,
)
from survey.boundaries.systems import WGS84, of_crs, of_prj, of_range
from survey.errors import ArgumentError, DamagedError, ReadError
from survey.mock.city.borders import mock_boundaries
from survey.storage.backup.restore import restore
from survey.storage.backup.snapshot import take
from survey.study.areas import Areas, SamplingPoint
from survey.study.study import Study
from tests.survey.boundaries.drawn import city, districts, features, geojson, moved


def polygon(one: Shape) -> MultiPolygon:
    return MultiPolygon([Polygon(part[0], part[1:]) for part in one.parts])


def drafted(study: Study, folder: Path, level: str = STREET, drawn: Sequence[Any] = (), **more: Any) -> staging.Draft:
    folder.mkdir(exist_ok=True)
    files = geojson(folder, "utf-8", drawn or (features() if level == STREET else districts()))
    return staging.stage(study, files, level, **more)


def test_simplified_streets_share_their_edges_and_make_up_their_districts(study: Study, tmp_path: Path) -> None:
    draft = drafted(study, tmp_path, drawn=features(rough=400))
    shapes = [polygon(one) for one in draft.map.of(STREET)]
    assert draft.size <= MOST[STREET]
    assert shapely.coverage_is_valid(shapes)
    assert all(not part.exterior.is_ccw for shape in shapes for part in shape.geoms)
    whole = shapely.union_all(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=1e-9)
    outlines = shapely.union_all([polygon(one) for one in draft.map.of(DISTRICT)])
    assert outlines.symmetric_difference(whole).area < 1e-9
    for one, shape in zip(draft.map.of(STREET), shapes, strict=True):
        middle = shapely.Point(one.label)
        assert shape.contains(middle.buffer(0.9 * one.radius))
    drawn = {int(one.code): one.shape for one in features(rough=400)}
    moved_by = [
        polygon(one).symmetric_difference(drawn[one.code]).area / drawn[one.code].area for one in draft.map.of(STREET)
    ]
    assert max(moved_by) < 0.01


def test_edges_that_do_not_meet_are_fitted_to_each_other(study: Study, tmp_path: Path) -> None:
    careless = [moved(one, 1e-5 * (at % 3), 1e-5 * (at % 2)) for at, one in enumerate(features())]
    draft = drafted(study, tmp_path, drawn=careless)
    assert shapely.coverage_is_valid([polygon(one) for one in draft.map.of(STREET)])
    assert draft.notes == ()


def test_names_decide_where_codes_do_not(study: Study, tmp_path: Path) -> None:
    first, second, third, *rest = features()
    odd = [
        replace(first, code="330101999"),  # another code, the name with its district is known
        replace(second, code="", name="  新华 街道办事处"),
        replace(third, name="别的名称"),  # the code counts, and a person is told
        *rest,
    ]
    draft = drafted(study, tmp_path, drawn=odd)
    assert len(draft.matches.found) == 12
    assert any("代码不在抽样框里，按名称算作城关镇" in note for note in draft.notes)
    assert "名称取自“name”" in details(draft)[1]


def test_a_name_that_another_code_has_taken_is_not_used_again(study: Study, tmp_path: Path) -> None:
    stranger = replace(moved(features()[0], 1, 1), code="330199", district="")
    draft = drafted(study, tmp_path, DISTRICT, [*districts(), replace(stranger, name="河东区")])
    (reason,) = draft.matches.unused
    assert "和河东区同名，但代码不同" in reason
    assert "1 个图形不在抽样框里" in summary(draft)
    assert [one.title for one in lists(draft)] == ["文件里有、抽样框里没有的（不导入）：1 个"]


@pytest.mark.parametrize(
    ("text", "level", "bare"),
    [
        ("河东区", DISTRICT, "河东"),
        ("　河东　区", DISTRICT, "河东"),
        ("㛃县", DISTRICT, "㛃"),
        ("开县", DISTRICT, "开"),
        ("岚山市辖区", DISTRICT, "岚山"),
        ("峨边彝族自治县", DISTRICT, "峨边"),
        ("李村街道办事处", STREET, "李村"),
        ("李村街道办", STREET, "李村"),
        ("城关镇", STREET, "城关"),
        ("㛃桥回族民族乡", STREET, "㛃桥"),
        ("镇", STREET, "镇"),
    ],
)
def test_names_without_their_kind(text: str, level: str, bare: str) -> None:
    assert bare_name(text, level) == bare


def test_names_and_codes_in_all_spellings() -> None:
    assert whole_name("㛃桥（乡）\u200b Ａ") == "㛃桥乡A"
    codes = {
        "330101": 330101,
        "156330101": 330101,
        "330101000000": 330101,
        "３３０１０１": 330101,
        "330101001": 0,
        "x": 0,
    }
    assert {text: code_at(text, DISTRICT) for text in codes} == codes
    assert code_at("330101001000", STREET) == 330101001
    assert code_at("330101001005", STREET) == 0


def test_systems_by_name_and_by_range() -> None:
    assert of_crs({"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}) == WGS84
    assert of_crs({"properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}).key == WGS84.key  # type: ignore[union-attr]
    assert of_crs({"properties": {"name": "EPSG:4549"}}).metres  # type: ignore[union-attr]
    assert of_crs("nonsense") is None
    assert of_prj("nonsense") is None
    assert of_prj('GEOGCS["GCS_Beijing_1954"]').key == "gcs beijing 1954"  # type: ignore[union-attr]
    ranges = {(120, 30, 121, 31): "degrees", (30, 120, 31, 121): "swapped", (4e5, 3.3e6, 5e5, 3.4e6): "gauss"}
    ranges |= {(4.05e7, 3.3e6, 4.06e7, 3.4e6): "gauss-40", (1.3e7, 3.5e6, 1.31e7, 3.6e6): "mercator"}
    ranges |= {(1000, 2000, 5000, 6000): "local", (0, 0, 1e300, 1): "beyond"}
    assert {bounds: of_range(*bounds).key for bounds in ranges} == ranges


def test_levels_and_systems_that_do_not_exist_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="两级"):
        drafted(study, tmp_path, "community", features())
    with pytest.raises(ArgumentError, match="没有这种坐标系"):
        drafted(study, tmp_path, system="mars")


def test_commit_writes_one_level_and_keeps_the_other(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    assert read_boundaries(study.root) is None
    assert "没有边界" in stored(None)
    done = staging.commit(study, drafted(study, tmp_path / "a", system="wgs84", approval="GS(2027)1号"), who="甲")
    assert "3 个区县由街道拼成" in written(done)
    assert read_boundaries(study.root) == done
    both = staging.commit(study, drafted(study, tmp_path / "b", DISTRICT, system="cgcs2000"), who="乙")
    assert (len(both.of(DISTRICT)), len(both.of(STREET))) == (3, 12)
    assert not any(one.derived for one in both.shapes)
    assert (both.approval, both.who) == ("GS(2027)1号", "乙")
    assert "审图号 GS(2027)1号" in stored(both)
    with pytest.raises(ReadError, match="坐标系不同"):
        drafted(study, tmp_path / "c", DISTRICT, system="gcj02")
    assert remove_boundaries(study.root)
    assert not remove_boundaries(study.root)
    draft = drafted(study, tmp_path / "c", DISTRICT, system="gcj02")
    staging.commit(study, drafted(study, tmp_path / "a", system="wgs84"), who="甲")
    with pytest.raises(ReadError, match="坐标系不同"):  # somebody else was faster
        staging.commit(study, draft, who="乙")
    kept = read_boundaries(study.root)
    assert kept is not None
    assert kept.system == WGS84


def test_a_map_is_invented_as_long_as_invented_boundaries_stay(tmp_path: Path) -> None:
    """Also in a mock study: an approval number that a person has typed is printed on the map."""
    study = replace(city(tmp_path / "study"), mock=True)
    done = staging.commit(study, drafted(study, tmp_path / "one"), who="甲")
    assert not done.mock
    write_boundaries(study.root, replace(done, mock=True, sources=((STREET, "模拟边界", ""),)))
    assert staging.commit(study, drafted(study, tmp_path / "two", DISTRICT, districts()), who="甲").mock
    last = staging.commit(study, drafted(study, tmp_path / "three", approval="GS(2026)1"), who="甲")
    assert not last.mock
    assert last.approval == "GS(2026)1"


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = city(tmp_path / "city")
    staging.commit(study, drafted(study, tmp_path / "a"), who="甲")
    before = (study.root / FILE).read_bytes()

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:1000])
        raise OSError(28, "No space left on device")

    draft = drafted(study, tmp_path / "b", DISTRICT)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        staging.commit(study, draft, who="乙")
    monkeypatch.undo()
    assert (study.root / FILE).read_bytes() == before
    assert not list(study.root.glob(".copy-*"))


def test_backup_restore_and_verify_know_the_boundaries(tmp_path: Path) -> None:
    study = city(tmp_path / "city")
    done = staging.commit(study, drafted(study, tmp_path / "a"), who="甲")
    take(study.root, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")
    assert read_boundaries(tmp_path / "again") == done
    assert [fault.kind for fault in verify(study).faults] == []
    path = study.root / FILE
    path.write_text(path.read_text(encoding="utf-8").replace("新华街道", "旧华街道", 1), encoding="utf-8")
    (fault,) = verify(study).faults
    assert (fault.kind, fault.path, fault.what) == ("地图边界", FILE, "边界文件与写入时不同")
    with pytest.raises(DamagedError, match="与写入时不同"):
        drafted(study, tmp_path / "b", DISTRICT)


numbers = st.floats(-180, 180).map(lambda one: round(one, 5))
rings = st.lists(st.tuples(numbers, numbers), min_size=4, max_size=6).map(tuple)
shapes = st.builds(
    Shape,
    level=st.sampled_from([DISTRICT, STREET]),
    code=st.integers(1, 10**9),
    name=st.text(max_size=6),
    district=st.text(max_size=6),
    parts=st.lists(st.lists(rings, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple),
    label=st.tuples(numbers, numbers),
    radius=st.floats(0, 10),
    derived=st.booleans(),
)


@settings(max_examples=25)
@given(st.lists(shapes, max_size=3), st.text(max_size=9))
def test_what_is_stored_is_read_back(some: list[Shape], approval: str) -> None:
    map_ = BoundaryMap(tuple(some), WGS84, approval, sources=((STREET, "甲.kml", "00"),), who="甲", at="2027-01-01")
    from survey.boundaries.stored import _read

    assert _read(json.loads(content_of(map_))) == map_


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"silu": {"seal": "x"}, "features": 3}'])
def test_any_other_file_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DamagedError):
        read_boundaries(tmp_path)


@pytest.mark.parametrize("streets", [1, 2, 9])
def test_the_mock_city_has_invented_borders_without_gaps(tmp_path: Path, streets: int) -> None:
    places = [(at // 3, at % 3, 0.07 * (at % 3), -0.06 * (at // 3)) for at in range(streets)]
    points = tuple(
        SamplingPoint(
            990101001001 + 10**6 * a + 1000 * b, f"{a}区", f"{a}{b}街道", "甲社区", "111", "其他", 9, "城", x, y
        )
        for a, b, x, y in places
    )
    map_ = mock_boundaries(Areas(points), 1)
    drawn = [polygon(one) for one in map_.of(STREET)]
    assert len(drawn) == streets
    assert len(map_.of(DISTRICT)) == -(-streets // 3)
    assert shapely.coverage_is_valid(drawn)
    assert map_.mock
    assert map_ == mock_boundaries(Areas(points), 1)
    assert map_ != mock_boundaries(Areas(points), 2)
    write_boundaries(tmp_path, map_)
    assert read_boundaries(tmp_path) == map_
