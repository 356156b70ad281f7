"""Drain: move submissions from the inbox into the response store, each exactly once, resuming where it stopped.

Submissions are converted to the study's own columns and handled like any other file: coded, checked, committed as one
version, and kept as a raw CSV from which the import can be repeated. The response id is the phone's own id, so a
submission committed just before a crash is recognised as unchanged the next time; the position is saved only after the
commit. The next drain removes withdrawn responses from the store, its older versions and the raw files. One drain at a
time works on a study; a second one waits.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from survey.collect.draining.bursts_apart import keep_bursts_apart
from survey.collect.draining.set_aside import divided, keep_apart, put_right, set_apart
from survey.collect.draining.submission_rows import rows_of
from survey.collect.draining.withdrawals import take_out
from survey.collect.inbox.drain_state import Position, keep_position, position_of, workplace
from survey.collect.inbox.inbox import Backend, Stored
from survey.collect.links.keys import seals_of
from survey.collect.links.seals import Seals
from survey.errors import ArgumentError, CollectError, StudyError
from survey.importing import ingest
from survey.importing.confirming.confirmations import UnconfirmedError
from survey.storage.deletion.purge import Purged, purge
from survey.study.study import Study

CHUNK = 20_000
"""Maximum number of submissions per commit."""
HELD = "honeypot"
"""Submissions with this flag stay in the inbox, counted and never deleted: the honeypot field was filled in."""

WAITING = "这些答卷留在收件箱，每次入库都会再试。网上答卷不带权重是对的，就运行 silu drain --confirm weighted"

Progress = Callable[[str, float], None]


@dataclass
class Drained:
    """Result of a drain.

    Attributes:
        moved: number of new responses in the store.
        known: submissions already in the store.
        completed: submissions stored incompletely until the questionnaire was corrected.
        held: submissions left in the inbox because of their flags.
        rejected: submissions that cannot be coded; they stay in the inbox until the study is corrected.
        reasons: reasons why a whole wave was rejected.
        withdrawn: responses removed from the newest version.
        foreign: question (or matrix row) no longer in the questionnaire -> submissions that answer it.
        versions: new versions of the store.
        purged: result of purging withdrawn responses from disk; None when there was nothing to purge.
        damaged: numbers of corrupt submissions, which are set apart.
        apart: submissions in bursts, stored and outside the results until an analyst decides.
    """

    moved: int = 0
    known: int = 0
    completed: int = 0
    held: int = 0
    rejected: int = 0
    withdrawn: int = 0
    reasons: list[str] = field(default_factory=list)
    foreign: Counter[str] = field(default_factory=Counter)
    versions: list[int] = field(default_factory=list)
    purged: Purged | None = None
    damaged: tuple[int, ...] = ()
    apart: int = 0


def drain(
    study: Study,
    backend: Backend,
    *,
    progress: Progress | None = None,
    chunk: int = CHUNK,
    again: bool = False,
    confirmed: Collection[str] = (),
) -> Drained:
    """Move all waiting submissions, and remove withdrawn ones from disk.

    Args:
        study: the study.
        backend: its inbox, opened only for this; the receiver may keep writing.
        progress: receives the current step and the completed share in [0, 1].
        chunk: maximum number of submissions per commit.
        again: apply every withdrawal again, not only new ones; use after restoring a backup.
        confirmed: kinds of `Doubt` that a person has confirmed; later drains of the wave ask no more.

    Raises:
        SiluError: nothing of the current chunk was written; the next drain retries it.
    """
    report = progress or _silent
    try:
        with workplace(study.root, lambda: report("另一个入库正在进行，等它结束", 0.0)):
            return _drain(study, backend, report, chunk, again=again, confirmed=confirmed)
    except sqlite3.Error as error:
        raise CollectError(
            "收件箱暂时不能读写", got=str(error), cure="答卷仍在收件箱里；检查磁盘和占用它的程序，再运行一次"
        ) from error


def _drain(
    study: Study, backend: Backend, report: Progress, chunk: int, *, again: bool, confirmed: Collection[str]
) -> Drained:
    done = Drained()
    seals = seals_of(study, backend)
    position = position_of(study, backend)
    damaged = set_apart(backend)
    if mended := put_right(backend, damaged):
        position = _move(study, mended, position, seals, done, confirmed)
        damaged -= {one.number for one in mended}
        keep_position(study, backend, position)
    while submissions := backend.read(position.number, chunk):
        intact, found = divided(submissions)
        damaged |= found
        done.apart += keep_bursts_apart(study, backend, position.number, submissions[-1].number)
        position = _move(study, intact, position, seals, done, confirmed)
        position = replace(position, number=submissions[-1].number)
        keep_apart(backend, damaged)
        keep_position(study, backend, position)
        report(f"已处理到第 {position.number} 份", 0.5)
    damaged -= {*backend.erased(), *backend.expired()}
    keep_apart(backend, damaged)
    done.damaged = tuple(sorted(damaged))
    gone = backend.withdrawn(0 if again else position.purged)
    if gone:
        ids = [str(UUID(bytes=identity)) for _, identity in gone]
        versions = take_out(study, ids)
        done.withdrawn, done.versions = sum(versions.values()), [*done.versions, *versions]
        done.purged = purge(study.root, ids)
        if backend.scrub() and not (done.purged and done.purged.unfinished):
            keep_position(study, backend, replace(position, purged=gone[-1][0]))
    return done


def _move(
    study: Study,
    submissions: Sequence[Stored],
    position: Position,
    seals: Seals,
    done: Drained,
    confirmed: Collection[str],
) -> Position:
    """Commit submissions by wave and mode; return the position with the first ever that did not fit or waits."""
    misfit, doubt = position.misfit, position.doubt
    for (wave, mode), group in _groups(submissions, done).items():
        first = group[0].number
        try:
            if not _commit(study, wave, mode, group, seals, done, confirmed):
                misfit = min(misfit or first, first)
        except UnconfirmedError as error:
            done.rejected += len(group)
            done.reasons.append(f"{wave}：{error.what}。{error.got}。{WAITING}")
            doubt = min(doubt or first, first)
    return replace(position, misfit=misfit, doubt=doubt)


def _groups(submissions: Sequence[Stored], done: Drained) -> Mapping[tuple[str, str], list[Stored]]:
    groups: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for stored in submissions:
        if HELD in stored.submission.flags.split(","):
            done.held += 1
        else:
            groups[stored.submission.wave, stored.submission.mode].append(stored)
    return groups


def _commit(
    study: Study,
    wave: str,
    mode: str,
    group: list[Stored],
    seals: Seals,
    done: Drained,
    confirmed: Collection[str],
) -> bool:
    """Commit one wave and mode; return whether the store took all content of the submissions.

    Raises:
        UnconfirmedError: the wave holds rows with weights; nothing was written.
    """
    name = f"online-{wave}-{mode}-{group[0].number}-{group[-1].number}.csv"
    rows, foreign = rows_of(study, name, group, seals)
    try:
        note = f"收件箱 {len(group)} 份"
        result = ingest.import_rows(study, rows, wave, mode=mode, who="网上问卷", note=note, confirmed=confirmed)
    except UnconfirmedError:
        raise
    except (StudyError, ArgumentError) as error:  # the wave, or its mode, is no longer in study.toml
        done.rejected += len(group)
        done.reasons.append(f"{wave}：{error.what}")
        return False
    preview = result.preview
    done.moved += preview.new
    done.known += preview.unchanged
    done.completed += preview.changed
    done.rejected += preview.rejected
    done.foreign += foreign
    if result.version is not None:
        done.versions.append(result.version)
    return not (preview.rejected or foreign)


def _silent(what: str, share: float) -> None:
    """Ignore progress."""
