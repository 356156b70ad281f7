"""Position: how far the letters of an inbox have come into one response store.

Every store has its own position, kept in the inbox under the id of its table: several hosts may each fill a store from
one database, and a store that was deleted or put back from a backup gets what it lacks with the next drain.

Workplace: the folder in which a drain works, alone.

Drains of version 0.1 wrote answers into files there for a moment. What one of them left when it was killed may have
been withdrawn since, so the folder is swept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from survey.collect.inbox.inbox import Backend
from survey.disk import locked, make_folder
from survey.errors import CollectError
from survey.storage.delta import open_table
from survey.storage.store import ResponseStore
from survey.study.study import Study

KEY, CHECK = "position", "check"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a store stands.

    Attributes:
        number: of the last letter that was looked at.
        purged: number of the last withdrawal that has left the disk.
        version: of the store at that time, -1 before there was one.
        misfit: number of the first letter that the study could not take, or not wholly; 0 for none.
        judge: what decided that: a digest of the questionnaire, the waves and the sampling points.
    """

    number: int = 0
    purged: int = 0
    version: int = -1
    misfit: int = 0
    judge: str = ""


def position_of(study: Study, backend: Backend) -> Position:
    """Where the store of a study stands in an inbox.

    A store that is older than what is remembered was put back from a backup: it begins again, and so do withdrawals.
    Letters that did not fit are looked at again once questionnaire, waves or sampling points have changed.
    """
    name, version = _store(study)
    position = _read(backend.recall(f"{KEY} {name}") if name else None)
    if position.version > version:
        return Position()
    if position.misfit and position.judge != _judge(study):
        return replace(position, number=min(position.number, position.misfit - 1), misfit=0)
    return position


def keep_position(study: Study, backend: Backend, position: Position) -> None:
    """Remember where the store stands, once it is on the disk; without a store there is nothing to remember."""
    ResponseStore(study.root / "store").settle()
    name, version = _store(study)
    if name:
        said = replace(position, version=version, judge=_judge(study))
        facts = asdict(said)
        backend.remember(f"{KEY} {name}", json.dumps({**facts, CHECK: _check(facts)}))


def _read(kept: str | None) -> Position:
    """A position as it was kept; the start where it was damaged since, for nothing may be stepped over."""
    try:
        facts = json.loads(kept or "{}")
        check = facts.pop(CHECK, None)
        return Position(**facts) if check in (None, _check(facts)) else Position()
    except (ValueError, TypeError, AttributeError):
        return Position()


def _check(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _judge(study: Study) -> str:
    waves = (f"{wave.name} {' '.join(wave.modes)}" for wave in study.waves)
    parts = (study.questionnaire.fingerprint, *waves, *map(str, sorted(study.areas.by_code)))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _store(study: Study) -> tuple[str, int]:
    """Id of the table of responses and its version; "" and -1 where there is none yet."""
    table = open_table(study.root / "store" / "responses")
    return ("", -1) if table is None else (str(table.metadata().id), int(table.version()))


@contextmanager
def workplace(root: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Let one drain work on a study at a time, and sweep what killed ones of an earlier version left.

    Args:
        root: folder of the study.
        wait: called when another drain of the study is under way, before waiting for its end.

    Raises:
        CollectError: the study cannot be written.
    """
    folder = root / "inbox" / "drain"
    with ExitStack() as stack:
        try:
            make_folder(folder)
            # Of two drains at once, one would take out a withdrawn answer that the other then puts back.
            stack.enter_context(locked(root / "inbox" / "drain.lock", wait))
        except OSError as error:
            raise CollectError("不能入库：调查文件夹写不进去", where=str(folder), got=str(error)) from error
        _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
