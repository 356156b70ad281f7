"""silu mapping and silu import on an analyst's own table."""

from pathlib import Path

import pytest

import cli
from survey.importing.mapping_file import NAME
from survey.storage.store import ResponseStore
from tests.survey.small_study import make_study, write_xlsx

HEADING = ["请问您的年龄", "你知道吗", "对您的意见", "您的性别（单选）", "社区编码", "环境", "备注"]
ROW = ["35", "知道的", "无", "男", "990101001001", "满意", "已核"]


def test_propose_confirm_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = make_study(tmp_path / "study")
    path = write_xlsx(tmp_path / "台账.xlsx", [HEADING, ROW, ROW])
    order = ["import", str(path), "--study", str(study.root), "--wave", "W1", "--mode", "household", "--yes"]
    assert cli.main(order) == 2
    assert "silu mapping" in capsys.readouterr().err
    assert cli.main(["mapping", str(path), "--study", str(study.root)]) == 1
    assert "备注" in capsys.readouterr().out
    assert cli.main(order) == 2  # not confirmed yet
    text = (study.root / NAME).read_text(encoding="utf-8")
    (study.root / NAME).write_text(text.replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    assert cli.main(order) == 0
    rows = ResponseStore(study.root / "store").read().to_pylist()
    assert [(row["response_id"], row["A1"], row["S1"]) for row in rows] == [("台账-2", 1, 35), ("台账-3", 1, 35)]


def test_a_table_of_something_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = make_study(tmp_path / "study")
    path = write_xlsx(tmp_path / "a.xlsx", [["型号", "单价"], ["X", "3"]])
    assert cli.main(["mapping", str(path), "--study", str(study.root)]) == 2
    assert "找不到表头" in capsys.readouterr().err
    assert not (study.root / NAME).exists()
