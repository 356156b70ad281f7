"""Coding sheet: round trip, errors with their row, atomic storage; the text cache survives damage."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from survey.errors import ReadError, StoreError
from survey.storage.files import KEPT, TextCache
from survey.study.coding_sheet import HumanCode, Line, keep_codes, read_codes, read_sheet, settled, write_sheet

THEMES = {"lamp": "照明", "noise": "噪音"}
LINES = (Line(12345678901234567, "路灯不亮", ("lamp",)), Line(2, "=1+1 太吵"), Line(3, "都好"))


def _filled(tmp_path: Path, cells: dict[str, str]) -> Path:
    path = tmp_path / "sheet.xlsx"
    write_sheet(path, LINES, THEMES)
    book = openpyxl.load_workbook(path)
    for name, value in cells.items():
        book["编码"][name] = value
    book.save(path)
    return path


def test_coding_sheet_round_trip(tmp_path: Path) -> None:
    path = _filled(tmp_path, {"D2": "照明", "E2": "noise", "G2": "甲", "D4": "无"})
    assert openpyxl.load_workbook(path)["编码"]["B3"].value == "=1+1 太吵"
    assert openpyxl.load_workbook(path)["编码"]["C2"].value == "照明"
    assert read_sheet(path, THEMES) == (
        HumanCode(12345678901234567, ("lamp", "noise"), "甲"),
        HumanCode(3, (), "未署名"),
    )


@pytest.mark.parametrize(
    ("cells", "what"), [({"D3": "停车"}, "第 3 行"), ({"D2": "照明", "A2": "x"}, "编号"), ({"B1": "文字"}, "缺少列")]
)
def test_faulty_sheets(tmp_path: Path, cells: dict[str, str], what: str) -> None:
    with pytest.raises(ReadError, match=what):
        read_sheet(_filled(tmp_path, cells), THEMES)


def test_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"no workbook")
    with pytest.raises(ReadError, match="打不开"):
        read_sheet(path, THEMES)


def test_codes_are_kept_by_coder(tmp_path: Path) -> None:
    assert read_codes(tmp_path) == ()
    first = [HumanCode(1, ("lamp",), "甲"), HumanCode(1, (), "乙")]
    assert keep_codes(tmp_path, first) == 2
    assert keep_codes(tmp_path, [HumanCode(1, ("noise", "lamp"), "甲")]) == 2
    assert set(read_codes(tmp_path)) == {
        HumanCode(1, ("noise", "lamp"), "甲"),
        HumanCode(1, (), "乙"),
    }


def test_cache(tmp_path: Path) -> None:
    cache, table = TextCache(tmp_path / "new"), pa.table({"digest": [1, 2]})
    assert cache.read("a", table.schema) is None
    cache.write("a", table)
    assert cache.read("a", table.schema).equals(table)  # type: ignore[union-attr]
    assert cache.read("a", pa.schema({"other": pa.int64()})) is None
    cache.write("a", pa.table({"digest": [3]}))
    (file,) = (tmp_path / "new").iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert cache.read("a", table.schema) is None
    (tmp_path / "new" / "earlier.parquet").write_bytes(b"of an earlier version")
    for name in "bcdefg":
        cache.write(name, table)
    assert len(list((tmp_path / "new").iterdir())) == KEPT


def test_an_unwritable_cache_loses_no_result(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")
    cache, table = TextCache(tmp_path / "cache"), pa.table({"digest": [1]})
    cache.write("a", table)
    assert cache.read("a", table.schema) is None


def test_unwritable_codes_are_reported(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError, match="编码结果不能存入"):
        keep_codes(tmp_path / "city", [HumanCode(1, (), "甲")])


def test_where_coders_differ_what_they_share_counts_else_the_last(tmp_path: Path) -> None:
    keep_codes(tmp_path, [HumanCode(1, ("lamp", "noise"), "乙"), HumanCode(2, ("lamp",), "乙"), HumanCode(3, (), "乙")])
    keep_codes(tmp_path, [HumanCode(1, ("noise",), "甲"), HumanCode(2, (), "甲"), HumanCode(3, ("lamp",), "甲")])
    assert settled(read_codes(tmp_path)) == {1: ("noise",), 2: (), 3: ("lamp",)}
    keep_codes(tmp_path, [HumanCode(2, ("noise",), "乙")])  # whoever codes again is the last
    assert settled(read_codes(tmp_path))[2] == ("noise",)
