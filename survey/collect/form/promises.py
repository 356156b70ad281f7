"""Promises: for how long the form of a wave said that it keeps what, noted in the inbox when the form was shown.

Whoever writes longer periods into study.toml afterwards keeps the answers of that wave no longer for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from survey.collect.inbox.inbox import Backend
from survey.study.study import Study

PREFIX = "promised/"


def note_promise(backend: Backend, study: Study, today: date) -> None:
    """Note the periods of the waves that are not over: the shortest that were ever promised count."""
    known = promised(backend)
    for wave in study.waves:
        if wave.end >= today:
            table = asdict(study.retention.shortened(known.get(wave.name, {})))
            said = {name: days for name, days in table.items() if name not in ("hold", "logs")}
            backend.remember(f"{PREFIX}{wave.name}", json.dumps(said))


def promised(backend: Backend) -> Mapping[str, Mapping[str, int]]:
    """Wave -> key of [retention] -> days."""
    found: dict[str, Mapping[str, int]] = {}
    for wave, text in backend.recalled(PREFIX).items():
        try:
            said = json.loads(text)
            found[wave] = {str(name): int(days) for name, days in said.items()}
        except (ValueError, AttributeError, TypeError):
            continue
    return found
