"""Versions of the data: one history for the page and the command, and an undo that deletes nothing."""

from pathlib import Path

import pytest

from reports.data.import_preview import history_table
from reports.data.versions import COUNTS, answered, history, last_import, newest, rejected, undo
from survey.errors import StoreError
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study
from tests.city_folder import imported_city


@pytest.fixture
def study(tmp_path: Path) -> Study:
    root = tmp_path / "city"
    return load_study(
        imported_city(root, districts=2, streets_per_district=2, communities_per_street=2, texts=False, online=False)
    )


def test_before_the_first_import_there_is_nothing(tmp_path: Path) -> None:
    study = load_study(init_study(tmp_path / "new"))
    assert newest(study.root) is None
    assert history(study) == ()
    assert last_import(history(study)) is None
    assert history_table(history(study)).empty
    with pytest.raises(StoreError, match="没有"):
        undo(study, who="张三", why="试")


def test_an_undone_import_is_marked_and_its_answers_stay_readable(study: Study) -> None:
    last = last_import(history(study))
    assert last is not None
    assert last.kind == "导入"
    assert last.counts["新增"] > 0
    before = newest(study.root)
    version, count = undo(study, who="张三", why="导错了")
    assert version == newest(study.root) == (before or 0) + 1
    assert answered(study.root, version)["n"].sum() == count
    first, second, *_ = history(study)
    assert (first.kind, first.who) == ("撤销", "张三")
    assert "导错了" in first.note
    assert f"回到版本 {last.number - 1} 的内容" in first.note
    assert second.number == last.number
    assert second.undone
    assert second.readable
    assert answered(study.root, last.number)["n"].sum() > count


def test_the_page_lists_what_the_history_holds(study: Study) -> None:
    versions = history(study)
    table = history_table(versions)
    assert table["版本"].tolist() == [one.number for one in versions if one.kind != "建库"]
    assert set(COUNTS.values()) < set(table.columns)


def test_nothing_waits_where_nothing_was_rejected(study: Study) -> None:
    rows, total = rejected(study)
    assert rows.num_rows == total == 0
