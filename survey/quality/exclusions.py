"""Exclusions: decisions of a person to leave responses out of the results, without deleting them.

The stored answers never change (rule R-02). Decisions are events in SQLite, protected by triggers; revoking one is
another event. Every table can thus be computed with and without the excluded responses (`Study.without_excluded`).

Responses can be excluded by id, interviewer, sampling point or check, but never by their answers, so that dissatisfied
respondents cannot be selected (rule R-07); a check that is only a hint offers no list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import ArgumentError
from survey.quality.publishing.shown_rows import SINCE, published_rows
from survey.storage.journal import Journal
from survey.storage.store import PartDigests, ResponseStore
from survey.storage.stored_parts import stored_parts
from survey.study.burst_log import burst_log, countable, held_back, held_phrase
from survey.study.study import Study

FILE = "decisions.sqlite"
"""Name of the log inside a study folder."""
SCHEMA = """kind TEXT NOT NULL CHECK (kind IN ('exclude', 'restore')), at TEXT NOT NULL,
  who TEXT NOT NULL, why TEXT NOT NULL, grounds TEXT NOT NULL, wave TEXT NOT NULL, responses TEXT NOT NULL"""
EXCLUDE, RESTORE = "exclude", "restore"
ID = "response_id"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Attributes:
        number: number in the log.
        kind: "exclude" or "restore".
        at: time (UTC).
        who: the person.
        why: the reason given.
        grounds: check or unit that led to the decision, such as "duplicate" or "岚桥-04".
        wave: wave of the responses.
        responses: sorted ids of the responses.
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
    """The log of the decisions in one study.

    Attributes:
        path: its file, created by the first decision.
    """

    path: Path

    def exclude(self, responses: Sequence[str], *, wave: str, who: str, why: str, grounds: str = "") -> Decision:
        """Exclude responses.

        Raises:
            ArgumentError: no person, reason or response, or all responses are excluded already.
            StoreError: the log cannot be written.
        """
        return self._decide(EXCLUDE, responses, (wave, who, why, grounds))

    def restore(self, responses: Sequence[str], *, wave: str, who: str, why: str, grounds: str = "") -> Decision:
        """Include excluded responses again.

        Raises:
            ArgumentError: no person, reason or response, or none of the responses is excluded.
            StoreError: the log cannot be written.
        """
        return self._decide(RESTORE, responses, (wave, who, why, grounds))

    def excluded(self, wave: str) -> frozenset[str]:
        """Return the ids of the excluded responses of a wave."""
        return _state(self.history(), wave)

    def count(self) -> int:
        """Return the number of excluded responses of all waves."""
        log = self.history()
        return sum(len(_state(log, wave)) for wave in {entry.wave for entry in log})

    def history(self) -> tuple[Decision, ...]:
        """Return all decisions, oldest first; empty if there are none."""
        return _read(self.journal.lines())

    def kept(self, rows: pa.Table) -> pa.Table:
        """Return the rows that are not excluded.

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
        with self.journal.writing() as page:
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
    def journal(self) -> Journal:
        """The file and its lines."""
        return Journal(self.path, "decision", SCHEMA, "剔除记录")


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


def counted_responses(
    study: Study,
    *,
    columns: Sequence[str] | None = None,
    waves: Sequence[str] | None = None,
    version: int | None = None,
) -> pa.Table:
    """Return the responses of the results.

    Args:
        study: the study; `without_excluded` determines whether excluded responses are left out. Bursts that are set
            apart are left out in any case (`survey.study.burst_log`).
        columns: names of columns, wave among them; None for all. Ids take long to read: beside those asked for, they
            are read only where some responses may be left out.
        waves: names of waves; None for all.
        version: data version; None for the newest.

    Returns:
        The responses; of a publication with the column `SINCE`.
    """
    added = [ID] if columns is not None and ID not in columns and _by_id(study) else []
    read = None if columns is None else [*columns, *added]
    rows = ResponseStore(study.root / "store").read(read, waves=waves, version=version)
    return _counted(study, rows).drop_columns(added)


def count_counted(study: Study) -> int:
    """Return the number of responses that `counted_responses` returns, without reading any where all count.

    Raises:
        StoreError: no responses yet, or a part was erased.
        DamagedError: a part is missing or corrupt.
    """
    store = ResponseStore(study.root / "store")
    if _by_id(study) or store.version is None:
        return int(counted_responses(study, columns=[ID, "wave"]).num_rows)
    return sum(part.rows for part in stored_parts(store.root, store.version))


def _by_id(study: Study) -> bool:
    """Return whether responses are looked up by their ids, because some may not count."""
    excluded = study.without_excluded and decisions_of(study).history()
    return bool(study.publication or excluded or burst_log(study).held())


def held_responses(study: Study, version: int) -> pa.Table:
    """Return the responses of bursts that are outside the results; excluded ones as in `counted_responses`."""
    rows = held_back(study, ResponseStore(study.root / "store").read(version=version))
    return decisions_of(study).kept(rows) if study.without_excluded else rows


def counted_texts(
    study: Study,
    *,
    waves: Sequence[str] | None = None,
    version: int | None = None,
    item: str | None = None,
    digest: PartDigests | None = None,
    described: bool = False,
) -> pa.Table:
    """Return the free texts of the responses of the results; see `ResponseStore.texts`."""
    store = ResponseStore(study.root / "store")
    texts = _counted(study, store.texts(waves=waves, version=version, item=item, digest=digest, described=described))
    return texts.drop_columns([SINCE]) if study.publication else texts


def left_out_of(study: Study, wave: str) -> tuple[str, ...]:
    """Return the ids of the responses of a wave that `counted_responses` leaves out, in order."""
    held = {name for at, name in burst_log(study).held() if at == wave}
    excluded = decisions_of(study).excluded(wave) if study.without_excluded else frozenset()
    return tuple(sorted(held | excluded))


def decisions_of(study: Study) -> Decisions:
    """Return the log of the decisions in a study."""
    return Decisions(study.root / FILE)


def left_out(study: Study) -> int:
    """Return the number of excluded responses of all waves."""
    return decisions_of(study).count()


def caption_phrase(study: Study) -> str:
    """Return a phrase for captions on excluded responses and bursts set apart; "" if there are none.

    Of a publication it names the number instead: how many answers are left out may be a single one.
    """
    if study.publication:
        return f"第 {study.publication} 次公布"
    return "；".join(part for part in (phrase(left_out(study), study.without_excluded), held_phrase(study)) if part)


def phrase(count: int, without: bool) -> str:
    """Return the caption phrase for a number of excluded responses."""
    if not count:
        return ""
    return f"已剔除 {count:,} 份" if without else f"未剔除（{count:,} 份已决定剔除的仍计入）"


def _counted(study: Study, rows: pa.Table) -> pa.Table:
    if study.publication:
        return published_rows(study, rows)
    rows = countable(study, rows)
    return decisions_of(study).kept(rows) if study.without_excluded else rows


GROUP_COLUMNS = ("interviewer", "psu")
"""Columns by which groups can be excluded: interviewer and sampling point."""


def by_column(rows: pa.Table, column: str, value: str) -> tuple[str, ...]:
    """Return the ids of the responses of one interviewer or sampling point.

    Args:
        rows: the responses of a wave and mode.
        column: one of `GROUP_COLUMNS`.
        value: code of the interviewer, or of the community.

    Raises:
        ArgumentError: another column, or no such responses.
    """
    if column not in GROUP_COLUMNS:
        raise ArgumentError("不能按答案剔除答卷（规则 R-07）", got=column, expected="、".join(GROUP_COLUMNS))
    found = rows.filter(pc.equal(rows[column].cast(pa.string()), value.strip()))["response_id"].to_pylist()
    if not found:
        raise ArgumentError("没有这样的答卷", got=value.strip() or "空", cure="核对访问员代码或社区代码")
    return tuple(found)


def by_id(rows: pa.Table, text: str) -> tuple[str, ...]:
    """Split a text at blanks and commas into ids; all must exist.

    Raises:
        ArgumentError: no id, or an id that is not among the responses.
    """
    wanted = tuple(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", text) if part))
    known = set(rows["response_id"].to_pylist())
    if lost := [name for name in wanted if name not in known]:
        raise ArgumentError("这一轮这种方式里没有这些答卷编号", got="、".join(lost[:5]), cure="核对编号、轮次和方式")
    if not wanted:
        raise ArgumentError("没有写答卷编号", expected="一个或几个编号，用逗号或换行分开")
    return wanted
