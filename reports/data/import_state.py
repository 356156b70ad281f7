"""What a study holds and what is left to do: answers stored, waiting in the inbox, rejected and not yet corrected."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from reports.data.versions import DataVersion, answered, history, newest, rejected
from survey.collect.inbox.drain_state import position_of
from survey.collect.serving.server import open_backend
from survey.collect.settings import collect_settings, database_of
from survey.errors import CollectError, DamagedError, StoreError
from survey.study.study import Study

MOST = 1_000_000
"""Submissions of the inbox that are counted."""


@dataclass(frozen=True, slots=True)
class ImportState:
    """The state of the imports of a study; None where a number cannot be read because a file is damaged.

    Attributes:
        stored: responses of the newest data version.
        rejected: rows that have not been corrected and imported yet.
        waiting: submissions of the online form that are not in the store yet.
        last: the newest import that counts; None before the first.
        version: the newest data version; None before the first import.
    """

    stored: int | None
    rejected: int | None
    waiting: int | None
    last: DataVersion | None
    version: int | None


def import_state(study: Study) -> ImportState:
    """Return the state of the imports of a study."""
    version = newest(study.root)
    stored, rows = _stored(study, version)
    last = next((one for one in history(study) if one.files and not one.undone), None)
    return ImportState(stored, None if rows is None else rows.num_rows, waiting(study), last, version)


def _stored(study: Study, version: int | None) -> tuple[int | None, pa.Table | None]:
    """Return the number of responses and the rejected rows; None for both where the store is damaged."""
    try:
        stored = 0 if version is None else int(answered(study.root, version)["n"].sum())
        return stored, rejected(study)[0]
    except (DamagedError, StoreError):
        return None, None


def waiting(study: Study) -> int | None:
    """Return how many submissions the next drain takes; None where the inbox cannot be read."""
    address = database_of(study, collect_settings(study))
    if "://" not in address and not Path(address).exists():
        return 0
    try:
        backend = open_backend(address)
        try:
            return len(backend.envelopes(position_of(study, backend).number, MOST))
        finally:
            backend.close()
    except (CollectError, sqlite3.DatabaseError):
        return None
