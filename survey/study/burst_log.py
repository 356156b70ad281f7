"""Bursts: submissions of the open online form that are set apart until an analyst decides.

The stored answers never change. The program appends what it set apart, people append their decisions with name and
reason, and undoing one is another line. A response that is set apart and undecided, or decided against, is in no
published result; one that was decided for counts like any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import ArgumentError
from survey.storage.journal import Journal
from survey.study.study import Study

FILE = "bursts.sqlite"
"""Name of the log inside a study folder."""
SCHEMA = """kind TEXT NOT NULL CHECK (kind IN ('apart', 'count', 'drop', 'undo')), at TEXT NOT NULL,
  who TEXT NOT NULL, why TEXT NOT NULL, burst INTEGER NOT NULL, wave TEXT NOT NULL, first TEXT NOT NULL,
  last TEXT NOT NULL, responses TEXT NOT NULL"""
APART, COUNT, DROP, UNDO = "apart", "count", "drop", "undo"
WORDS = {APART: "待判断", COUNT: "计入", DROP: "不计入", UNDO: "待判断"}
"""Kind of the last line -> the state of a burst in Chinese."""
PROGRAM = "程序"


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst with the last decision on it.

    Attributes:
        number: number of the burst.
        wave: wave of its responses.
        first, last: times of its first and last submission (server clock, Beijing time).
        responses: ids of its responses.
        grounds: what the program found, in Chinese.
        kind: kind of the last line.
        who, why, at: who decided last, the reason, and the time (UTC); the program's own where nobody has decided.
    """

    number: int
    wave: str
    first: datetime
    last: datetime
    responses: frozenset[str]
    grounds: str
    kind: str
    who: str
    why: str
    at: datetime

    @property
    def decided(self) -> bool:
        """Return whether a person has decided."""
        return self.kind in (COUNT, DROP)

    @property
    def held(self) -> bool:
        """Return whether its responses are outside the results."""
        return self.kind != COUNT


@dataclass(frozen=True, slots=True)
class Found:
    """Submissions that the program sets apart; attributes as of `Burst`."""

    wave: str
    first: datetime
    last: datetime
    responses: frozenset[str]
    grounds: str


@dataclass(frozen=True, slots=True)
class BurstLog:
    """The bursts of one study; the first one creates the file."""

    path: Path

    @property
    def journal(self) -> Journal:
        """The file and its lines."""
        return Journal(self.path, "burst", SCHEMA, "集中提交记录")

    def bursts(self) -> tuple[Burst, ...]:
        """Return all bursts with their state, oldest first."""
        return _read(self.journal.lines())

    def held(self) -> frozenset[tuple[str, str]]:
        """Return wave and id of the responses outside the results: undecided, or decided against."""
        return frozenset((one.wave, name) for one in self.bursts() if one.held for name in one.responses)

    def set_apart(self, found: Iterable[Found]) -> int:
        """Set submissions apart; they join the undecided burst with which they share responses, or form a new one.

        Returns:
            Number of responses that were in no burst before.

        Raises:
            StoreError: the log cannot be written.
        """
        wanted = list(found)
        if not wanted:
            return 0
        if not any(one.responses - _ids(self.bursts(), one.wave) for one in wanted):
            return 0
        at, count = datetime.now(UTC), 0
        with self.journal.writing() as page:
            for one in wanted:
                known = _read(page.lines())
                fresh = one.responses - _ids(known, one.wave)
                if fresh:
                    number = _number(known, one)
                    page.add(**_line(APART, at, PROGRAM, one.grounds, replace(one, responses=fresh), number))
                    count += len(fresh)
        return count

    def decide(self, numbers: Sequence[int], kind: str, *, who: str, why: str) -> int:
        """Count bursts, drop them, or undo the decision on them.

        Args:
            numbers: numbers of the bursts.
            kind: `COUNT`, `DROP` or `UNDO`.
            who: the person.
            why: the reason.

        Returns:
            Number of responses concerned.

        Raises:
            ArgumentError: no person or reason, no such burst, or nothing would change.
            StoreError: the log cannot be written.
        """
        if not who.strip() or not why.strip():
            raise ArgumentError("判断集中提交要写明经办人和理由", cure="加上 --who 姓名 --why 理由")
        at, count = datetime.now(UTC), 0
        with self.journal.writing() as page:
            known = {one.number: one for one in _read(page.lines())}
            if lost := [number for number in numbers if number not in known]:
                raise ArgumentError("没有这一批集中提交", got="、".join(map(str, lost)), cure="先用 silu bursts 查看")
            changing = [known[number] for number in dict.fromkeys(numbers) if _changes(known[number], kind)]
            if not changing:
                raise ArgumentError("这些集中提交已经是这样", got=WORDS[kind], cure="先用 silu bursts 查看")
            for one in changing:
                about = Found(one.wave, one.first, one.last, frozenset(), "")
                page.add(**_line(kind, at, who.strip(), why.strip(), about, one.number))
                count += len(one.responses)
        return count


def burst_log(study: Study) -> BurstLog:
    """Return the log of the bursts of a study."""
    return BurstLog(study.root / FILE)


def countable(study: Study, rows: pa.Table) -> pa.Table:
    """Return the rows that are not held back; they need the columns response_id and wave."""
    held = burst_log(study).held()
    return rows.filter(pc.invert(_among(held, rows))) if held else rows


def held_back(study: Study, rows: pa.Table) -> pa.Table:
    """Return the other rows: those of bursts that are undecided or decided against."""
    return rows.filter(_among(burst_log(study).held(), rows))


def _among(held: Iterable[tuple[str, str]], rows: pa.Table) -> pa.ChunkedArray:
    """Return which rows have one of these waves and ids."""
    keys = pa.array([f"{wave} {name}" for wave, name in held], pa.string())
    return pc.is_in(pc.binary_join_element_wise(rows["wave"].cast(pa.string()), rows["response_id"], " "), keys)


def held_phrase(study: Study) -> str:
    """Return how many responses are held back, for captions; "" for none."""
    bursts = [one for one in burst_log(study).bursts() if one.held]
    waiting, dropped = (sum(len(one.responses) for one in bursts if one.decided is said) for said in (False, True))
    parts = [f"集中提交待判断 {waiting:,} 份"] if waiting else []
    parts += [f"集中提交判为不计 {dropped:,} 份"] if dropped else []
    return f"{'，'.join(parts)}，都没有计入" if parts else ""


def _changes(one: Burst, kind: str) -> bool:
    return one.decided if kind == UNDO else one.kind != kind


def _ids(bursts: Iterable[Burst], wave: str) -> frozenset[str]:
    return frozenset(name for one in bursts if one.wave == wave for name in one.responses)


def _number(known: Sequence[Burst], found: Found) -> int:
    """Return the number of the undecided burst that shares responses with this one, or the next free number."""
    undecided = (one for one in known if one.wave == found.wave and not one.decided)
    same = (one.number for one in undecided if one.responses & found.responses)
    return next(same, max((one.number for one in known), default=0) + 1)


def _line(kind: str, at: datetime, who: str, why: str, about: Found, number: int) -> dict[str, Any]:
    line = {"kind": kind, "at": at.isoformat(), "who": who, "why": why, "burst": number, "wave": about.wave}
    times = {"first": about.first.isoformat(), "last": about.last.isoformat()}
    return {**line, **times, "responses": json.dumps(sorted(about.responses))}


def _read(lines: Iterable[tuple[Any, ...]]) -> tuple[Burst, ...]:
    found: dict[int, Burst] = {}
    for _, kind, at, who, why, number, wave, first, last, responses in lines:
        known, moment = found.get(number), datetime.fromisoformat(at)
        begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
        ids = frozenset(json.loads(responses))
        if known is None:
            known = Burst(number, wave, begin, end, ids, why, kind, who, why, moment)
        elif kind == APART:
            begin, end = min(begin, known.first), max(end, known.last)
            known = replace(known, first=begin, last=end, responses=known.responses | ids, grounds=why)
        found[number] = replace(known, kind=kind, who=who, why=why, at=moment)
    return tuple(found[number] for number in sorted(found))
