"""`silu mock`."""

from pathlib import Path

import pytest

import cli
from survey.storage.store import ResponseStore
from survey.study.study import load_study

SMALL = ["--districts", "2", "--streets-per-district", "2", "--responses", "600", "--waves", "1"]


def test_mock_city_is_written_and_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), *SMALL]) == 0
    shown = capsys.readouterr().out
    assert "模拟数据" in shown
    assert "600 份答卷" in shown
    assert "确实偏低" in shown
    assert ResponseStore(root / "store").read().num_rows == 600
    assert load_study(root).mock
    assert (root / "truth" / "truth.json").exists()


def test_a_second_run_asks_before_replacing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), *SMALL]) == 0
    assert cli.main(["mock", str(root), *SMALL]) == cli.EXIT_USER_ERROR
    assert "--overwrite" in capsys.readouterr().err
    assert cli.main(["mock", str(root), *SMALL, "--seed", "9", "--overwrite", "--no-import"]) == 0
    assert not (root / "store").exists()
    words = capsys.readouterr().out.split("接下来：silu ")[1].split("；")[0].split()
    assert cli.main([*words, "--yes"]) == 0  # the printed next command works
    assert (root / "store").exists()


@pytest.mark.parametrize(("option", "value", "word"), [("--districts", "99", "80"), ("--responses", "5", "太少")])
def test_wrong_numbers_write_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, word: str
) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), option, value]) == cli.EXIT_USER_ERROR
    assert word in capsys.readouterr().err
    assert not root.exists()


def test_city_without_faults(tmp_path: Path) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), *SMALL, "--honest", "--no-import"]) == 0
    assert (root / "truth" / "faults.csv").read_text(encoding="utf-8-sig").strip().count("\n") == 0


def test_chosen_faults_are_planted_and_unknown_ones_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "city"
    assert cli.main(["mock", str(root), *SMALL, "--faults", "zigzag，careful", "--no-import"]) == 0
    faults = (root / "truth" / "faults.csv").read_text(encoding="utf-8-sig")
    assert {line.split(",")[3] for line in faults.splitlines()[1:]} == {"zigzag", "careful"}
    assert cli.main(["mock", str(tmp_path / "other"), "--faults", "zig"]) != 0
    assert "random-grid" in capsys.readouterr().err
