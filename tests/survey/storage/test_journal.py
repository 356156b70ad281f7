"""A journal only grows, and a writer that fails leaves nothing."""

import sqlite3
from pathlib import Path

import pytest

from survey.errors import ArgumentError, StoreError
from survey.quality.exclusions import Decisions
from survey.storage.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "new" / "log.sqlite", "event", "who TEXT NOT NULL, what TEXT NOT NULL", "记录")


def _fill(journal: Journal, *names: str) -> list[int]:
    with journal.writing() as page:
        return [page.add(who=name, what="来过") for name in names]


def test_lines_come_back_numbered_in_their_order(journal: Journal) -> None:
    assert journal.lines() == []
    assert not journal.path.exists()
    assert _fill(journal, "甲", "乙") == [1, 2]
    assert _fill(journal, "丙") == [3]
    assert journal.lines() == [(1, "甲", "来过"), (2, "乙", "来过"), (3, "丙", "来过")]


def _fail(journal: Journal) -> None:
    with journal.writing() as page:
        page.add(who="乙", what="来过")
        assert len(page.lines()) == 2
        raise ArgumentError("不行")


def test_a_writer_that_fails_leaves_nothing(journal: Journal) -> None:
    _fill(journal, "甲")
    with pytest.raises(ArgumentError, match="不行"):
        _fail(journal)
    assert journal.lines() == [(1, "甲", "来过")]


@pytest.mark.parametrize("statement", ["UPDATE event SET who = '乙'", "DELETE FROM event"])
def test_nobody_changes_or_removes_a_line(journal: Journal, statement: str) -> None:
    _fill(journal, "甲")
    connection = sqlite3.connect(journal.path)
    try:
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(statement)
    finally:
        connection.close()
    assert journal.lines() == [(1, "甲", "来过")]


def test_a_file_that_is_no_journal_is_told(journal: Journal) -> None:
    journal.path.parent.mkdir()
    journal.path.write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(StoreError, match="记录打不开"):
        journal.lines()
    with pytest.raises(StoreError, match="记录打不开"):
        _fill(journal, "甲")


def test_what_is_left_out_and_taken_in_again(tmp_path: Path) -> None:
    log = Decisions(tmp_path / "decisions.sqlite")
    assert log.excluded("W1") == frozenset()
    first = log.exclude(["b", "a"], wave="W1", who="甲", why="重复", grounds="duplicate")
    assert (first.number, first.responses) == (1, ("a", "b"))
    back = log.restore(["a", "z"], wave="W1", who="乙", why="核实")
    assert back.responses == ("a",)
    assert log.excluded("W1") == {"b"}
    assert log.excluded("W2") == frozenset()
    with pytest.raises(ArgumentError, match="没有可剔除"):
        log.exclude(["b"], wave="W1", who="甲", why="再来")
    assert log.history() == (first, back)
