"""Drain: letters of the inbox move into the response store, each exactly once, and again from where it stopped.

Letters are written in the study's own column layout and go the way of every other file: read, coded, checked,
committed as one version. The response id is the phone's own id, so a letter that was committed just before a crash is
recognised as unchanged the next time; the position is noted only after the commit. Withdrawn answers leave the store,
its older versions and the raw files with the next drain.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from survey import ingest
from survey.collect.seals import Seals, secret_of
from survey.collect.settings import CHINA
from survey.collect.verdicts import COMMENT
from survey.inbox import Backend, Stored
from survey.purge import Purged, purge
from survey.question import OTHER, OTHER_VALUE, Kind, Question
from survey.responses import response_schema
from survey.store import REJECTED, TEXTS, Batch, ResponseStore
from survey.study import Study

CHUNK = 20_000
"""Letters of one commit at most."""
CURSOR = "drained"
PURGED = "purged"
META = ("response_id", "wave", "mode", "psu", "submitted", "seconds", "interviewer", "device", "ip")
HELD = "honeypot"
"""Letters with this flag stay in the inbox, counted and never deleted: a hidden field was filled in."""

Progress = Callable[[str, float], None]


@dataclass
class Drained:
    """What a drain did.

    Attributes:
        moved: new responses in the store.
        known: letters that the store had already.
        held: letters left in the inbox because of their flags.
        rejected: letters that could not be coded; the store keeps them for mending.
        withdrawn: responses taken out of the newest version.
        versions: new versions of the store.
        purged: what left the disk because it was withdrawn; None when nothing was.
    """

    moved: int = 0
    known: int = 0
    held: int = 0
    rejected: int = 0
    withdrawn: int = 0
    versions: list[int] = field(default_factory=list)
    purged: Purged | None = None


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
    done = Drained()
    seals = Seals(secret_of(backend))
    start = int(backend.recall(CURSOR) or 0)
    while letters := backend.read(start, chunk):
        for (wave, mode), group in _groups(letters, done).items():
            _commit(study, wave, mode, group, seals, done)
        start = letters[-1].number
        backend.remember(CURSOR, str(start))
        if progress is not None:
            progress(f"已处理到第 {start} 份", 0.5)
    _erase(study, backend, done, again=again)
    return done


def _groups(letters: Sequence[Stored], done: Drained) -> Mapping[tuple[str, str], list[Stored]]:
    groups: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for stored in letters:
        if HELD in stored.letter.flags.split(","):
            done.held += 1
        else:
            groups[stored.letter.wave, stored.letter.mode].append(stored)
    return groups


def _commit(study: Study, wave: str, mode: str, group: list[Stored], seals: Seals, done: Drained) -> None:
    """One wave and mode, one commit."""
    name = f"online-{wave}-{mode}-{group[0].number}-{group[-1].number}.csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_letters(path, study, group, seals)
        result = ingest.import_files(study, [path], wave, mode=mode, who="网上问卷", note=f"收件箱 {len(group)} 份")
    preview = result.preview
    done.moved += preview.new
    done.known += preview.unchanged
    done.rejected += preview.rejected
    if result.version is not None:
        done.versions.append(result.version)


def write_letters(path: Path, study: Study, letters: Sequence[Stored], seals: Seals) -> None:
    """Letters as a file of the study's own layout."""
    questions = study.questionnaire.questions
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*META, *(name for question in questions for name in columns(question))])
        for stored in letters:
            rows.writerow([*_particulars(stored, seals), *_answers(json.loads(stored.letter.body), questions)])


def _particulars(stored: Stored, seals: Seals) -> list[Any]:
    letter = stored.letter
    content = json.loads(letter.body)
    given = seals.interviewer(content.get("pass", "")) if content.get("pass") else None
    received = datetime.fromtimestamp(letter.received / 1000, CHINA).replace(tzinfo=None)
    return [
        str(UUID(bytes=letter.id)), letter.wave, letter.mode, letter.place or "", received.isoformat(" ", "seconds"),
        content["seconds"], given.interviewer if given else "", letter.device, letter.address,
    ]  # fmt: skip


def columns(question: Question) -> Iterator[str]:
    """The columns of a question."""
    if question.kind is Kind.MATRIX:
        yield from (item.name for item in question.items)
        return
    yield question.name
    if question.other:
        yield f"{question.name}.other"


def _answers(content: Mapping[str, Any], questions: Sequence[Question]) -> Iterator[Any]:
    answers = content["answers"]
    for question in questions:
        value = answers.get(question.name)
        if question.kind is Kind.MATRIX:
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


def _erase(study: Study, backend: Backend, done: Drained, *, again: bool) -> None:
    """Take what was withdrawn out of the newest version, then off the disk; an interrupted one is done anew."""
    gone = backend.withdrawn(0 if again else int(backend.recall(PURGED) or 0))
    if not gone:
        return
    ids = [str(UUID(bytes=identity)) for _, identity in gone]
    _drop(study, ids, done)
    done.purged = purge(study.root, ids)
    if backend.scrub():
        backend.remember(PURGED, str(gone[-1][0]))


def _drop(study: Study, ids: Sequence[str], done: Drained) -> None:
    """A new version without the withdrawn answers, where the newest one has them."""
    store = ResponseStore(study.root / "store")
    version = store.version
    if version is None:
        return
    rows = store.read(["response_id", "wave"], version=version)
    met = rows.filter(pc.is_in(rows["response_id"], pa.array(ids, pa.string())))
    for wave in pc.unique(met["wave"]).to_pylist():
        replaced = tuple(met.filter(pc.equal(met["wave"], wave))["response_id"].to_pylist())
        version = store.commit(
            _without(study, wave, replaced),
            meta={"kind": "withdrawal"},
            who="网上问卷",
            note=f"居民撤回 {len(replaced)} 份",
            expected=version,
        )
        done.withdrawn += len(replaced)
        done.versions.append(version)


def _without(study: Study, wave: str, replaced: tuple[str, ...]) -> Batch:
    schema = response_schema(study.questionnaire)
    return Batch(wave, schema.empty_table(), TEXTS.empty_table(), REJECTED.empty_table(), replaced)
