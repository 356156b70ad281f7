"""State of a drain: the position of a store in an inbox, and the folder that one drain at a time locks.

Every store has its own position, kept in the inbox under the id of its table: several hosts may each fill a store from
one database, and a store that was deleted or restored from a backup is completed by the next drain.

Drains of version 0.1 wrote answers into temporary files in that folder. Files left by a killed drain may hold responses
withdrawn since, so the folder is cleared.
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
from survey.errors import CollectError
from survey.host.disk import locked, make_folder
from survey.storage.delta import open_table
from survey.storage.store import ResponseStore
from survey.study.study import Study

KEY, CHECK = "position", "check"


@dataclass(frozen=True, slots=True)
class Position:
    """Position of a store in an inbox.

    Attributes:
        number: number of the last submission processed.
        purged: number of the last withdrawal purged from disk.
        version: version of the store at that time, -1 before the first.
        misfit: number of the first submission that did not fit the study completely; 0 for none.
        doubt: number of the first submission that waits until a person confirms something; 0 for none.
        judge: digest of the questionnaire, waves and sampling points that decided this.
    """

    number: int = 0
    purged: int = 0
    version: int = -1
    misfit: int = 0
    doubt: int = 0
    judge: str = ""


def position_of(study: Study, backend: Backend) -> Position:
    """Return the position of the store of a study in an inbox.

    A store older than the saved position was restored from a backup: submissions and withdrawals start over.
    Submissions that did not fit are retried once questionnaire, waves or sampling points have changed, those that wait
    for a person every time.
    """
    name, version = _store(study)
    position = _read(backend.recall(f"{KEY} {name}") if name else None)
    if position.version > version:
        return Position()
    if position.misfit and position.judge != _judge(study):
        position = replace(position, number=min(position.number, position.misfit - 1), misfit=0)
    if position.doubt:
        return replace(position, number=min(position.number, position.doubt - 1), doubt=0)
    return position


def keep_position(study: Study, backend: Backend, position: Position) -> None:
    """Save the position once the store is on disk; do nothing without a store."""
    ResponseStore(study.root / "store").settle()
    name, version = _store(study)
    if name:
        saved = replace(position, version=version, judge=_judge(study))
        facts = asdict(saved)
        backend.remember(f"{KEY} {name}", json.dumps({**facts, CHECK: _check(facts)}))


def _read(kept: str | None) -> Position:
    """Return a saved position; the start where it is damaged, so that nothing is skipped."""
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
    """Return id and version of the table of responses; "" and -1 where there is none yet."""
    table = open_table(study.root / "store" / "responses")
    return ("", -1) if table is None else (str(table.metadata().id), int(table.version()))


@contextmanager
def workplace(root: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Lock a study for one drain, and clear files left by killed drains of version 0.1.

    Args:
        root: folder of the study.
        wait: called before waiting for another drain of the study.

    Raises:
        CollectError: the study cannot be written.
    """
    folder = root / "inbox" / "drain"
    with ExitStack() as stack:
        try:
            make_folder(folder)
            # Of two concurrent drains, one could restore a withdrawn response that the other has removed.
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
