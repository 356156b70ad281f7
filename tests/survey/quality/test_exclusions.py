"""Exclusions: a person's logged decision that can be taken back, and never changes an answer."""

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest

from survey.errors import ArgumentError, StoreError
from survey.quality.exclusions import FILE, Decisions

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
def test_nobody_excludes_without_name_and_reason(log: Decisions, who: str, why: str) -> None:
    with pytest.raises(ArgumentError, match="经办人和理由"):
        log.exclude(["a"], wave="W1", who=who, why=why)
    assert log.history() == ()


def test_twice_or_never_is_refused(log: Decisions) -> None:
    with pytest.raises(ArgumentError, match="没有被剔除过"):
        log.restore(["a"], wave="W1", who="张三", why="试")
    log.exclude(["a"], wave="W1", who="张三", why="试")
    with pytest.raises(ArgumentError, match="没有可剔除"):
        log.exclude(["a"], wave="W1", who="张三", why="试")
    assert log.exclude(["a", "b"], wave="W1", who="张三", why="又一份").responses == ("b",)


@pytest.mark.parametrize("statement", ["UPDATE decision SET who = '别人'", "DELETE FROM decision"])
def test_the_log_refuses_to_forget(log: Decisions, statement: str) -> None:
    log.exclude(["a"], wave="W1", who="张三", why="试")
    connection = sqlite3.connect(log.path)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement)
    connection.close()
    assert log.history()[0].who == "张三"


def test_a_damaged_log_says_so(log: Decisions) -> None:
    log.path.write_bytes(b"not a database at all, but long enough to be one" * 30)
    with pytest.raises(StoreError, match="剔除记录打不开"):
        log.exclude(["a"], wave="W1", who="张三", why="试")
