"""The rectification ledger (整改台账): confirmed weaknesses, responsible units, deadlines and re-measurements.

The ledger is an append-only list of events in SQLite, protected by triggers; the state of an entry follows from its
events. Only a re-measurement can close an entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from survey.errors import ArgumentError
from survey.storage.journal import Journal, Page

COLUMNS = "entry INTEGER NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, body TEXT NOT NULL"


class Status(StrEnum):
    """The status of an entry, in Chinese."""

    OPEN = "待落实"
    DOING = "整改中"
    DONE = "待复测"
    CLOSED = "已销号"
    STILL_WEAK = "复测未达标"


BY_HAND = (Status.DOING, Status.DONE)  # set by users


@dataclass(frozen=True, slots=True)
class Entry:
    """One weak item in one area.

    Attributes:
        number: number in the ledger.
        area: district (or street) as named in the frame.
        item: name of the rate.
        wave: wave in which it was confirmed weak.
        version: data version of that finding.
        estimate: estimated share in [0, 1] in that wave.
        target: target share in [0, 1].
        owner: responsible unit.
        deadline: day by which it must be rectified.
        measure: planned action.
        status: see `Status`.
        remeasured: wave of the last re-measurement, "" if none.
    """

    number: int
    area: str
    item: str
    wave: str
    version: int
    estimate: float
    target: float
    owner: str
    deadline: date
    measure: str
    status: Status = Status.OPEN
    remeasured: str = ""

    def days_late(self, today: date) -> int:
        """Return how many days the entry is overdue; 0 where it is in time, waits for the next wave, or is closed."""
        acting = self.status not in (Status.DONE, Status.CLOSED)
        return max((today - self.deadline).days, 0) if acting else 0


@dataclass(frozen=True, slots=True)
class Event:
    """One event of the log: entry, kind, time (UTC), user and details."""

    number: int
    entry: int
    kind: str
    at: datetime
    who: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remeasure:
    """The result of a later wave for an entry.

    Attributes:
        wave: the later wave.
        version: its data version.
        estimate: estimated share in [0, 1].
        conf_low: lower limit of its interval.
        conf_high: upper limit.
        mended: whether the test shows that the target is reached.
        reason: one sentence with the reason and the figures, in Chinese.
    """

    wave: str
    version: int
    estimate: float
    conf_low: float
    conf_high: float
    mended: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one study, stored in its own file."""

    path: Path

    def open_entry(self, entry: Entry, *, who: str, at: datetime | None = None) -> Entry:
        """Enter a confirmed weakness; the number in `entry` is ignored. `at` is the present time unless given.

        Raises:
            ArgumentError: the same area and item is already open, or owner or measure is missing.
        """
        if not entry.owner.strip() or not entry.measure.strip():
            raise ArgumentError(
                "台账条目缺少责任单位或整改措施", where=f"{entry.area} · {entry.item}", cure="两项都要填写"
            )
        with self.journal.writing() as page:
            for known in _fold(_events(page.lines())):
                if (known.area, known.item) == (entry.area, entry.item) and known.status is not Status.CLOSED:
                    raise ArgumentError(
                        "同一区域同一项目已在台账中", where=f"第 {known.number} 条", cure="在原条目上更新，不必另立"
                    )
            number = 1 + max((event.entry for event in _events(page.lines())), default=0)
            body = {
                "area": entry.area, "item": entry.item, "wave": entry.wave, "version": entry.version,
                "estimate": entry.estimate, "target": entry.target, "owner": entry.owner,
                "deadline": entry.deadline.isoformat(), "measure": entry.measure,
            }  # fmt: skip
            _append(page, number, "opened", who, body, at)
        return replace(entry, number=number, status=Status.OPEN, remeasured="")

    def update(self, number: int, *, who: str, at: datetime | None = None, **changes: str) -> Entry:
        """Change owner, deadline (ISO), measure or status (整改中, 待复测) of an entry; the log keeps old values.

        Raises:
            ArgumentError: unknown entry or field, a closed entry, or a status that only a re-measurement can set.
        """
        allowed = {"owner", "deadline", "measure", "status", "note"}
        if not changes or set(changes) - allowed:
            raise ArgumentError(
                "台账不能改这一项", got="、".join(set(changes) - allowed), expected="、".join(sorted(allowed))
            )
        if "status" in changes and changes["status"] not in BY_HAND:
            raise ArgumentError(
                "这一状态不能手工填写", got=changes["status"], expected="、".join(BY_HAND),
                cure="销号与否由下一期复测的检验决定",
            )  # fmt: skip
        if "deadline" in changes:
            _day(changes["deadline"])
        with self.journal.writing() as page:
            if self._find(page, number).status is Status.CLOSED:
                raise ArgumentError("已销号的条目不能再改", where=f"第 {number} 条", cure="如再次薄弱，请另立条目")
            _append(page, number, "changed", who, changes, at)
            return self._find(page, number)

    def remeasure(self, number: int, result: Remeasure, *, who: str, at: datetime | None = None) -> Entry:
        """Record the result of a later wave, which either closes the entry or finds it still weak.

        Raises:
            ArgumentError: unknown or closed entry, or the wave in which the weakness was found.
        """
        with self.journal.writing() as page:
            entry = self._find(page, number)
            if entry.status is Status.CLOSED or result.wave == entry.wave:
                raise ArgumentError(
                    "这一条不能用这一期复测", where=f"第 {number} 条", got=result.wave, cure="换后一期数据"
                )
            body = {name: getattr(result, name) for name in Remeasure.__slots__}
            _append(page, number, "remeasured", who, body, at)
            return self._find(page, number)

    def entries(self) -> tuple[Entry, ...]:
        """Return all entries in their present state, in order of number; empty if there is no ledger yet."""
        return tuple(_fold(self.events()))

    def events(self) -> tuple[Event, ...]:
        """Return the whole log, oldest first."""
        return _events(self.journal.lines())

    def _find(self, page: Page, number: int) -> Entry:
        for entry in _fold(_events(page.lines())):
            if entry.number == number:
                return entry
        raise ArgumentError("台账里没有这一条", got=str(number), cure="先查看台账里的编号")

    @property
    def journal(self) -> Journal:
        """The file and its lines."""
        return Journal(self.path, "event", COLUMNS, "台账文件")


def _append(page: Page, entry: int, kind: str, who: str, body: Mapping[str, Any], at: datetime | None) -> None:
    if not who.strip():
        raise ArgumentError("请写明经办人", cure="填写姓名或工号")
    day = (at or datetime.now(UTC)).isoformat()
    page.add(entry=entry, kind=kind, at=day, who=who, body=json.dumps(body, ensure_ascii=False))


def _events(lines: Iterable[tuple[Any, ...]]) -> tuple[Event, ...]:
    return tuple(
        Event(number, entry, kind, datetime.fromisoformat(at), who, json.loads(body))
        for number, entry, kind, at, who, body in lines
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError("日期写法不对", got=text, expected="年-月-日，如 2026-12-31") from error


def _fold(events: Iterable[Event]) -> list[Entry]:
    """Derive the state of every entry from its events."""
    state: dict[int, Entry] = {}
    for event in events:
        body = dict(event.body)
        if event.kind == "opened":
            body["deadline"] = _day(body["deadline"])
            state[event.entry] = Entry(number=event.entry, **body)
        elif event.kind == "changed":
            body.pop("note", None)
            known: dict[str, Any] = {**body}
            if "deadline" in known:
                known["deadline"] = _day(known["deadline"])
            if "status" in known:
                known["status"] = Status(known["status"])
            state[event.entry] = replace(state[event.entry], **known)
        else:
            status = Status.CLOSED if body["mended"] else Status.STILL_WEAK
            state[event.entry] = replace(state[event.entry], status=status, remeasured=body["wave"])
    return [state[number] for number in sorted(state)]
