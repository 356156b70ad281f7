"""The ledger keeps all events, prevents closing by hand, and supports concurrent writers."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from survey.errors import ArgumentError, StoreError
from survey.study.plans.rectification import Entry, Ledger, Remeasure, Status

ENTRY = Entry(0, "云溪区", "E.E12", "W1", 3, 0.62, 0.80, "市容环境秩序组", date(2026, 12, 31), "背街小巷保洁每日两次")
MENDED = Remeasure("W2", 5, 0.86, 0.82, 0.90, True, "86.0%（82.0%—90.0%），高于目标 80%")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def test_an_entry_from_finding_to_closing(ledger: Ledger) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    assert ledger.update(number, who="李", status="整改中", deadline="2027-01-15").deadline == date(2027, 1, 15)
    assert ledger.remeasure(number, MENDED, who="王").status is Status.CLOSED
    assert ledger.entries()[0].remeasured == "W2"
    assert [event.kind for event in ledger.events()] == ["opened", "changed", "remeasured"]
    assert [event.who for event in ledger.events()] == ["张", "李", "王"]


def test_still_weak_stays_open(ledger: Ledger) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    assert ledger.remeasure(number, replace(MENDED, mended=False), who="王").status is Status.STILL_WEAK
    assert ledger.update(number, who="王", status="整改中").status is Status.DOING


@pytest.mark.parametrize("status", ["已销号", "复测未达标", "随便"])
def test_an_entry_cannot_be_closed_by_hand(ledger: Ledger, status: str) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    with pytest.raises(ArgumentError, match="不能手工填写"):
        ledger.update(number, who="张", status=status)
    assert ledger.entries()[0].status is Status.OPEN


def test_the_wave_of_the_finding_cannot_close_it(ledger: Ledger) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    with pytest.raises(ArgumentError, match="不能用这一期"):
        ledger.remeasure(number, replace(MENDED, wave="W1"), who="王")


def test_one_entry_for_one_weakness_until_closed(ledger: Ledger) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    with pytest.raises(ArgumentError, match="已在台账中"):
        ledger.open_entry(ENTRY, who="张")
    ledger.remeasure(number, MENDED, who="王")
    assert ledger.open_entry(ENTRY, who="张").number == 2
    with pytest.raises(ArgumentError, match="已销号"):
        ledger.update(1, who="张", owner="别的单位")


def test_events_cannot_be_rewritten(ledger: Ledger) -> None:
    ledger.open_entry(ENTRY, who="张")
    connection = sqlite3.connect(ledger.path)
    for statement in ("UPDATE event SET who = '别人'", "DELETE FROM event"):
        with pytest.raises(sqlite3.IntegrityError, match="append only"):
            connection.execute(statement)
    connection.close()


def test_concurrent_writers_lose_nothing(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda i: ledger.open_entry(replace(ENTRY, item=f"E.E{i}"), who="甲"), range(24)))
    assert sorted(entry.number for entry in entries) == list(range(1, 25))
    assert len(ledger.entries()) == 24


@pytest.mark.parametrize("lost", [{"owner": " "}, {"measure": ""}])
def test_owner_and_measure_are_needed(ledger: Ledger, lost: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match="缺少"):
        ledger.open_entry(replace(ENTRY, **lost), who="张")  # type: ignore[arg-type]


def test_misuse_is_reported(ledger: Ledger) -> None:
    number = ledger.open_entry(ENTRY, who="张").number
    with pytest.raises(ArgumentError, match="日期"):
        ledger.update(number, who="张", deadline="下周")
    with pytest.raises(ArgumentError, match="没有这一条"):
        ledger.update(99, who="张", owner="x")
    with pytest.raises(ArgumentError, match="经办人"):
        ledger.update(number, who=" ", owner="x")
    with pytest.raises(ArgumentError, match="不能改"):
        ledger.update(number, who="张", estimate="0.9")


def test_no_ledger_yet_and_a_broken_one(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none.sqlite").entries() == ()
    (tmp_path / "broken.sqlite").write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(StoreError, match="台账"):
        Ledger(tmp_path / "broken.sqlite").entries()
