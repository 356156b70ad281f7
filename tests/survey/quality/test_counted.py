"""What counts: all answers, or those that nobody has left out; the same for responses and their texts."""

from pathlib import Path

import pytest

from survey.importing.ingest import import_files
from survey.quality import counted
from survey.quality.exclusions import FILE, Decisions
from survey.study.study import Study
from tests.survey.small_study import answer, make_study, write_csv


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = make_study(tmp_path / "study")
    rows = [answer(number, H1=f"留言{number}") for number in range(5)]
    import_files(made, [write_csv(tmp_path / "a.csv", rows)], made.waves[0].name, mode="household")
    return made


def without(study: Study) -> Study:
    from dataclasses import replace

    return replace(study, without_excluded=True)


def test_nothing_left_out_is_not_mentioned(study: Study) -> None:
    assert counted.told(study) == counted.told(without(study)) == ""
    assert counted.responses(without(study)).num_rows == 5


def test_responses_and_texts_with_and_without(study: Study) -> None:
    log = Decisions(study.root / FILE)
    log.exclude(["r00001", "r00003"], wave=study.waves[0].name, who="张三", why="试")
    assert counted.responses(study).num_rows == counted.texts(study).num_rows == 5
    kept = counted.responses(without(study))["response_id"].to_pylist()
    assert sorted(kept) == ["r00000", "r00002", "r00004"]
    assert sorted(counted.texts(without(study))["text"].to_pylist()) == ["留言0", "留言2", "留言4"]
    assert counted.told(study) == "未剔除（2 份已决定剔除的仍计入）"
    assert counted.told(without(study)) == "已剔除 2 份"
    log.restore(["r00001"], wave=study.waves[0].name, who="李四", why="核实")
    assert counted.left_out(study) == 1
    assert counted.responses(without(study)).num_rows == 4
