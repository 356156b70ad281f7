"""Workbooks that are too large or broken, or that crash the parser, are reported in Chinese only."""

from __future__ import annotations

import random
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from survey.errors import ReadError
from survey.readers.files import excel
from survey.readers.files.opening import open_file
from tests.survey.small_study import EXPORTS, write_xlsx

OLD = EXPORTS / "wjx_old_序号.xls"
ENGLISH = re.compile(r"error|calamine|sector|stream|context|panic|could not", re.IGNORECASE)


def test_an_intact_workbook_that_is_too_large_gets_the_advice_to_use_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook above the limit has an ordinary ratio and must not be reported as a zip bomb."""
    draw = random.Random(1)
    path = write_xlsx(tmp_path / "a.xlsx", [[str(draw.random()) for _ in range(20)] for _ in range(200)])
    monkeypatch.setattr(excel, "MAX_BYTES", 2**14)
    with pytest.raises(ReadError, match="工作簿太大") as caught:
        open_file(path)
    assert "CSV UTF-8" in caught.value.cure
    assert "整张工作表" in caught.value.expected


def damaged(path: Path, place: int) -> Path:
    """Corrupt two bytes in the header of the container, which holds the sizes and positions of sectors."""
    content = bytearray(OLD.read_bytes())
    content[place : place + 2] = b"\x45\x92"
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize("place", [48, 68, 76])
def test_a_damaged_old_workbook_is_reported_in_chinese_only(place: int, tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        open_file(damaged(tmp_path / "a.xls", place))
    assert not ENGLISH.search(str(caught.value))
    assert caught.value.cure


@pytest.mark.parametrize("place", [30, 32])
def test_a_wrong_size_of_sectors_that_are_not_used_changes_no_cell(place: int, tmp_path: Path) -> None:
    assert open_file(damaged(tmp_path / "a.xls", place)).sheets[0].head == open_file(OLD).sheets[0].head


def test_a_killed_child_is_reported_with_possible_causes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["编号"], ["1"]])
    assert zipfile.is_zipfile(path)
    dead = subprocess.CompletedProcess([], -9, stdout=b"", stderr=b"memory allocation failed")
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: dead)
    with pytest.raises(ReadError, match="已损坏：文件不大，却读不完"):
        open_file(path)
    monkeypatch.setattr(excel, "SMALL", 0)  # treat the file as large
    with pytest.raises(ReadError, match="损坏，或者太大") as caught:
        open_file(path)
    assert "memory" not in str(caught.value)
