"""Version: one line of the history of the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from survey.storage.delta import META


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the history.

    Args:
        number: the data version, printed on every figure.
        kind: "create", "import" or "undo".
        at: when it was committed (local time).
        who: the person.
        note: their words.
        meta: everything else: wave, counts, files with sha256, pinned versions of texts and rejected rows,
            `restored` (undo only: the version whose content is shown again).
    """

    number: int
    kind: str
    at: datetime
    who: str
    note: str
    meta: Mapping[str, Any] = field(default_factory=dict)


def read_version(entry: Mapping[str, Any]) -> Version:
    """A version from one entry of the Delta history."""
    meta = json.loads(entry.get(META, "{}"))
    return Version(
        number=int(entry["version"]),
        kind=str(meta.pop("kind", "create")),
        at=datetime.fromtimestamp(entry["timestamp"] / 1000),
        who=str(meta.pop("who", "")),
        note=str(meta.pop("note", "")),
        meta=meta,
    )
