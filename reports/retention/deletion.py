"""Deletion: what is due goes, kind by kind and wave by wave; each step is logged first and can be done again.

Answers go first, because what they take along need not be emptied; their summary is written before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa

from accounts.audit.log import record_purged
from reports.retention.due import Due, Places, due, logs_before, places, raw_of
from reports.retention.summaries import keep_summary
from survey.collect.inbox.drain_state import workplace
from survey.collect.links.keys import seals_of
from survey.collect.maintenance.clearing import clear_submissions, forget_expired
from survey.collect.settings import CHINA
from survey.errors import ArgumentError, StoreError
from survey.importing.mending.redaction import hashed, raw_without_contacts, without_contacts
from survey.storage.deletion.expired_files import (
    CONTACT_CACHES,
    expired_logs,
    held_by,
    rejected_workbooks,
    remove_files,
    remove_raw,
    replace_raw,
    rotate_logs,
)
from survey.storage.deletion.purge import damaged_copies
from survey.storage.deletion.retention_log import PURGE, held, note
from survey.storage.deletion.wave_parts import drop_wave, rewrite_wave
from survey.storage.delta import open_table
from survey.storage.files import FOLDER as RAW
from survey.storage.files import remove_caches
from survey.storage.import_batch import TEXTS
from survey.storage.integrity.erasures import EXPIRED, erased, note_erasure
from survey.storage.integrity.settling import settle
from survey.storage.parquet import read_parts
from survey.study.retention import Kind
from survey.study.study import Study
from survey.study.terms import Wave

__all__ = ["Deleted", "delete_due"]

ORDER = (Kind.ANSWERS, Kind.TEXTS, Kind.RAW, Kind.CONTACTS, Kind.LOGS)
CHUNK = 500
"""Bodies of one transaction."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to delete.

    Attributes:
        summary: keep the tables of a wave before its answers go.
        whole_raw: remove raw files whole from which contacts cannot be taken out.
    """

    summary: bool = True
    whole_raw: bool = False


@dataclass
class Deleted:
    """What a deletion did.

    Attributes:
        done: what is gone, as it was found before.
        left: what is due and still there: it is being written just now, or damaged.
        summaries: files that were written before answers went.
        damaged: numbers of submissions that could not be cleared, because they are damaged.
        raw: raw files that were removed whole for their contacts.
    """

    done: list[Due] = field(default_factory=list)
    left: tuple[Due, ...] = ()
    summaries: list[Path] = field(default_factory=list)
    damaged: tuple[int, ...] = ()
    raw: int = 0


@dataclass
class _Step:
    """One deletion under way.

    Attributes:
        at: the study and its inbox.
        words: commit metadata: who and note.
        wanted: how.
        report: what is filled.
    """

    at: Places
    words: Mapping[str, str]
    wanted: Wanted
    report: Deleted


def delete_due(
    study: Study,
    *,
    who: str,
    why: str,
    today: date | None = None,
    wanted: Wanted = Wanted(),
    progress: Progress = lambda what, share: None,
) -> Deleted:
    """Delete everything whose time is over.

    Args:
        study: the study.
        who: the person.
        why: their reason, kept in the log.
        today: Beijing time; the present when None.
        wanted: how.
        progress: receives the current step and the completed share in [0, 1].

    Raises:
        ArgumentError: nobody or no reason is named, or deletion is on hold.
        StoreError: something cannot be written; what is gone is gone, the rest is found by the next run.
        SiluError: the summary of a wave cannot be made; its answers are still there.
    """
    if not who.strip() or not why.strip():
        raise ArgumentError("删除到期资料要写明经办人和理由", cure="加上 --who 姓名 --why 理由")
    refuse_on_hold(study)
    report = Deleted()
    with workplace(study.root, lambda: progress("入库或另一次清除正在进行，等它结束", 0.0)), places(study, today) as at:
        try:
            settle(at.store)
            step = _Step(at, {"who": who, "note": why}, wanted, report)
            found = sorted(due(at), key=lambda one: ORDER.index(one.kind))
            for number, one in enumerate(found):
                progress(f"删除 {one.label}", number / len(found))
                _delete(step, one)
            if wanted.whole_raw:
                _whole_raw(step)
            rotate_logs(at.root, at.today)
            if at.backend is not None and found:
                at.backend.scrub()
            report.left = due(at)
        except OSError as error:
            cure = "检查写权限和磁盘空间后再运行一次，会接着删除"
            raise StoreError("到期的资料没有全部删除", where=str(study.root), got=str(error), cure=cure) from error
    return report


def refuse_on_hold(study: Study) -> None:
    """Raise ArgumentError where nothing may be deleted at present."""
    if reason := held(study.root, study.retention.hold):
        cure = "解除以后再删除：silu purge 目录 --release --who 姓名 --why 理由；study.toml 里的 hold 要删去"
        raise ArgumentError("现在暂停删除，没有删除任何资料", got=reason, cure=cure)


def _delete(step: _Step, one: Due) -> None:
    """Delete one kind of one wave: refused on hold, logged, noted so that nothing comes in again, done."""
    at = step.at
    refuse_on_hold(at.study)
    if one.kind is Kind.LOGS:
        _log(step, one)
        expired = expired_logs(at.root, logs_before(at))
        record_purged(at.root, expired)
        remove_files(expired)
        step.report.done.append(one)
        return
    wave = at.study.wave(one.wave)
    if one.kind is Kind.ANSWERS and step.wanted.summary:
        step.report.summaries += keep_summary(at.study, wave)
    _log(step, one)
    if one.kind not in erased(at.store).kinds.get(wave.name, ()):
        note_erasure(at.store, EXPIRED, wave=wave.name, kind=str(one.kind))
    STEPS[one.kind](step, wave)
    remove_files(damaged_copies(at.root))
    step.report.done.append(one)


def _log(step: _Step, one: Due) -> None:
    facts = {"kind": str(one.kind), "wave": one.wave, "until": one.until.isoformat()}
    counts = {"files": one.held.files, "rows": one.held.rows, "bytes": one.held.size}
    note(step.at.root, PURGE, step.words["who"], step.words["note"], **facts, **counts)


def _answers(step: _Step, wave: Wave) -> None:
    remove_caches(step.at.store, CONTACT_CACHES)  # first: an interrupted run would not find them again
    drop_wave(step.at.store, "responses", wave.name, {"kind": "retention", **step.words})


def _texts(step: _Step, wave: Wave) -> None:
    """The hashes of the answers cover their texts: they are made anew without them before the texts go."""
    roles = step.at.study.questionnaire.roles
    rewrite_wave(step.at.store, wave.name, lambda rows: hashed(rows, TEXTS.empty_table(), roles))
    drop_wave(step.at.store, "texts", wave.name, {"kind": "retention"})
    remove_caches(step.at.store)


def _raw(step: _Step, wave: Wave) -> None:
    at = step.at
    remove_raw(at.root, raw_of(at, Kind.RAW, wave))
    if at.backend is not None:
        while at.backend.expire(wave.name, _now(), CHUNK):
            continue
        over = datetime.combine(wave.end + timedelta(days=1), time(), CHINA)
        at.backend.drop_steps(int(over.timestamp() * 1000))


def _contacts(step: _Step, wave: Wave) -> None:
    at = step.at
    roles = at.study.questionnaire.roles
    table = open_table(at.store / "texts")
    texts = TEXTS.empty_table() if table is None else read_parts(table, waves=[wave.name]).select(TEXTS.names)

    def emptied(rows: pa.Table) -> pa.Table:
        kept = without_contacts(rows)
        return rows if kept.equals(rows) else hashed(kept, texts, roles)

    rewrite_wave(at.store, wave.name, emptied)
    drop_wave(at.store, "rejected", wave.name, {"kind": "retention"})
    remove_files(rejected_workbooks(at.root, at.periods(wave).last_day(Kind.CONTACTS, wave.end)))
    remove_caches(at.store, CONTACT_CACHES)
    for name in _uncleared(at, wave):
        replace_raw(at.root, name, raw_without_contacts(at.study, at.root / RAW / name))
    if at.backend is not None:
        seals = seals_of(at.study, at.backend)
        _, damaged = clear_submissions(at.backend, seals, wave, at.today, _now())
        step.report.damaged += damaged
        forget_expired(at.backend, at.today, at.periods(wave).contacts)


def _uncleared(at: Places, wave: Wave) -> Iterator[str]:
    known = erased(at.store)
    return (name for name in raw_of(at, Kind.CONTACTS, wave) if name not in known.cleared | known.uncleared)


def _whole_raw(step: _Step) -> None:
    """Remove raw files whole from which contacts could not be taken out, once those of their waves are over."""
    at, stuck = step.at, erased(step.at.store).uncleared
    for wave, last in at.ended(Kind.CONTACTS):
        if names := sorted(stuck.intersection(raw_of(at, Kind.CONTACTS, wave))):
            held_files = held_by(at.root / RAW / name for name in names)
            _log(step, Due(Kind.RAW, wave.name, last, held_files))
            remove_raw(at.root, names)
            step.report.raw += len(names)


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


STEPS: Mapping[Kind, Callable[[_Step, Wave], None]] = {
    Kind.ANSWERS: _answers,
    Kind.TEXTS: _texts,
    Kind.RAW: _raw,
    Kind.CONTACTS: _contacts,
}
"""Kind -> how it goes."""
