"""Position: how far the letters of an inbox have come into one response store.

Every store has its own position, kept in the inbox under the id of its table: several hosts may each fill a store from
one database, and a store that was deleted or put back from a backup gets what it lacks with the next drain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from survey.collect.inbox.inbox import Backend
from survey.storage.delta import open_table
from survey.study.study import Study

KEY = "position"


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
    kept = backend.recall(f"{KEY} {name}") if name else None
    position = Position(**json.loads(kept)) if kept else Position()
    if position.version > version:
        return Position()
    if position.misfit and position.judge != _judge(study):
        return replace(position, number=min(position.number, position.misfit - 1), misfit=0)
    return position


def keep_position(study: Study, backend: Backend, position: Position) -> None:
    """Remember where the store stands; without a store there is nothing to remember."""
    name, version = _store(study)
    if name:
        said = replace(position, version=version, judge=_judge(study))
        backend.remember(f"{KEY} {name}", json.dumps(asdict(said)))


def _judge(study: Study) -> str:
    waves = (f"{wave.name} {' '.join(wave.modes)}" for wave in study.waves)
    parts = (study.questionnaire.fingerprint, *waves, *map(str, sorted(study.areas.by_code)))
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _store(study: Study) -> tuple[str, int]:
    """Id of the table of responses and its version; "" and -1 where there is none yet."""
    table = open_table(study.root / "store" / "responses")
    return ("", -1) if table is None else (str(table.metadata().id), int(table.version()))
