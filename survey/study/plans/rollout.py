"""Roll-outs: the random order in which streets start an outreach, recorded with person and time.

A difference between streets can be interpreted as an effect only if the order was random and recorded before the later
wave started. Draws are entries of an append-only journal, so that a repeated draw is visible.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from survey.errors import ArgumentError
from survey.storage.journal import Journal

FILE = "rollouts.sqlite"
COLUMNS = "at TEXT NOT NULL, who TEXT NOT NULL, body TEXT NOT NULL"


@dataclass(frozen=True, slots=True)
class RollOut:
    """One draw.

    Attributes:
        seed: seed of the draw; equal seeds and streets give equal orders.
        steps: number of batches.
        start: street -> batch in which it starts, from 0.
        wave: newest wave at the time of the draw.
        version: data version at that time.
        number: number of the draw, 0 before it is recorded.
        at: time of recording (UTC).
        who: the person.
    """

    seed: int
    steps: int
    start: Mapping[str, int]
    wave: str
    version: int
    number: int = 0
    at: datetime = datetime.min
    who: str = ""

    def started(self, batches: int) -> tuple[str, ...]:
        """Return the streets of the first batches.

        Raises:
            ArgumentError: no batch, or all of them, which leaves no comparison group.
        """
        if not 1 <= batches < self.steps:
            raise ArgumentError(
                "已开展的批数不对", got=str(batches), expected=f"1 到 {self.steps - 1}", cure="至少留一批作对照"
            )
        return tuple(street for street, batch in self.start.items() if batch < batches)

    def objection(self, earlier_end: date, later_start: date) -> str:
        """Return why the change between two waves does not identify the effect, in Chinese; "" if it does."""
        day = self.at.astimezone().date()
        if day >= later_start:
            return f"这次抽签（{day.isoformat()}）在后一轮调查开始（{later_start.isoformat()}）之后，不能作为依据"
        if day < earlier_end:
            return f"这次抽签（{day.isoformat()}）在前一轮调查结束（{earlier_end.isoformat()}）之前，前一轮已受影响"
        return ""


@dataclass(frozen=True, slots=True)
class RollOuts:
    """All draws of one study."""

    root: Path

    def keep(self, drawn: RollOut, *, who: str, at: datetime | None = None) -> RollOut:
        """Record a draw.

        Args:
            drawn: the draw; its number, time and person are set here.
            who: the person.
            at: time of recording; None for now.

        Raises:
            ArgumentError: no person, or fewer than two batches.
            StoreError: the file cannot be written.
        """
        if not who.strip():
            raise ArgumentError("请写明经办人", cure="填写姓名或工号")
        if len(set(drawn.start.values())) < 2:
            raise ArgumentError("分批至少要有两批", got=f"{len(drawn.start)} 个街道", cure="增加批数")
        when = at or datetime.now(UTC)
        body = {name: getattr(drawn, name) for name in ("seed", "steps", "wave", "version")}
        text = json.dumps({**body, "start": dict(drawn.start)}, ensure_ascii=False)
        with self.journal.writing() as page:
            number = page.add(at=when.isoformat(), who=who.strip(), body=text)
        return RollOut(**body, start=dict(drawn.start), number=number, at=when, who=who.strip())

    def draws(self) -> tuple[RollOut, ...]:
        """Return all draws, oldest first."""
        return tuple(_read(line) for line in self.journal.lines())

    @property
    def journal(self) -> Journal:
        """The file and its lines."""
        return Journal(self.root / FILE, "draw", COLUMNS, "随机分批文件")


def _read(line: tuple[Any, ...]) -> RollOut:
    number, at, who, body = line
    return RollOut(**json.loads(body), number=number, at=datetime.fromisoformat(at), who=who)
