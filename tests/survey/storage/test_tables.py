"""TOML files: every fault is reported in Chinese, with its line and its remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from survey.errors import StudyError
from survey.storage.tables import Table, read_toml

FAULTS = {
    "两次": ('[study]\ntitle = "甲"\ntitle = "乙"\n', "同一个设置写了两次", "第 3 行", 'title = "乙"'),
    "中文引号": ("[study]\ntitle = “甲”\n", "值的写法不对", "第 2 行", "title = “甲”"),
    "等号": ('[study]\ntitle ＝ "甲"\n', "等号", "第 2 行", "title"),
    "引号": ('[study]\ntitle = "甲\norganiser = "乙"\n', "写法不对", "第 2 行", 'title = "甲'),
    "末尾": ('[study]\ntitle = """甲', "引号没有成对", "（文件末尾）", 'title = """甲'),
    "括号": ("[study\ntitle = 1\n", "右方括号", "第 1 行", "[study"),
    "多余": ('[study]\ntitle = "甲" "乙"\n', "只能写一个设置", "第 2 行", 'title = "甲" "乙"'),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_faults_in_chinese(fault: str, tmp_path: Path) -> None:
    text, what, where, got = FAULTS[fault]
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_toml(path)
    error = caught.value
    assert "study.toml 不符合 TOML 格式" in error.what
    assert what in error.what
    assert where in error.where
    assert got in error.got
    assert error.cure
    assert not re.search(r"line|column|value|expected", str(error), re.IGNORECASE)


def test_gb18030_is_named(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes('[study]\n\ntitle = "调查"\n'.encode("gb18030"))
    with pytest.raises(StudyError, match="不是 UTF-8 编码") as caught:
        read_toml(path)
    assert "第 3 行" in caught.value.where
    assert "另存为" in caught.value.cure
    assert "codec" not in str(caught.value)


def test_a_folder_or_a_locked_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "study.toml").mkdir()
    with pytest.raises(StudyError, match="打不开"):
        read_toml(tmp_path / "study.toml")


def test_good_files_give_tables_and_text(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('\ufeff[study]\ntitle = "甲"\n', encoding="utf-8")
    assert read_toml(path) == ({"study": {"title": "甲"}}, '[study]\ntitle = "甲"\n')
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "没有.toml")


@pytest.mark.parametrize("cell", ["-" * 14 + "5400", "9" * 5000, "１２", "-3", "", "1.5"])
def test_a_cell_that_is_no_whole_number_is_reported_with_its_place(cell: str) -> None:
    table = Table("frame.csv", ("population",), (), {"population": "人口"})
    assert table.integer(3, "population", cell, minimum=1) == 1
    assert table.problems == [f"第 3 行 人口 列：读到“{cell}”，应为不小于 1 的整数"]
    assert table.integer(4, "population", "5,400.0", minimum=1) == 5400
