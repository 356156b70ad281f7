"""What has changed since the last visit of a person: data, verdicts, ledger and red lights, as 总览 shows them.

A visit ends when its person has not opened 总览 for `APART`. What was shown then is the state that later visits are
compared with, until the person has read the differences or the next visit ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports.desk.desk import Content, change_desk, read_desk
from reports.sentences.sentence import Row, rows_of
from survey.errors import StoreError
from survey.study.plans.rectification import Entry

KEY = "visits"
APART = timedelta(hours=4)
RARELY = timedelta(minutes=10)
"""How often the time of a visit is written while nothing changes."""
FIRM = (Verdict.WEAK, Verdict.MET)
"""Verdicts that the data support; changes between the others may be chance."""


@dataclass(frozen=True, slots=True)
class State:
    """What 总览 showed.

    Attributes:
        version: data version.
        wave: the wave.
        verdicts: (district, rate) -> verdict, lower and upper limit of the interval.
        entries: largest number of an entry in the ledger.
        overdue: numbers of the entries that were overdue.
        red: districts with a red light.
    """

    version: int
    wave: str
    verdicts: Mapping[tuple[str, str], tuple[str, float, float]]
    entries: int
    overdue: frozenset[int]
    red: frozenset[str]


@dataclass(frozen=True, slots=True)
class Turned:
    """A verdict that is another than at the last visit: the row of now, and the words of then."""

    row: Row
    before: str


@dataclass(frozen=True, slots=True)
class News:
    """What is new.

    Attributes:
        since: when the last visit ended, UTC.
        versions: number of data versions since.
        version: the data version of now.
        wave: the wave, where it is another one; "" otherwise.
        turned: verdicts that are another.
        opened: new entries of the ledger.
        overdue: entries that have become overdue.
        red: districts whose light has become red.
    """

    since: datetime
    versions: int
    version: int
    wave: str
    turned: tuple[Turned, ...]
    opened: tuple[Entry, ...]
    overdue: tuple[Entry, ...]
    red: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether there is anything new."""
        return bool(self.versions or self.wave or self.turned or self.opened or self.overdue or self.red)


def state_of(
    shown: tuple[int, str], found: Estimates, entries: Sequence[Entry], red: Sequence[str], today: date
) -> State:
    """Return the present state.

    Args:
        shown: data version and wave.
        found: the verdicts of the districts, from `reports.verdicts.judged`.
        entries: entries of the ledger that the reader may see.
        red: districts with a red light.
        today: decides what is overdue.
    """
    columns = (found.table[name].tolist() for name in ("district", "item", "verdict", "conf_low", "conf_high"))
    verdicts = {
        (str(district), str(item)): (str(verdict or ""), float(low), float(high))
        for district, item, verdict, low, high in zip(*columns, strict=True)
        if not pd.isna(low)
    }
    late = frozenset(one.number for one in entries if one.days_late(today))
    newest = max((one.number for one in entries), default=0)
    return State(*shown, verdicts, newest, late, frozenset(red))


def visit(
    root: Path, person: str, eyes: str, state: State, now: datetime | None = None
) -> tuple[datetime, State] | None:
    """Record that a person sees the present state, and return the one to compare it with; None at the first visit.

    Args:
        root: folder of the study.
        person: name of the account.
        eyes: role and district as which the person looks; each has a state of its own.
        state: what is shown.
        now: the present time.

    Raises:
        StoreError: it cannot be read or written.
    """
    now = now or datetime.now(UTC)
    last, before = _kept(read_desk(root, person), eyes)
    if last is not None and last[1] == state and now - last[0] < RARELY:
        return before

    def change(content: Content) -> Content:
        base = _base(*_kept(content, eyes), now)
        raw = {"last": _written(now, state), **({"base": _written(*base)} if base else {})}
        return {**content, KEY: {**content.get(KEY, {}), eyes: raw}}

    return _kept(change_desk(root, person, change), eyes)[1]


Seen = tuple[datetime, State]


def _kept(content: Content, eyes: str) -> tuple[Seen | None, Seen | None]:
    """Return what was shown last, and what to compare with."""
    mine = content.get(KEY, {}).get(eyes, {})
    return _read(mine.get("last")), _read(mine.get("base"))


def _base(last: Seen | None, before: Seen | None, now: datetime) -> Seen | None:
    """Return what to compare with: what was shown last where that was another visit."""
    return last if last is not None and now - last[0] > APART else before


def acknowledge(root: Path, person: str, eyes: str) -> None:
    """Compare with what was shown last from now on: the person has read what is new.

    Raises:
        StoreError: it cannot be written.
    """

    def change(content: Content) -> Content:
        kept = dict(content.get(KEY, {}))
        mine = dict(kept.get(eyes, {}))
        return {**content, KEY: {**kept, eyes: {**mine, "base": mine["last"]}}} if "last" in mine else content

    change_desk(root, person, change)


def news(before: tuple[datetime, State], state: State, found: Estimates, entries: Sequence[Entry]) -> News:
    """Return what is new.

    Args:
        before: the state to compare with, and when it was seen.
        state: the present one.
        found: the verdicts of the districts that it was made from.
        entries: entries of the ledger that it was made from.
    """
    since, old = before
    rows = rows_of(found, found.table, "district", "item")
    turned = tuple(
        Turned(row, old.verdicts[key][0])
        for row in rows
        if (key := (str(row["district"]), str(row["item"]))) in old.verdicts
        and key in state.verdicts
        and _visible(old.verdicts[key], state.verdicts[key], same_wave=old.wave == state.wave)
    )
    return News(
        since,
        max(state.version - old.version, 0),
        state.version,
        "" if old.wave == state.wave else state.wave,
        turned,
        tuple(one for one in entries if one.number > old.entries),
        tuple(one for one in entries if one.number in state.overdue - old.overdue),
        tuple(sorted(state.red - old.red)),
    )


def _visible(old: tuple[str, float, float], new: tuple[str, float, float], *, same_wave: bool) -> bool:
    """Return whether a verdict has changed beyond chance.

    Within a wave a verdict that the data support was reached or lost; between waves the intervals do not overlap
    either, because both ends may be chance.
    """
    if old[0] == new[0] or not ({old[0], new[0]} & set(FIRM)):
        return False
    return same_wave or new[1] > old[2] or new[2] < old[1]


def _written(at: datetime, state: State) -> dict[str, Any]:
    verdicts = [[*key, *value] for key, value in state.verdicts.items()]
    return {
        "at": at.isoformat(timespec="seconds"),
        "version": state.version,
        "wave": state.wave,
        "verdicts": verdicts,
        "entries": state.entries,
        "overdue": sorted(state.overdue),
        "red": sorted(state.red),
    }


def _read(raw: Mapping[str, Any] | None) -> tuple[datetime, State] | None:
    if raw is None:
        return None
    try:
        verdicts = {(one[0], one[1]): (str(one[2]), float(one[3]), float(one[4])) for one in raw["verdicts"]}
        state = State(
            int(raw["version"]),
            str(raw["wave"]),
            verdicts,
            int(raw["entries"]),
            frozenset(map(int, raw["overdue"])),
            frozenset(map(str, raw["red"])),
        )
        return datetime.fromisoformat(raw["at"]), state
    except (ValueError, TypeError, KeyError, IndexError) as error:
        cure = "删去 desks 里的这个文件；它不含答卷"
        raise StoreError("上次看到的状态读不出来", got=str(error), cure=cure) from error
