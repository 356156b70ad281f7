"""Formats that are not read are named, with what to do; separators, trailing commas and lone headings of CSV files."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from survey.errors import ReadError
from survey.readers.files.opening import open_file
from survey.readers.files.statistics_child import cell, load


@pytest.mark.parametrize(
    ("content", "name", "cure"),
    [
        (b"s\2\1\0\2\0\n\0" + bytes(400), "Stata 12", "另存为 dta"),
        (b"r\1\1\0" + bytes(100), "Stata 12", "另存为 dta"),
        (b"ASCII SPSS PORT FILE" + b" " * 20 + bytes(300), "por", "另存为 sav"),
        (b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV\x15" + bytes(100), "密码", "不加密的 sav"),
        (b"\x09\x04\x06\0\0\0\x10\0" + bytes(50), "Excel 2 至 4", "另存为 xlsx"),
        (b"\x09\x02\x06\0\0\0\x10\0" + bytes(50), "Excel 2 至 4", "另存为 xlsx"),
        (bytes(12) + b"\xc2\xea\x81\x60" + bytes(100), "SAS", "csv"),
    ],
)
def test_a_format_that_is_not_read_is_named(content: bytes, name: str, cure: str, tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(content)
    with pytest.raises(ReadError) as caught:
        open_file(tmp_path / "a.dat")
    assert name in caught.value.what
    assert cure in caught.value.cure
    assert "xlsx" in caught.value.expected


def test_an_open_document_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    with pytest.raises(ReadError, match="ods"):
        open_file(tmp_path / "a.ods")


def head(path: Path, text: str) -> tuple[tuple[str, ...], ...]:
    path.write_text(text, encoding="utf-8")
    return open_file(path).sheets[0].head


@pytest.mark.parametrize("mark", ["|", ";"])
def test_one_separator_in_each_checkbox_cell_is_not_the_separator(mark: str, tmp_path: Path) -> None:
    rows = [f'r{n},1{mark}3,2,"停车难{"，难" * n}, 真难"' for n in range(30)]
    found = head(tmp_path / "a.csv", "\n".join(["id,B1,A1,H1", *rows]) + "\n")
    assert found[0] == ("id", "B1", "A1", "H1")
    assert found[2] == ("r1", f"1{mark}3", "2", "停车难，难, 真难")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_real_separator_is_found(mark: str, tmp_path: Path) -> None:
    rows = [["id", "B1", "A1"], *([f"r{n}", '"1,3,5"', "x"] for n in range(5))]
    found = head(tmp_path / "a.csv", "\n".join(mark.join(row) for row in rows) + "\n")
    assert found[1] == ("r0", "1,3,5", "x")


def body(path: Path, text: str) -> tuple[list[list[str]], int]:
    path.write_text(text, encoding="utf-8")
    read = open_file(path).sheets[0].load(1)
    return [list(row.values()) for row in read.frame.to_pylist()], len(read.broken)


def test_a_comma_at_the_end_of_every_row_is_no_column(tmp_path: Path) -> None:
    rows, broken = body(tmp_path / "a.csv", "id,A1\nr1,1,\nr2,2,\n")
    assert (rows, broken) == ([["r1", "1"], ["r2", "2"]], 0)
    rows, broken = body(tmp_path / "a.csv", "id,A1,\nr1,1\nr2,2\n")
    assert (rows, broken) == ([["r1", "1", None], ["r2", "2", None]], 0)


def test_a_row_with_one_more_answer_is_still_broken(tmp_path: Path) -> None:
    rows, broken = body(tmp_path / "a.csv", "id,A1\nr1,1\nr2,2,3\nr3,1\n")
    assert ([row[0] for row in rows], broken) == (["r1", "r3"], 1)


@pytest.mark.parametrize("text", ["id,A1", "id,A1\n"])
def test_a_heading_alone_has_no_rows(text: str, tmp_path: Path) -> None:
    assert body(tmp_path / "a.csv", text) == ([], 0)


def test_one_far_off_date_does_not_refuse_the_file(tmp_path: Path) -> None:
    seconds = (datetime(2026, 11, 3, 9, 12, 5) - datetime(1582, 10, 14)).total_seconds()
    data = pd.DataFrame({"at": [seconds, 1e15, float("nan")], "x": [1.0, 2.0, 3.0]})
    pyreadstat.write_sav(data, str(tmp_path / "a.sav"), variable_format={"at": "DATETIME20"})
    columns, _ = load(tmp_path / "a.sav", "sav")
    assert [cell(value) for value in columns["at"]] == ["2026-11-03 09:12:05", "1000000000000000", ""]
    assert [cell(value) for value in columns["x"]] == ["1", "2", "3"]
