"""Places: neighbours and tiles of districts; a faulty row is named and left out."""

from pathlib import Path

import pytest

from survey.study.areas import Areas, SamplingPoint
from survey.study.places import LAST_COLUMN, LAST_ROW, NEIGHBOURS, TILES, Places, read_places

AREAS = Areas(
    tuple(
        SamplingPoint(990101001001 + 1_000_000 * at, name, "街", "社", "111", "其他", 100, name)
        for at, name in enumerate(["甲区", "乙区", "丙区"])
    )
)


def read(folder: Path, *, tiles: str = "", neighbours: str = "", encoding: str = "utf-8") -> Places:
    for name, text in ((TILES, tiles), (NEIGHBOURS, neighbours)):
        if text:
            (folder / name).write_text(text, encoding=encoding)
    return read_places(folder, AREAS)


def test_without_files_and_coordinates_nothing_is_known(tmp_path: Path) -> None:
    places = read(tmp_path)
    assert not places.known
    assert places.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_both_files_are_read(tmp_path: Path, encoding: str) -> None:
    tiles = "区县,行,列\n甲区,1,2\n乙区,2,1\n丙区,2,2\n"
    places = read(tmp_path, tiles=tiles, neighbours="区县,相邻区县\n甲区,乙区\n", encoding=encoding)
    assert places.tiles == {"甲区": (1, 2), "乙区": (2, 1), "丙区": (2, 2)}
    assert places.neighbours == (("甲区", "乙区"),)
    assert places.known
    assert places.notes == ()


def test_faulty_tiles_are_named_with_their_row_and_the_others_count(tmp_path: Path) -> None:
    rows = ["name,row,column", "丁区,1,1", "甲区,1,1", "乙区,1,1", "甲区,2,2", f"丙区,{LAST_ROW + 1},{LAST_COLUMN}"]
    places = read(tmp_path, tiles="\n".join(rows))
    assert places.tiles == {"甲区": (1, 1)}
    assert list(places.notes) == [
        "tiles.csv 第 2 行 name 列：读到“丁区”，应为抽样框里的区县：甲区、乙区、丙区",
        "tiles.csv 第 4 行 column 列：读到“1”，应为没有用过的格子（与第 3 行相同）",
        "tiles.csv 第 5 行 name 列：读到“甲区”，应为没有用过的区县（与第 3 行相同）",
        "tiles.csv 第 6 行 row 列：读到“41”，应为1 到 40 的整数",
        "tiles.csv 没有写到“乙区、丙区”，共 2 个区县；这些由程序放到空格里",
    ]


def test_faulty_neighbours_are_named_with_their_row(tmp_path: Path) -> None:
    places = read(tmp_path, neighbours="区县,相邻区县\n甲区,丁区\n乙区,乙区\n乙区,丙区\n")
    assert places.neighbours == (("乙区", "丙区"),)
    assert list(places.notes) == [
        "neighbours.csv 第 2 行 相邻区县 列：读到“丁区”，应为抽样框里的区县：甲区、乙区、丙区",
        "neighbours.csv 第 3 行 相邻区县 列：读到“乙区”，应为另一个区县",
    ]


@pytest.mark.parametrize("content", ["", "区县,行\n甲区,1\n", "区县,行,列\n甲区,1\n", "区县,行,列,色\n甲区,1,1,红\n"])
def test_an_unreadable_file_is_a_note_and_stops_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / TILES).write_text(content, encoding="utf-8")
    places = read_places(tmp_path, AREAS)
    assert places.tiles == {}
    assert len(places.notes) == 1
    assert "tiles.csv" in places.notes[0]
