"""Names of files, folders, waves and places: what no system takes is refused in Chinese, never with a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cli
from survey.collect.serving.receiver import short_name
from survey.errors import ArgumentError, SiluError, StudyError
from survey.host.names import check_new_name, check_path, name_fault, text_fault
from survey.study.study import load_study
from survey.study.template.new_study import init_study
from views.cached import imports

LONG = "长" * 100
BAD = [
    LONG,
    "a\0b",
    "a\x1fb",
    "a:b",
    "a?b",
    "a*b",
    'a"b',
    "a<b",
    "a|b",
    "a\\b",
    "NUL",
    "con",
    "Com1.xlsx",
    "尾.",
    "尾 ",
    " 头",
    "...",
    "  ",
]


@pytest.mark.parametrize("name", BAD)
def test_a_study_is_not_made_under_such_a_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("init", "mock"):
        assert cli.main([command, str(tmp_path / name)]) == cli.EXIT_USER_ERROR
        told = capsys.readouterr().err
        assert told.startswith("错误：")
        assert "处理办法：" in told
        assert "\0" not in told
    assert list(tmp_path.iterdir()) == []


def test_two_dots_are_the_folder_above_and_taken_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    assert cli.main(["init", str(tmp_path / "a" / "..")]) == cli.EXIT_USER_ERROR
    assert "目标已存在" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["文明城市2026", "study-1", "第一轮.v2", "长" * 80, "测评 第一轮"])
def test_good_names_are_taken(name: str, tmp_path: Path) -> None:
    assert name_fault(name) == ""
    assert init_study(tmp_path / name).is_dir()


WAVES = [LONG, "..", "a\0b", "a:b", "a/b", "W 1", ""]


@pytest.mark.parametrize("name", WAVES)
def test_a_wave_of_such_a_name_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    text = (root / "study.toml").read_text(encoding="utf-8").replace('name = "W1"', f"name = {json.dumps(name)}")
    (root / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load_study(root)
    assert refused.value.what == "轮次代号不对"
    assert "[[waves]] 第 1 个 name" in refused.value.where


@pytest.mark.parametrize("name", [LONG, "..", "a\0b", "a:b"])
def test_a_wave_that_is_asked_for_under_such_a_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = init_study(tmp_path / "study")
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n", encoding="utf-8")
    assert cli.main(["import", str(file), "--study", str(root), "--wave", name, "--yes"]) == cli.EXIT_USER_ERROR
    assert "没有这个调查轮次" in capsys.readouterr().err


@pytest.mark.parametrize("name", [LONG + ".csv", "a\0b.csv"])
def test_a_file_of_such_a_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = init_study(tmp_path / "study")
    assert cli.main(["import", str(tmp_path / name), "--study", str(root), "--wave", "W1"]) == cli.EXIT_USER_ERROR
    assert "文件或文件夹的名称不能用" in capsys.readouterr().err
    assert cli.main(["history", "--study", str(tmp_path / name)]) == cli.EXIT_USER_ERROR
    assert "文件或文件夹的名称不能用" in capsys.readouterr().err


@pytest.mark.parametrize("name", [LONG + ".xlsx", "a\0b.xlsx", "a:b.xlsx", "nul.xlsx"])
def test_nothing_is_written_under_such_a_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = init_study(tmp_path / "study")
    words = ["rates", "--study", str(root), "--format", "xlsx", "--out", str(tmp_path / name)]
    assert cli.main(words) == cli.EXIT_USER_ERROR
    assert "--out" in capsys.readouterr().err


class File:
    """An upload."""

    def __init__(self, name: str) -> None:
        self.name = name

    def getvalue(self) -> bytes:
        return b"x"


@pytest.mark.parametrize("name", [LONG + ".csv", "a\0b.csv", "../a\x01.csv"])
def test_an_upload_of_such_a_name(name: str) -> None:
    with pytest.raises(ArgumentError, match="名称不能用"):
        imports.saved([File(name)])


@pytest.mark.parametrize(
    ("name", "kept"),
    [("..", "答卷"), ("../../etc/passwd", "passwd"), ("C:\\x\\a.csv", "a.csv"), ("", "答卷"), (".", "答卷")],
)
def test_an_upload_stays_in_its_folder(name: str, kept: str) -> None:
    (path,) = imports.saved([File(name)])
    assert path.name == kept
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("title", "调查\\u0000", "调查名称不对"),
        ("title", "长" * 201, "调查名称不对"),
        ("frame", "fra\\u0000me.csv", "抽样框文件不对"),
        ("frame", LONG + ".csv", "抽样框文件不对"),
    ],
)
def test_a_setting_that_no_page_or_disk_takes(key: str, value: str, line: str, tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    lines = (root / "study.toml").read_text(encoding="utf-8").splitlines()
    at = next(number for number, text in enumerate(lines) if text.startswith(f"{key} = "))
    lines[at] = f'{key} = "{value}"'
    (root / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        load_study(root)
    assert refused.value.what == line
    assert f"第 {at + 1} 行" in refused.value.where


def test_the_name_of_a_place_is_one_short_line(tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    text = (root / "frame.csv").read_text(encoding="utf-8-sig")
    district = text.splitlines()[1].split(",")[1]
    for bad in ("区\x07", "长" * 101):
        (root / "frame.csv").write_text(text.replace(district, bad), encoding="utf-8-sig")
        with pytest.raises(StudyError, match=r"frame\.csv"):
            load_study(root)


@pytest.mark.parametrize(
    ("given_id", "name"),
    [("..", "survey"), ("...", "survey"), (LONG, "survey"), ("a:b/../c", "ab..c"), ("a" * 99, "a" * 64)],
)
def test_the_name_of_a_study_in_addresses(given_id: str, name: str, tmp_path: Path) -> None:
    root = init_study(tmp_path / "study")
    content = json.loads((root / "questionnaire.json").read_text(encoding="utf-8"))
    (root / "questionnaire.json").write_text(json.dumps({**content, "instrumentId": given_id}), encoding="utf-8")
    try:
        study = load_study(root)
    except SiluError:
        return
    assert short_name(study) == name


@given(st.text())
def test_every_text_gets_an_answer(text: str) -> None:
    assert isinstance(name_fault(text), str)
    assert isinstance(text_fault(text), str)
    for check in (check_new_name, check_path):
        told = ""
        try:
            check(Path(text))
        except ArgumentError as refused:
            told = str(refused)
        assert not any(ord(sign) < 32 and sign != "\n" for sign in told)
