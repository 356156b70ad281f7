"""Units with a red or amber light, kept beside the store under a digest of all that they are made from.

The digest names the stored parts with answers of the wave and mode instead of the data version, so that a commit voids
only the lights of what it changed, and an undo finds the earlier ones again.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.integrity.lights import Units
from survey.host.disk import write_whole
from survey.storage.files import keep_newest
from survey.storage.stored_parts import stored_parts
from survey.study.burst_log import burst_log
from survey.study.lexicon import official_phrases
from survey.study.study import Study

CALIBRATION = 7
"""Increment when a signal or its null distribution changes, to invalidate cached lights."""
KEPT = 24
"""Number of cached results: waves and modes, as they were before and after a few commits."""


@dataclass(frozen=True, slots=True)
class Round:
    """One wave and mode of a data version."""

    version: int
    wave: str
    mode: str


def path_of(study: Study, one: Round) -> Path:
    """Return the file of the units of a wave and mode, whether it exists or not."""
    return study.root / "store" / "lights" / f"{_digest(study, one)}.json"


def _digest(study: Study, one: Round) -> str:
    """Return a digest of everything that lights are made from: answers, bursts held back, frame, questionnaire."""
    frame = int(study.areas.row_hashes.sum())
    own = (study.questionnaire.fingerprint, frame, sorted(official_phrases(study.root)))
    stored = parts_of(study, one)
    held = sorted(name for wave, name in burst_log(study).held() if wave == one.wave)
    made_from = (CALIBRATION, stored, held, one.wave, one.mode, *own)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


def parts_of(study: Study, one: Round) -> list[str]:
    """Return what names each stored part with answers of a wave and mode."""
    parts = stored_parts(study.root / "store", one.version, (one.wave,))
    return [part.identity or part.path.name for part in parts if one.mode in part.modes()]


def read_units(path: Path) -> Units | None:
    """Return the units of a file; None where it is missing or damaged: they are computed again from the answers."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        people = {light: frozenset(map(str, codes)) for light, codes in kept["people"].items()}
        return Units(people, {light: frozenset(map(int, codes)) for light, codes in kept["places"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep_units(path: Path, found: Units) -> None:
    """Write atomically and delete the oldest files; ignore a read-only folder, which only costs time."""
    content = {
        "people": {light: sorted(codes) for light, codes in found.people.items()},
        "places": {light: sorted(codes) for light, codes in found.places.items()},
    }
    with suppress(OSError):
        write_whole(path, lambda draft: draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8"))
        keep_newest(path.parent, "*.json", KEPT)
