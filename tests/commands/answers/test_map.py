"""`silu map`: preview first, `--yes` writes, what matches on neither side is listed, an audit line is kept."""

from pathlib import Path

import pytest

from accounts.audit.log import events
from cli import main
from survey.boundaries.stored import FILE
from tests.survey.boundaries.drawn import city, features, geojson


def test_preview_write_show_and_remove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = city(tmp_path / "city")
    (path,) = geojson(tmp_path, "gb18030", features()[1:])
    order = ["map", "import", str(path), "--study", str(study.root), "--level", "street", "--approval", "GS(2027)1号"]
    assert main(order) == 1
    out = capsys.readouterr().out
    assert "抽样框里 12 个街道（乡镇），11 个对上了边界，缺 1 个" in out
    assert "河东区 城关镇 330101100" in out
    assert "加上 --yes 才会改动" in out
    assert not (study.root / FILE).exists()
    assert main([*order, "--yes"]) == 1  # one street is missing
    assert "已写入边界：2 个区县、11 个街道（乡镇）" in capsys.readouterr().out
    assert main(["map", "show", "--study", str(study.root)]) == 0
    assert "审图号 GS(2027)1号" in capsys.readouterr().out
    assert main(["map", "remove", "--study", str(study.root)]) == 1
    assert (study.root / FILE).exists()
    assert main(["map", "remove", "--study", str(study.root), "--yes"]) == 0
    assert not (study.root / FILE).exists()
    logged = [(one["action"], one["result"]) for one in events(study.root) if one.get("command") == "map"]
    assert ("import", "成功") in logged
    assert ("remove", "成功") in logged


def test_faults_are_named_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = city(tmp_path / "city")
    (tmp_path / "空.kml").write_bytes(b"")
    common = ["--study", str(study.root), "--level", "street", "--yes"]
    assert main(["map", "import", str(tmp_path / "空.kml"), *common]) == 2
    assert "文件是空的" in capsys.readouterr().err
    assert main(["map", "import", *common]) == 2
    assert "导入边界要写明文件" in capsys.readouterr().err
    assert main(["map", "show", "甲.kml", "--study", str(study.root)]) == 2
    assert not (study.root / FILE).exists()


def test_only_those_who_organise_the_survey_may_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    study = city(tmp_path / "city")
    (path,) = geojson(tmp_path, "utf-8", features())
    for role in ("leader", "publicity", "unit", "system"):
        monkeypatch.setenv("SILU_ROLE", role)
        assert main(["map", "import", str(path), "--study", str(study.root), "--level", "street", "--yes"]) == 2
    assert not (study.root / FILE).exists()
    assert "map" in capsys.readouterr().err
