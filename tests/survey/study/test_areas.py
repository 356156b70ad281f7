"""The frame: the tree of names, and reports of all invalid rows."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.errors import StudyError
from survey.study.areas import COORDINATES, FRAME_COLUMNS, LEVELS, Areas, SamplingPoint, read_frame

HEAD = "代码,区县,街道,社区,城乡代码,场所类型,人口,层\n"
GOOD = [
    "990102001001,乙区,东街道,东一社区,111,老旧小区,900,乙",
    "990101001001,甲区,东街道,东一社区,112,城乡结合部,1200,甲",
    "990101001002,甲区,东街道,东二社区,111,新建小区,800,甲",
    '990101002001,甲区,西街道,西一社区,,背街小巷,"1,500",甲',
]


def write(tmp_path: Path, rows: list[str], head: str = HEAD, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "frame.csv"
    path.write_bytes((head + "\n".join(rows) + "\n").encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_tree(tmp_path: Path, encoding: str) -> None:
    areas = read_frame(write(tmp_path, GOOD, encoding=encoding))
    assert areas.districts == ("甲区", "乙区")
    assert areas.children("甲区") == ("东街道", "西街道")
    assert areas.children("甲区", "东街道") == ("东一社区", "东二社区")
    # the two districts have a street of the same name
    assert [point.code for point in areas.within("乙区", "东街道")] == [990102001001]
    assert areas.population() == {"甲区": 3500, "乙区": 900}
    assert areas.population("place")["背街小巷"] == 1500
    assert areas.strata == ("甲", "乙")
    assert areas.by_code[990101001001].place == "城乡结合部"


def test_frame_as_a_table(tmp_path: Path) -> None:
    frame = read_frame(write(tmp_path, GOOD)).frame
    assert list(frame.columns) == [
        "psu", "district", "street", "community", "urban_rural", "place", "population", "stratum",
    ]  # fmt: skip
    assert str(frame["psu"].dtype) == str(frame["population"].dtype) == "int64"
    assert frame["psu"].is_monotonic_increasing


def test_canonical_headings_are_accepted(tmp_path: Path) -> None:
    head = ",".join(column for column in FRAME_COLUMNS.values() if column not in COORDINATES) + "\n"
    assert len(read_frame(write(tmp_path, GOOD, head=head)).points) == 4


def test_coordinates_are_optional_and_districts_have_a_centre_by_residents(tmp_path: Path) -> None:
    assert read_frame(write(tmp_path, GOOD)).centres == {}
    head = HEAD.strip() + ",经度,纬度\n"
    degrees = ["121.5,31.2", "120,30", "121,31.5", ","]
    areas = read_frame(write(tmp_path, [f"{row},{own}" for row, own in zip(GOOD, degrees, strict=True)], head=head))
    assert areas.points[0].longitude == 120
    assert areas.points[2].latitude is None
    assert areas.centres["甲区"] == pytest.approx(((120 * 1200 + 121 * 800) / 2000, (30 * 1200 + 31.5 * 800) / 2000))
    assert list(areas.centres) == ["甲区", "乙区"]


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        ("东经120,30", "第 2 行 经度 列：读到“东经120”，应为-180 到 180 之间的度数"),
        ("120,91", "第 2 行 纬度 列：读到“91”，应为-90 到 90 之间"),
        ("nan,30", "第 2 行 经度 列：读到“nan”"),
        ("120,", "第 2 行 纬度 列：读到“”，应为度数（经度和纬度要么都写，要么都空着）"),
    ],
)
def test_coordinates_that_are_none_are_named(tmp_path: Path, degrees: str, expected: str) -> None:
    rows = [f"{GOOD[0]},{degrees}", *(f"{row},," for row in GOOD[1:])]
    with pytest.raises(StudyError) as error:
        read_frame(write(tmp_path, rows, head=HEAD.strip() + ",经度,纬度\n"))
    assert expected in str(error.value)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "99010100100,甲区,东街道,东三社区,111,其他,5,甲",
            "第 6 行 代码 列：读到“99010100100”，应为12 位数字代码（现为 11 位",
        ),
        ("9.90101E+11,甲区,东街道,东三社区,111,其他,5,甲", "第 6 行 代码 列"),
        ("990101001001,甲区,东街道,东三社区,111,其他,5,甲", "与第 3 行相同"),
        ("990101001003,丙区,东街道,东三社区,111,其他,5,甲", "第 6 行 区县 列：读到“丙区”，应为“甲区”"),
        ("990101001003,甲区,南街道,东三社区,111,其他,5,甲", "第 6 行 街道 列：读到“南街道”，应为“东街道”"),
        ("990103001003,甲区,东街道,东三社区,111,其他,5,甲", "以 990101 开头"),
        ("990101001003,甲区,东街道,东三社区,111,其他,-5,甲", "读到“-5”，应为不小于 1 的整数"),
        ("990101001003,甲区,东街道,东三社区,111,其他,很多,甲", "读到“很多”"),
        ("990101001003,甲区,东街道,东三社区,999,其他,5,甲", "城乡分类代码"),
        ("990101001003,甲区,东街道,,111,其他,5,甲", "第 6 行 社区 列"),
        ("990101001003,甲区,东街道,东三社区,111,其他,5,", "第 6 行 层 列"),
        ("990101001003,甲区,东街道,东三社区,111,其他,5", "读到“7 格”，应为8 格"),
    ],
)
def test_a_faulty_row_is_named(tmp_path: Path, row: str, expected: str) -> None:
    with pytest.raises(StudyError) as error:
        read_frame(write(tmp_path, [*GOOD, row]))
    assert expected in str(error.value)
    assert "frame.csv" in str(error.value)


def test_all_invalid_rows_are_reported_at_once(tmp_path: Path) -> None:
    rows = [f"{code},甲区,东街道,东一社区,111,其他,5,甲" for code in range(100, 115)]
    with pytest.raises(StudyError) as error:
        read_frame(write(tmp_path, rows))
    text = str(error.value)
    assert "有 15 处问题" in text
    assert "第 2 行" in text
    assert "第 11 行" in text
    assert "另有 5 处" in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "空文件"),
        (HEAD.encode(), "没有数据"),
        (HEAD.replace("人口", "人口数").encode(), "有不认识的列"),
        (HEAD.replace("层", "代码").encode(), "有两列同名"),
        ("代码,区县\n1,2\n".encode(), "缺少列"),
        (b"\xff\xfe\x00\x01\x81", "编码无法识别"),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "frame.csv"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=expected):
        read_frame(path)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 999)), min_size=1, max_size=30))
def test_populations_add_up_at_every_level(cells: list[tuple[int, int, int]]) -> None:
    points = [
        SamplingPoint(990100000000 + number, f"区{district}", f"街{street}", f"社{number}", "111", "其他", people, "层")
        for number, (district, street, people) in enumerate(cells)
    ]
    areas = Areas(tuple(points))
    total = sum(people for _, _, people in cells)
    assert sum(areas.population().values()) == total
    below = [areas.within(district, street) for district in areas.districts for street in areas.children(district)]
    assert sum(point.population for group in below for point in group) == total
    assert int(areas.frame["population"].sum()) == total
    assert tuple(LEVELS) == ("district", "street", "community")
