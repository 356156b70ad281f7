"""Decisions: which responses a person has left out, and why; nothing is ever deleted.

The answers stay as they came (rule R-02). A decision is an event in SQLite that triggers refuse to change or remove;
taking it back is another event. Every table can therefore be made with and without what was left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import ArgumentError
from survey.storage.journal import Journal

FILE = "decisions.sqlite"
"""Name of the log inside a study folder."""
COLUMNS = """kind TEXT NOT NULL CHECK (kind IN ('exclude', 'restore')), at TEXT NOT NULL,
  who TEXT NOT NULL, why TEXT NOT NULL, grounds TEXT NOT NULL, wave TEXT NOT NULL, responses TEXT NOT NULL"""
EXCLUDE, RESTORE = "exclude", "restore"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        number: its number in the log.
        kind: "exclude" or "restore".
        at: when, UTC.
        who: the person.
        why: their reason.
        grounds: the check or the unit that drew attention to the responses, such as "duplicate" or "岚桥-04".
        wave: wave of the responses.
        responses: their ids, sorted.
    """

    number: int
    kind: str
    at: datetime
    who: str
    why: str
    grounds: str
    wave: str
    responses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decisions:
    """The log of one study.

    Attributes:
        path: its file; it is made by the first decision.
    """

    path: Path

    def exclude(self, responses: Sequence[str], *, wave: str, who: str, why: str, grounds: str = "") -> Decision:
        """Leave responses out of the tables that are made without them.

        Raises:
            ArgumentError: nobody, no reason or no response is named, or all of them are left out already.
            StoreError: the log cannot be written.
        """
        return self._decide(EXCLUDE, responses, (wave, who, why, grounds))

    def restore(self, responses: Sequence[str], *, wave: str, who: str, why: str, grounds: str = "") -> Decision:
        """Take responses in again.

        Raises:
            ArgumentError: nobody, no reason or no response is named, or none of them is left out.
            StoreError: the log cannot be written.
        """
        return self._decide(RESTORE, responses, (wave, who, why, grounds))

    def excluded(self, wave: str) -> frozenset[str]:
        """Ids of the responses of a wave that are left out now."""
        return _state(self.history(), wave)

    def count(self) -> int:
        """Responses of all waves that are left out now."""
        log = self.history()
        return sum(len(_state(log, wave)) for wave in {entry.wave for entry in log})

    def history(self) -> tuple[Decision, ...]:
        """All decisions, oldest first; empty when there was none."""
        return _read(self._journal.lines())

    def kept(self, rows: pa.Table) -> pa.Table:
        """The rows without those that are left out.

        Args:
            rows: responses with the columns response_id and wave.
        """
        log = self.history()
        if not log:
            return rows
        gone = pa.array(
            [f"{wave} {name}" for wave in {entry.wave for entry in log} for name in _state(log, wave)], pa.string()
        )
        key = pc.binary_join_element_wise(rows["wave"].cast(pa.string()), rows["response_id"], " ")
        return rows.filter(pc.invert(pc.is_in(key, gone)))

    def _decide(self, kind: str, responses: Sequence[str], words: tuple[str, str, str, str]) -> Decision:
        wave, who, why, grounds = words
        if not who.strip() or not why.strip():
            raise ArgumentError("剔除或恢复答卷要写明经办人和理由", cure="加上 --who 姓名 --why 理由")
        at = datetime.now(UTC)
        with self._journal.writing() as page:
            now = _state(_read(page.lines()), wave)
            wanted = set(responses) - now if kind == EXCLUDE else set(responses) & now
            if not wanted:
                what = "没有可剔除的答卷" if kind == EXCLUDE else "这些答卷没有被剔除过"
                raise ArgumentError(what, where=wave, got=f"{len(set(responses))} 份", cure="先用 silu quality 查看")
            chosen = tuple(sorted(wanted))
            line = {"who": who, "why": why, "grounds": grounds, "wave": wave}
            number = page.add(kind=kind, at=at.isoformat(), **line, responses=json.dumps(chosen))
            return Decision(number, kind, at, **line, responses=chosen)

    @property
    def _journal(self) -> Journal:
        return Journal(self.path, "decision", COLUMNS, "剔除记录")


def _read(lines: Iterable[tuple[Any, ...]]) -> tuple[Decision, ...]:
    return tuple(
        Decision(number, kind, datetime.fromisoformat(at), who, why, grounds, wave, tuple(json.loads(ids)))
        for number, kind, at, who, why, grounds, wave, ids in lines
    )


def _state(log: Sequence[Decision], wave: str) -> frozenset[str]:
    out: set[str] = set()
    for entry in log:
        if entry.wave == wave:
            out = out | set(entry.responses) if entry.kind == EXCLUDE else out - set(entry.responses)
    return frozenset(out)
