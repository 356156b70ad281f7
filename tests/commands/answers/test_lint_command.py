"""`silu lint`: findings and exit codes."""

from pathlib import Path

import pytest

import cli
from tests.survey.formats.xlsform.forms import YN, saved

ROOT = Path(__file__).parent.parent.parent.parent
DEFAULT = ROOT / "data" / "demo" / "questionnaire.json"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = DEFAULT.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "问卷.json"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_good_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lint", str(DEFAULT)]) == 0
    assert "没有发现问题" in capsys.readouterr().out


def test_an_error_gives_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, '"visibleIf": "{A1} anyof [1, 2]"', '"visibleIf": "{A1} anyof [5, 6]"')
    assert cli.main(["lint", str(path)]) == 1
    text = capsys.readouterr().out
    assert "[错误] A2，pages[1].elements[1].visibleIf" in text
    assert "1 个错误，0 个提醒" in text


def test_a_warning_gives_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(tmp_path, '"role": "barrier"', '"role": "barriers"')
    assert cli.main(["lint", str(path)]) == 0
    assert "0 个错误，1 个提醒" in capsys.readouterr().out


def test_a_bare_surveyjs_file_is_completed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare, whole = tmp_path / "bare.json", tmp_path / "whole.json"
    bare.write_text(
        '{"elements": [{"type": "radiogroup", "name": "q", "title": "t", "choices": ["是", "否"]}]}', "utf-8"
    )
    assert cli.main(["lint", str(bare), "--out", str(whole)]) == 0
    text = capsys.readouterr().out
    assert "[补全] q，elements[0].choices：选项没有编码（已补：1=是、2=否）" in text
    assert "0 个错误，0 个提醒，5 处补全" in text
    assert cli.main(["lint", str(whole)]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    assert cli.main(["lint", str(bare), "--out", str(whole)]) == cli.EXIT_USER_ERROR  # nothing is overwritten


def test_invalid_json_and_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    assert cli.main(["lint", str(tmp_path / "a.json")]) == cli.EXIT_USER_ERROR
    assert cli.main(["lint", str(tmp_path / "none.json")]) == cli.EXIT_USER_ERROR
    text = capsys.readouterr().err
    assert "不是合法的 JSON" in text
    assert "打不开" in text


def test_an_xlsform_is_checked_before_it_is_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = ["type", "name", "label", "relevant", "appearance"]
    rows = [["select_one yn", "q", "知道吗", "", "minimal"], ["integer", "n", "几次", "${q} = '1'", ""]]
    form = saved(tmp_path / "a.xlsx", {"survey": [head, *rows], "choices": YN})
    assert cli.main(["lint", str(form)]) == 0
    text = capsys.readouterr().out
    assert "[提醒] survey，appearance 列（E）：没有导入 1 格" in text
    assert "0 个错误，2 个提醒" in text
    rows[1][3] = "${q} = '3'"
    form = saved(tmp_path / "b.xlsx", {"survey": [head, *rows], "choices": YN})
    assert cli.main(["lint", str(form)]) == 1
    assert "[错误] survey 第 3 行，relevant 列（D3）：条件里的选项不在这道题的选项表里" in capsys.readouterr().out
    # a study takes the JSON, and says so
    form.rename(tmp_path / "b.json")
    assert cli.main(["lint", str(tmp_path / "b.json")]) == cli.EXIT_USER_ERROR
    assert "先用 silu xlsform 转换" in capsys.readouterr().err
