"""`silu init`: the folder loads, and existing files are never overwritten."""

from pathlib import Path

import pytest

import cli
from survey.study.study import load_study


def test_init_writes_a_study_that_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "某市"
    assert cli.main(["init", str(root), "--title", "某市居民调查"]) == 0
    assert load_study(root).title == "某市居民调查"
    assert sorted(path.name for path in root.iterdir()) == [
        "frame.csv", "log", "margins.csv", "questionnaire.json", "raw", "study.toml", "targets.csv",
    ]  # fmt: skip
    text = capsys.readouterr().out
    assert "已新建" in text
    assert "silu lint" in text
    assert "# " in (root / "study.toml").read_text(encoding="utf-8")
    assert not (root / "questionnaire.json").is_symlink()


def test_init_refuses_to_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", str(tmp_path / "a")]) == 0
    (tmp_path / "a" / "frame.csv").write_text("我的抽样框", encoding="utf-8")
    assert cli.main(["init", str(tmp_path / "a")]) == cli.EXIT_USER_ERROR
    assert "没有写入任何文件" in capsys.readouterr().err
    assert (tmp_path / "a" / "frame.csv").read_text(encoding="utf-8") == "我的抽样框"
