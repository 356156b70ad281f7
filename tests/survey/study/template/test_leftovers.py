"""Leftovers of the template are found part by part, with their lines, and serve for nothing."""

from pathlib import Path

import pytest

from survey.study.study import load_study
from survey.study.template.leftovers import PARTS
from survey.study.template.new_study import init_study
from tests.own_study import EVERY, settle


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return init_study(tmp_path / "city")


def parts(root: Path) -> list[str]:
    return [one.part for one in load_study(root).leftovers]


def where(root: Path, part: str) -> str:
    return next(one.where for one in load_study(root).leftovers if one.part == part)


def replace(root: Path, name: str, *pairs: tuple[str, str]) -> None:
    text = (root / name).read_text(encoding="utf-8-sig")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (root / name).write_text(text, encoding="utf-8")


def test_a_new_study_consists_of_leftovers(root: Path) -> None:
    assert parts(root) == ["targets", "frame", "margins", "organiser", "title", "wave", "approval"]
    assert set(parts(root)) == set(PARTS) - {"thresholds", "no_margins"}


@pytest.mark.parametrize("part", EVERY)
def test_each_part_is_found_alone(root: Path, part: str) -> None:
    settle(root, *(one for one in EVERY if one != part))
    found = parts(root)
    assert part in found
    # margins name the districts of the frame, so an example frame leaves example margins unless they name none
    assert set(found) <= {part}


def test_content_of_the_city_is_not_a_leftover(root: Path) -> None:
    assert load_study(settle(root)).leftovers == ()


def test_each_leftover_names_file_line_and_remedy(root: Path) -> None:
    found = {one.part: one for one in load_study(root).leftovers}
    assert found["targets"].where == "targets.csv 第 2—5 行"
    assert found["frame"].where == "frame.csv 第 2—9 行"
    lines = (root / "study.toml").read_text(encoding="utf-8").splitlines()
    assert "（填写组织单位）" in lines[int(found["organiser"].where.split()[-2]) - 1]
    assert "文明城市创建模拟问卷调查" in lines[int(found["title"].where.split()[-2]) - 1]
    assert all(one.cure and one.effect for one in found.values())


def test_one_example_target_among_real_ones_is_dropped_alone(root: Path) -> None:
    settle(root, "frame")
    lines = (root / "targets.csv").read_text(encoding="utf-8-sig").splitlines()
    lines[1] = lines[1].replace("示例目标，请换成本市文件规定的数值", "某文件")
    (root / "targets.csv").write_text("\n".join(lines), encoding="gb18030")
    study = load_study(root)
    assert list(study.targets["source"]) == ["某文件"]
    assert where(root, "targets") == "targets.csv 第 3—5 行"


def test_a_changed_value_with_the_example_source_is_still_an_example(root: Path) -> None:
    settle(root, "frame")
    replace(root, "targets.csv", (",90,", ",88,"))
    assert load_study(root).targets.empty


def test_real_targets_serve_for_nothing_with_an_example_frame(root: Path) -> None:
    settle(root, "targets")
    study = load_study(root)
    assert study.targets.empty
    assert study.example_frame
    assert "targets" not in parts(root)


def test_renamed_districts_with_the_numbers_of_the_template_are_examples(root: Path) -> None:
    for name in ("frame.csv", "margins.csv"):
        replace(root, name, ("示例一区", "河东区"), ("示例二区", "河西区"))
    assert {"frame", "margins"} <= set(parts(root))


def test_one_example_community_is_named_with_its_line(root: Path) -> None:
    settle(root, "frame", "margins")
    text = (root / "frame.csv").read_text(encoding="utf-8").splitlines()
    text[3] = text[3].replace("50500", "5050")
    (root / "frame.csv").write_text("\n".join(text), encoding="utf-8")
    assert where(root, "frame") == "frame.csv 第 4 行"


def test_a_margin_table_of_the_template_beside_a_real_one_is_dropped_alone(root: Path) -> None:
    settle(root, "frame")  # renames the districts and keeps the numbers
    lines = (root / "margins.csv").read_text(encoding="utf-8").splitlines()
    age = [line for line in lines[1:] if line.split(",")[1]]
    rest = [line for line in lines[1:] if not line.split(",")[1]]
    head, tail = age[0].rsplit(",", 1)
    age[0] = f"{head},{int(tail) + 7}"
    (root / "margins.csv").write_text("\n".join([lines[0], *age, *rest]), encoding="utf-8")
    study = load_study(root)
    assert list(study.margins.dropna(axis=1, how="all").columns) == ["district", "age", "sex", "population"]
    assert next(one.what for one in study.leftovers if one.part == "margins") == "人口结构还是示例：区县×文化程度"


def test_a_threshold_without_a_source_is_left_out(root: Path) -> None:
    settle(root)
    text = (root / "study.toml").read_text(encoding="utf-8")
    more = '\n[[thresholds]]\nname = "门槛"\nvalue = 85\nsource = "（文件名称和条款）"\ndate = 2026-01-01\n'
    (root / "study.toml").write_text(text + more, encoding="utf-8")
    study = load_study(root)
    assert study.thresholds == ()
    assert [one.part for one in study.leftovers] == ["thresholds"]


def test_a_mock_city_has_no_leftovers(root: Path) -> None:
    replace(root, "study.toml", ('data = "real"', 'data = "mock"'))
    study = load_study(root)
    assert study.leftovers == ()
    assert len(study.targets) == 4
    assert len(study.margins) > 0


@pytest.mark.parametrize("mock", [False, True])
def test_a_study_without_margins_loads_and_says_so(root: Path, mock: bool) -> None:
    settle(root)
    (root / "margins.csv").write_text("区县,性别,年龄,人口\n", encoding="utf-8")
    if mock:
        replace(root, "study.toml", ('data = "real"', 'data = "mock"'))
    study = load_study(root)
    assert study.margins.empty
    assert [one.part for one in study.leftovers] == ["no_margins"]
    assert "区县、性别、年龄" in study.leftovers[0].what
    assert "margins.csv" in study.leftovers[0].where
