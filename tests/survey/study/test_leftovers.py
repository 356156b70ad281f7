"""Leftovers of the template are found part by part, without false positives."""

from pathlib import Path

import pytest

from survey.study.leftovers import leftovers
from survey.study.study import init_study, load_study

PARTS = ["targets", "frame", "margins", "organiser", "approval"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return init_study(tmp_path / "city")


def replace(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8-sig")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="gb18030")


def test_a_new_study_consists_of_leftovers(root: Path) -> None:
    assert [one.part for one in leftovers(load_study(root))] == PARTS


def test_content_of_the_city_is_not_a_leftover(root: Path) -> None:
    replace(root / "targets.csv", ("示例目标，请换成本市文件规定的数值", "市文明办〔2026〕3号"))
    assert "targets" not in [one.part for one in leftovers(load_study(root))]
    for name in ("frame.csv", "margins.csv"):
        replace(root / name, ("示例一区", "河东区"), ("示例二区", "河西区"))
    replace(root / "study.toml", ("（填写组织单位）", "市调查队"), ('number = ""', 'number = "统函1号"'))
    (root / "study.toml").write_text((root / "study.toml").read_text(encoding="gb18030"), encoding="utf-8")
    assert leftovers(load_study(root)) == ()


def test_one_example_target_among_real_ones_is_counted(root: Path) -> None:
    lines = (root / "targets.csv").read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1].replace("示例目标，请换成本市文件规定的数值", "某文件")
    (root / "targets.csv").write_text("\n".join(lines), encoding="utf-8")
    found = next(one for one in leftovers(load_study(root)) if one.part == "targets")
    assert found.what.startswith(f"{len(lines) - 2} 个目标")


def test_a_mock_city_has_no_leftovers(root: Path) -> None:
    replace(root / "study.toml", ('data = "real"', 'data = "mock"'))
    (root / "study.toml").write_text((root / "study.toml").read_text(encoding="gb18030"), encoding="utf-8")
    assert leftovers(load_study(root)) == ()
