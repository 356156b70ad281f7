"""Drain: letters of the inbox move into the response store, each exactly once, and again from where it stopped.

Letters are written in the study's own column layout and go the way of every other file: read, coded, checked,
committed as one version. The response id is the phone's own id, so a letter that was committed just before a crash is
recognised as unchanged the next time; the position is noted only after the commit. Withdrawn answers leave the store,
its older versions and the raw files with the next drain. One drain at a time works on a study: a second one waits.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from survey.collect.drain_state import keep_position, position_of, workplace
from survey.collect.inbox.inbox import Backend, Stored
from survey.collect.keys import seals_of
from survey.collect.seals import Seals
from survey.collect.set_aside import divided, keep_apart, put_right, set_apart
from survey.collect.settings import CHINA
from survey.collect.submission.answer_rules import COMMENT
from survey.collect.submission.envelope import MAX_SECONDS
from survey.collect.withdrawals import take_out
from survey.errors import ArgumentError, CollectError, ReadError, StudyError
from survey.importing import ingest
from survey.instrument.question import OTHER, OTHER_VALUE, Question
from survey.storage.purge import Purged, purge
from survey.storage.spreadsheets import exact_writer
from survey.study.study import Study

CHUNK = 20_000
"""Letters of one commit at most."""
META = ("response_id", "wave", "mode", "psu", "submitted", "seconds", "interviewer", "device", "ip")
HALVES = 100
"""So often at most are letters divided to find one that cannot be read; then something else is wrong."""
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
        reasons: why a whole wave, or a letter, was rejected.
        halved: how often letters were divided to find the one that could not be read.
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
    halved: int = 0
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        foreign = write_letters(path, study, group, seals)
        try:
            result = ingest.import_files(study, [path], wave, mode=mode, who="网上问卷", note=f"收件箱 {len(group)} 份")
        except (StudyError, ArgumentError) as error:  # the wave, or its mode, is not in study.toml any more
            done.rejected += len(group)
            done.reasons.append(f"{wave}：{error.what}")
            return False
        except ReadError as error:
            if isinstance(error.__cause__, OSError) or done.halved >= HALVES:
                raise
            whole = [_commit(study, wave, mode, part, seals, done) for part in _halves(group, error, done)]
            return bool(whole) and all(whole)
    preview = result.preview
    done.moved += preview.new
    done.known += preview.unchanged
    done.completed += preview.changed
    done.rejected += preview.rejected
    done.foreign += foreign
    if result.version is not None:
        done.versions.append(result.version)
    return not (preview.rejected or foreign)


def _halves(group: list[Stored], error: ReadError, done: Drained) -> tuple[list[Stored], ...]:
    """Letters whose file cannot be read, in two parts, so that one strange letter holds up no other."""
    if len(group) == 1:
        done.rejected += 1
        done.reasons.append(f"第 {group[0].number} 份：{error.what}")
        return ()
    done.halved += 1
    middle = len(group) // 2
    return group[:middle], group[middle:]


def write_letters(path: Path, study: Study, letters: Sequence[Stored], seals: Seals) -> Counter[str]:
    """Letters as a file of the study's own layout; what they answer that the questionnaire does not ask (any more)."""
    questions = study.questionnaire.questions
    known = frozenset(name for question in questions for name in _known(question))
    foreign: Counter[str] = Counter()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        # Told and not guessed: a text of many lines, each with another separator, would mislead the reader.
        file.write("sep=,\r\n")
        rows = exact_writer(file)
        rows.writerow([*META, *(name for question in questions for name in columns(question))])
        for stored in letters:
            content = orjson.loads(stored.letter.body)
            foreign.update(name for name in _answered(content["answers"]) if name not in known)
            rows.writerow([*_particulars(stored, content, seals), *_answers(content, questions)])
    return foreign


def _known(question: Question) -> Iterator[str]:
    """What the answers to a question may be called."""
    yield question.name
    yield from (item.name for item in question.items if question.type.grid)
    if question.other:
        yield question.name + COMMENT


def _answered(answers: Mapping[str, Any]) -> Iterator[str]:
    """What was answered: questions, and of a matrix its rows too."""
    for name, value in answers.items():
        yield name
        if isinstance(value, dict):
            yield from (f"{name}.{row}" for row in value)


def _particulars(stored: Stored, content: Mapping[str, Any], seals: Seals) -> list[Any]:
    letter = stored.letter
    given = seals.interviewer(content.get("pass", "")) if content.get("pass") else None
    received = datetime.fromtimestamp(letter.received / 1000, CHINA).replace(tzinfo=None)
    return [
        str(UUID(bytes=letter.id)), letter.wave, letter.mode, letter.place or "", received.isoformat(" ", "seconds"),
        min(content["seconds"], MAX_SECONDS), given.interviewer if given else "", letter.device, letter.address,
    ]  # fmt: skip


def columns(question: Question) -> Iterator[str]:
    """The columns of a question."""
    if question.type.grid:
        yield from (item.name for item in question.items)
        return
    yield question.name
    if question.other:
        yield f"{question.name}.other"


def _answers(content: Mapping[str, Any], questions: Sequence[Question]) -> Iterator[Any]:
    answers = content["answers"]
    for question in questions:
        value = answers.get(question.name)
        if question.type.grid:
            yield from ((value or {}).get(row.name, "") for row in question.rows)
            continue
        yield _cell(value)
        if question.other:
            yield answers.get(question.name + COMMENT, "")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "|".join(str(_cell(entry)) for entry in value)
    if isinstance(value, bool):
        return int(value)
    return OTHER if value == OTHER_VALUE else "" if value is None else value


def _silent(what: str, share: float) -> None:
    """For callers that need no progress."""
