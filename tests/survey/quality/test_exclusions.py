"""Exclusions are logged, revocable decisions of a person that never change an answer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from survey.errors import ArgumentError, StoreError
from survey.importing.ingest import import_files
from survey.quality import exclusions
from survey.quality.exclusions import FILE, Decisions, by_column, by_id
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import answer, make_study, write_csv

ROWS = pa.table({"response_id": ["a", "b", "c", "a"], "wave": ["W1", "W1", "W1", "W2"]})


@pytest.fixture
def log(tmp_path: Path) -> Decisions:
    return Decisions(tmp_path / FILE)


def test_tables_are_made_with_and_without(log: Decisions) -> None:
    assert log.kept(ROWS) is ROWS
    made = log.exclude(["b", "a"], wave="W1", who="张三", why="重复上传", grounds="duplicate")
    assert made.responses == ("a", "b")
    assert log.kept(ROWS).to_pylist() == [{"response_id": "c", "wave": "W1"}, {"response_id": "a", "wave": "W2"}]
    assert ROWS.num_rows == 4
    log.restore(["a"], wave="W1", who="李四", why="核实无误")
    assert log.excluded("W1") == {"b"}
    assert log.excluded("W2") == frozenset()
    assert [(entry.kind, entry.who, entry.why) for entry in log.history()] == [
        ("exclude", "张三", "重复上传"),
        ("restore", "李四", "核实无误"),
    ]


@pytest.mark.parametrize(("who", "why"), [("", "理由"), ("张三", " ")])
def test_exclusion_requires_name_and_reason(log: Decisions, who: str, why: str) -> None:
    with pytest.raises(ArgumentError, match="经办人和理由"):
        log.exclude(["a"], wave="W1", who=who, why=why)
    assert log.history() == ()


def test_repeated_or_missing_exclusions_are_rejected(log: Decisions) -> None:
    with pytest.raises(ArgumentError, match="没有被剔除过"):
        log.restore(["a"], wave="W1", who="张三", why="试")
    log.exclude(["a"], wave="W1", who="张三", why="试")
    with pytest.raises(ArgumentError, match="没有可剔除"):
        log.exclude(["a"], wave="W1", who="张三", why="试")
    assert log.exclude(["a", "b"], wave="W1", who="张三", why="又一份").responses == ("b",)


@pytest.mark.parametrize("statement", ["UPDATE decision SET who = '别人'", "DELETE FROM decision"])
def test_the_log_is_append_only(log: Decisions, statement: str) -> None:
    log.exclude(["a"], wave="W1", who="张三", why="试")
    connection = sqlite3.connect(log.path)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement)
    connection.close()
    assert log.history()[0].who == "张三"


def test_a_damaged_log_is_reported(log: Decisions) -> None:
    log.path.write_bytes(b"not a database at all, but long enough to be one" * 30)
    with pytest.raises(StoreError, match="剔除记录打不开"):
        log.exclude(["a"], wave="W1", who="张三", why="试")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = make_study(tmp_path / "study")
    rows = [answer(number, H1=f"留言{number}") for number in range(5)]
    import_files(made, [write_csv(tmp_path / "a.csv", rows)], made.waves[0].name, mode="household")
    return made


def without(study: Study) -> Study:
    from dataclasses import replace

    return replace(study, without_excluded=True)


def test_no_caption_without_exclusions(study: Study) -> None:
    assert exclusions.caption_phrase(study) == exclusions.caption_phrase(without(study)) == ""
    assert exclusions.counted_responses(without(study)).num_rows == 5


def test_responses_and_texts_with_and_without(study: Study) -> None:
    log = Decisions(study.root / FILE)
    log.exclude(["r00001", "r00003"], wave=study.waves[0].name, who="张三", why="试")
    assert exclusions.counted_responses(study).num_rows == exclusions.counted_texts(study).num_rows == 5
    kept = exclusions.counted_responses(without(study))["response_id"].to_pylist()
    assert sorted(kept) == ["r00000", "r00002", "r00004"]
    assert sorted(exclusions.counted_texts(without(study))["text"].to_pylist()) == ["留言0", "留言2", "留言4"]
    assert exclusions.caption_phrase(study) == "未剔除（2 份已决定剔除的仍计入）"
    assert exclusions.caption_phrase(without(study)) == "已剔除 2 份"
    log.restore(["r00001"], wave=study.waves[0].name, who="李四", why="核实")
    assert exclusions.left_out(study) == 1
    assert exclusions.counted_responses(without(study)).num_rows == 4


def test_responses_are_counted_as_they_are_read(study: Study) -> None:
    log = Decisions(study.root / FILE)
    log.exclude(["r00001", "r00003"], wave=study.waves[0].name, who="张三", why="试")
    assert exclusions.count_counted(study) == 5
    assert exclusions.count_counted(without(study)) == 3


def test_counting_reads_no_responses_where_all_count(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(ResponseStore, "read", refuse)
    assert exclusions.count_counted(study) == exclusions.count_counted(without(study)) == 5


def test_counting_needs_responses(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="还没有任何答卷"):
        exclusions.count_counted(make_study(tmp_path / "empty"))


INTERVIEWS = pa.table(
    {
        "response_id": ["a", "b", "c"],
        "interviewer": ["I1", "I2", None],
        "psu": pa.array([990101001001, 990101001002, None], pa.int64()),
        "E0": pa.array([5, 1, 1], pa.int8()),
    }
)


def test_by_interviewer_and_place() -> None:
    assert by_column(INTERVIEWS, "interviewer", " I1 ") == ("a",)
    assert by_column(INTERVIEWS, "psu", "990101001002") == ("b",)
    with pytest.raises(ArgumentError, match="没有这样的答卷"):
        by_column(INTERVIEWS, "psu", "990101009999")


def test_responses_cannot_be_selected_by_an_answer() -> None:
    with pytest.raises(ArgumentError, match="R-07"):
        by_column(INTERVIEWS, "E0", "1")


def test_by_id() -> None:
    assert by_id(INTERVIEWS, "b， a\nb") == ("b", "a")
    with pytest.raises(ArgumentError, match="x"):
        by_id(INTERVIEWS, "a,x")
    with pytest.raises(ArgumentError, match="没有写"):
        by_id(INTERVIEWS, " ,")
