"""A journal is append-only, and a failed writer leaves nothing."""

import random
import sqlite3
from pathlib import Path

import pytest

from survey.errors import ArgumentError, DamagedError, StoreError
from survey.quality.exclusions import Decisions
from survey.storage.integrity.resting import checksum_file, is_as_sealed, unseal
from survey.storage.journal import Journal, broken_lines


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


def test_a_file_that_is_not_a_journal_is_reported(journal: Journal) -> None:
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


def test_a_changed_or_lost_line_is_found_before_any_is_used(journal: Journal) -> None:
    _fill(journal, "甲", "乙", "丙")
    checksum_file(journal.path).unlink()
    connection = sqlite3.connect(journal.path)
    connection.executescript("DROP TRIGGER event_kept; UPDATE event SET who = '丁' WHERE id = 2")
    connection.close()
    with pytest.raises(DamagedError, match="第 2 条与写入时不同"):
        journal.lines()
    with pytest.raises(DamagedError, match="损坏"):
        _fill(journal, "戊")
    connection = sqlite3.connect(journal.path)
    connection.executescript("DROP TRIGGER event_stays; DELETE FROM event WHERE id = 3")
    connection.close()
    with pytest.raises(DamagedError, match="第 2、3 条"):
        journal.lines()


def test_a_journal_that_is_gone_is_a_fault(journal: Journal) -> None:
    _fill(journal, "甲")
    journal.path.unlink()
    with pytest.raises(DamagedError, match="记录不见了"):
        journal.lines()
    with pytest.raises(DamagedError, match="记录不见了"):
        _fill(journal, "乙")


def test_a_journal_of_the_version_before_is_read_and_sealed_by_the_next_line(journal: Journal) -> None:
    journal.path.parent.mkdir()
    connection = sqlite3.connect(journal.path)
    connection.executescript(
        "CREATE TABLE event (id INTEGER PRIMARY KEY, who TEXT NOT NULL, what TEXT NOT NULL);"
        "INSERT INTO event VALUES (1, '甲', '来过'), (2, '乙', '来过')"
    )
    connection.close()
    assert journal.unsealed()
    assert len(journal.lines()) == 2
    assert _fill(journal, "丙") == [3]
    assert not journal.unsealed()
    assert is_as_sealed(journal.path)
    lines = journal.lines()
    with journal.writing() as page:
        seals = page.seals()
    assert set(seals) == {3}
    assert broken_lines(lines, seals) == []
    assert broken_lines([lines[0], (2, "别人", "来过"), lines[2]], seals) == [3]


def test_a_writer_that_was_killed_leaves_no_wrong_checksum(journal: Journal) -> None:
    _fill(journal, "甲")
    with journal.writing() as page:
        page.add(who="乙", what="来过")
        assert is_as_sealed(journal.path) is None
    assert is_as_sealed(journal.path)
    unseal(journal.path)
    assert len(journal.lines()) == 2
    assert journal.faults() == []
    journal.seal()
    assert is_as_sealed(journal.path)


def test_a_line_without_a_number_is_damaged() -> None:
    assert broken_lines([(None, "甲", "来过")], {1: "0"}) == [1]


def test_a_journal_of_a_newer_version_is_refused(journal: Journal) -> None:
    _fill(journal, "甲")
    connection = sqlite3.connect(journal.path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="升级本程序"):
        journal.lines()


def test_of_many_flipped_bits_every_one_is_found_and_none_read_as_another_line(journal: Journal) -> None:
    _fill(journal, *(f"访问员{number}" for number in range(20)))
    right, content, chance = journal.lines(), journal.path.read_bytes(), random.Random(7)
    for _ in range(300):
        bit = chance.randrange(8 * len(content))
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        journal.path.write_bytes(flipped)
        assert journal.faults(), bit
        try:
            assert journal.lines() == right, bit
        except StoreError:
            continue
    journal.path.write_bytes(content)
    assert journal.faults() == []
