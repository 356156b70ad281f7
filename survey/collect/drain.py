"""Drain: letters of the inbox move into the response store, each exactly once, and again from where it stopped.

Letters are laid out in the study's own columns and go the way of every other file: coded, checked, committed as one
version, and kept as a raw CSV from which the import can be repeated. The response id is the phone's own id, so a letter
that was committed just before a crash is recognised as unchanged the next time; the position is noted only after the
commit. Withdrawn answers leave the store, its older versions and the raw files with the next drain. One drain at a time
works on a study: a second one waits.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from survey.collect.drain_state import keep_position, position_of, workplace
from survey.collect.inbox.inbox import Backend, Stored
from survey.collect.keys import seals_of
from survey.collect.seals import Seals
from survey.collect.set_aside import divided, keep_apart, put_right, set_apart
from survey.collect.submission_rows import rows_of
from survey.collect.withdrawals import take_out
from survey.errors import ArgumentError, CollectError, StudyError
from survey.importing import ingest
from survey.storage.purge import Purged, purge
from survey.study.study import Study

CHUNK = 20_000
"""Letters of one commit at most."""
HELD = "honeypot"
"""Letters with this flag stay in the inbox, counted and never deleted: a hidden field was filled in."""

Progress = Callable[[str, float], None]


@dataclass
class Drained:
    """What a drain did.

    Attributes:
        moved: new responses in the store.
        known: letters that the store had already.
        completed: letters that the store had, but not wholly, until the questionnaire was mended.
        held: letters left in the inbox because of their flags.
        rejected: letters that could not be coded; they stay in the inbox until the study is mended.
        reasons: why a whole wave was rejected.
        withdrawn: responses taken out of the newest version.
        foreign: question (or row of a matrix) that the questionnaire does not have any more -> letters that answer it.
        versions: new versions of the store.
        purged: what left the disk because it was withdrawn; None when nothing was.
        damaged: numbers of the letters that are not what was acknowledged; they are set apart.
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


def drain(
    study: Study, backend: Backend, *, progress: Progress | None = None, chunk: int = CHUNK, again: bool = False
) -> Drained:
    """Move everything that waits, and remove from the disk what was withdrawn.

    Args:
        study: the study.
        backend: its inbox, opened for this alone; the receiver may go on writing.
        progress: told what is being done and the share done.
        chunk: letters of one commit at most.
        again: look for every answer ever withdrawn, not only for the new ones: after a backup was put back.

    Raises:
        SiluError: nothing of the chunk under way was written; the next drain takes it up again.
    """
    tell = progress or _silent
    try:
        with workplace(study.root, lambda: tell("另一个入库正在进行，等它结束", 0.0)):
            return _drain(study, backend, tell, chunk, again=again)
    except sqlite3.Error as error:
        raise CollectError(
            "收件箱暂时不能读写", got=str(error), cure="答卷仍在收件箱里；检查磁盘和占用它的程序，再运行一次"
        ) from error


def _drain(study: Study, backend: Backend, tell: Progress, chunk: int, *, again: bool) -> Drained:
    done = Drained()
    seals = seals_of(study, backend)
    position = position_of(study, backend)
    damaged = set_apart(backend)
    if mended := put_right(backend, damaged):
        position = replace(position, misfit=_move(study, mended, position.misfit, seals, done))
        damaged -= {one.number for one in mended}
        keep_position(study, backend, position)
    while letters := backend.read(position.number, chunk):
        intact, found = divided(letters)
        damaged |= found
        misfit = _move(study, intact, position.misfit, seals, done)
        position = replace(position, number=letters[-1].number, misfit=misfit)
        keep_apart(backend, damaged)
        keep_position(study, backend, position)
        tell(f"已处理到第 {position.number} 份", 0.5)
    keep_apart(backend, damaged - set(backend.erased()))
    done.damaged = tuple(sorted(damaged - set(backend.erased())))
    gone = backend.withdrawn(0 if again else position.purged)
    if gone:
        ids = [str(UUID(bytes=identity)) for _, identity in gone]
        versions = take_out(study, ids)
        done.withdrawn, done.versions = sum(versions.values()), [*done.versions, *versions]
        done.purged = purge(study.root, ids)
        if backend.scrub() and not (done.purged and done.purged.unfinished):
            keep_position(study, backend, replace(position, purged=gone[-1][0]))
    return done


def _move(study: Study, letters: Sequence[Stored], misfit: int, seals: Seals, done: Drained) -> int:
    """Commit letters by wave and mode; the number of the first one ever that did not fit, 0 for none."""
    for (wave, mode), group in _groups(letters, done).items():
        if not _commit(study, wave, mode, group, seals, done):
            misfit = min(misfit or group[0].number, group[0].number)
    return misfit


def _groups(letters: Sequence[Stored], done: Drained) -> Mapping[tuple[str, str], list[Stored]]:
    groups: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for stored in letters:
        if HELD in stored.letter.flags.split(","):
            done.held += 1
        else:
            groups[stored.letter.wave, stored.letter.mode].append(stored)
    return groups


def _commit(study: Study, wave: str, mode: str, group: list[Stored], seals: Seals, done: Drained) -> bool:
    """One wave and mode, one commit. Returns whether everything in the letters found a place in the store."""
    name = f"online-{wave}-{mode}-{group[0].number}-{group[-1].number}.csv"
    rows, foreign = rows_of(study, name, group, seals)
    try:
        result = ingest.import_rows(study, rows, wave, mode=mode, who="网上问卷", note=f"收件箱 {len(group)} 份")
    except (StudyError, ArgumentError) as error:  # the wave, or its mode, is not in study.toml any more
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
    """For callers that need no progress."""
