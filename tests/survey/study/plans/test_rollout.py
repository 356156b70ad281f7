"""Draws are recorded permanently; only one made between two waves identifies the effect on their change."""

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from survey.errors import ArgumentError
from survey.study.plans.rollout import FILE, RollOut, RollOuts

ORDER = RollOut(seed=7, steps=3, start={"甲": 0, "乙": 1, "丙": 2}, wave="W1", version=4)
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_a_draw_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    kept = RollOuts(tmp_path).keep(ORDER, who=" 张三 ", at=AT)
    assert RollOuts(tmp_path).draws() == (kept,)
    assert (kept.number, kept.who, kept.at, dict(kept.start)) == (1, "张三", AT, dict(ORDER.start))


def test_a_second_draw_does_not_hide_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        RollOuts(tmp_path).keep(ORDER, who="张三", at=AT)
    assert [one.number for one in RollOuts(tmp_path).draws()] == [1, 2]
    with sqlite3.connect(tmp_path / FILE) as connection, pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute("DELETE FROM draw")
    connection.close()


def test_missing_person_and_single_batch_are_rejected(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="经办人"):
        RollOuts(tmp_path).keep(ORDER, who=" ")
    with pytest.raises(ArgumentError, match="两批"):
        RollOuts(tmp_path).keep(RollOut(1, 2, {"甲": 0}, "W1", 1), who="张三")
    assert RollOuts(tmp_path).draws() == ()


def test_the_first_batches_have_started() -> None:
    assert ORDER.started(2) == ("甲", "乙")
    for batches in (0, 3):
        with pytest.raises(ArgumentError, match="批数"):
            ORDER.started(batches)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 9, 1), date(2026, 6, 14), ""),
        (date(2026, 7, 1), date(2026, 6, 14), "之后"),
        (date(2026, 9, 1), date(2026, 7, 5), "之前"),
    ],
)
def test_only_a_draw_between_the_waves_counts(start: date, end: date, words: str, tmp_path: Path) -> None:
    kept = RollOuts(tmp_path).keep(ORDER, who="张三", at=AT)
    found = kept.objection(end, start)
    assert words in found
    assert bool(found) == bool(words)
