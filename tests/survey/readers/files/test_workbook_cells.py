"""The cells of workbooks as their sheets hold them: merged, hidden, never calculated, oddly formatted, of old files."""

from __future__ import annotations

import datetime as dt
import re
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from survey.errors import ReadError
from survey.readers.cells import missing
from survey.readers.files import excel_child, xls_cells
from survey.readers.files.opening import open_file
from survey.readers.files.sheet import Sheet
from tests.survey.readers.files.old_workbook import chart, record, write_xls


def sheet(path: Path) -> Sheet:
    return open_file(path).sheets[0]


def column(path: Path, index: int = 0) -> list[str]:
    return [row[index] for row in sheet(path).head]


def formatted(path: Path, values: Sequence[tuple[float, str]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        for row, (value, form) in enumerate(values):
            page.write_number(row, 0, value, book.add_format({"num_format": form}))
    return path


def openpyxl_book(path: Path, rows: Sequence[Sequence[Any]]) -> tuple[Path, Any, Any]:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    return path, book, page


@pytest.mark.parametrize("address", [rb'<c r="\1"\2', rb'<c\2 r="\1"', rb'<c\n r="\1"\2'])
def test_decimals_are_kept_wherever_the_address_of_a_cell_stands(address: bytes, tmp_path: Path) -> None:
    numbers = [700.111112345678, 0.123456789012345, 3.0]
    first = formatted(tmp_path / "a.xlsx", [(number, "0.00") for number in numbers])
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if "sheet1" in name:
                content = re.sub(rb'<c r="(\w+)"([^>]*)', address, content)
                assert address.startswith(rb'<c r="') == (b'<c r="' in content)
            target.writestr(name, content)
    assert column(tmp_path / "b.xlsx") == ["700.111112345678", "0.123456789012345", "3"]


def test_merged_cells_are_filled_downwards(tmp_path: Path) -> None:
    path, book, page = openpyxl_book(tmp_path / "a.xlsx", [["psu", "x"], ["一", 1], [None, 2], [None, 3], ["二", 4]])
    page.merge_cells("A2:A4")
    book.save(path)
    assert column(path) == ["psu", "一", "一", "一", "二"]
    assert [cells.name for cells in sheet(path).merged] == ["A2:A4"]


def test_cells_merged_across_are_not_filled(tmp_path: Path) -> None:
    path, book, page = openpyxl_book(tmp_path / "a.xlsx", [["标题", None, None], ["a", "b", "c"]])
    page.merge_cells("A1:C1")
    book.save(path)
    assert sheet(path).head[0] == ("标题", "", "")
    assert [cells.name for cells in sheet(path).merged] == ["A1:C1"]


def test_hidden_rows_are_counted_and_read(tmp_path: Path) -> None:
    path, book, page = openpyxl_book(tmp_path / "a.xlsx", [["a"], [1], [2], [3]])
    page.row_dimensions[2].hidden = page.row_dimensions[4].hidden = True
    book.save(path)
    assert (sheet(path).hidden_rows, column(path)) == (2, ["a", "1", "2", "3"])


def test_hidden_columns_are_named_and_read(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        page = book.add_worksheet()
        for number, row in enumerate([["", "a", "b", "c", "d"], ["", "1", "2", "3", "4"]]):
            page.write_row(number, 0, row)
        page.set_column(0, 1, None, None, {"hidden": True})  # column A is empty: c0 is column B
        page.set_column(3, 16_383, None, None, {"hidden": True})
    found = sheet(tmp_path / "a.xlsx")
    assert [found.letters(at) for at in found.hidden_columns] == ["B", "D", "E"]
    assert found.head == (("a", "b", "c", "d"), ("1", "2", "3", "4"))


def test_hidden_columns_of_an_old_workbook(tmp_path: Path) -> None:
    hidden = record(0x7D, struct.pack("<HHHHHH", 1, 2, 2000, 0, 1, 0))
    path = write_xls(tmp_path / "a.xls", [["a", "b"], [1.0, 2.0]], inside=hidden)
    assert (sheet(path).hidden_columns, sheet(path).head) == ((1,), (("a", "b"), ("1", "2")))


def test_a_formula_without_a_value_does_not_pass_for_blank(tmp_path: Path) -> None:
    path, book, _ = openpyxl_book(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2+1"], [2, None]])
    book.save(path)  # openpyxl keeps no values of formulas
    assert column(path, 1) == ["b", missing.NO_VALUE, ""]


def test_a_formula_with_a_value_is_its_value(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        page = book.add_worksheet()
        page.write_formula(0, 0, "=1+1", None, 2)
        page.write_formula(1, 0, "=NA()", None, "#N/A")
        page.write_formula(2, 0, "=1/0", None, "#DIV/0!")
    assert column(tmp_path / "a.xlsx") == ["2", "#N/A", missing.ERROR_CELL]


def test_the_marks_of_the_child_are_those_of_the_cells() -> None:
    assert (excel_child.NO_VALUE, excel_child.ERROR_CELL) == (missing.NO_VALUE, missing.ERROR_CELL)
    assert (xls_cells.ERROR_CELL, xls_cells.NOT_AVAILABLE) == (excel_child.ERROR_CELL, excel_child.NOT_AVAILABLE)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (2, "[hh]", "2"),
        (12, "A/P", "12"),
        (12, '0" A/P"', "12"),
        (0.123, "[hh]:mm:ss", "2:57:07"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (46329.5, "yyyy-mm-dd hh:mm", "2026-11-03 12:00:00"),
        (46329.5, "yyyy/m/d h:mm A/P", "2026-11-03 12:00:00"),
        (3, '[Red]0"天"', "3"),
        (700.111112345678, "General", "700.111112345678"),
        (12345678901234567, "0", "1.23456789012346E+16"),
        (990101001003, "0", "990101001003"),
    ],
)
def test_numbers_are_not_changed_by_their_format(value: float, form: str, expected: str, tmp_path: Path) -> None:
    assert column(formatted(tmp_path / "a.xlsx", [(value, form)])) == [expected]


def test_a_long_text_of_digits_is_kept(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet().write_string(0, 0, "123456789012345678")
    assert column(tmp_path / "a.xlsx") == ["123456789012345678"]


def test_dates_from_1904_with_an_extension_list(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "plain.xlsx"), {"date_1904": True}) as book:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_datetime(0, 0, dt.datetime(2026, 11, 3), form)
    extension = (
        b'<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}" xmlns:x15="http://schemas.microsoft.com/office/'
        b'spreadsheetml/2010/11/main"><x15:workbookPr chartTrackingRefBase="1"/></ext></extLst></workbook>'
    )
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = content.replace(b"</workbook>", extension)
            new.writestr(entry.filename, content)
    assert column(tmp_path / "plain.xlsx") == ["2026-11-03 00:00:00"]
    assert column(tmp_path / "a.xlsx") == ["2026-11-03 00:00:00"]


def test_cached_points_of_a_chart_are_no_cells(tmp_path: Path) -> None:
    rows = [["S1", "A1"], [1.0, 2.0], [3.0, 4.0]]
    path = write_xls(tmp_path / "a.xls", rows, inside=chart([(1, 0, 9.0), (2, 1, 8.0), (5, 0, 7.0)]))
    assert sheet(path).head == (("S1", "A1"), ("1", "2"), ("3", "4"))


@pytest.mark.parametrize("codepage", [936, 1252, 1200])
def test_texts_of_an_old_workbook_are_unicode_whatever_its_code_page(codepage: int, tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [["编号", "满意度"], ["一", "非常满意"]], codepage=codepage)
    assert (sheet(path).name, sheet(path).head[1]) == ("答卷", ("一", "非常满意"))


def test_a_password_of_an_old_workbook_is_named(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", [["a"]])
    content = path.read_bytes()
    code_page = record(0x42, b"\xb0\x04")
    assert code_page in content
    path.write_bytes(content.replace(code_page, record(0x2F, b"\1\0"), 1))  # FILEPASS of RC4
    with pytest.raises(ReadError, match="打开密码") as caught:
        open_file(path)
    assert "去掉密码" in caught.value.cure
