"""Lights of areas, cached beside the store so that pages do not wait for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.compute as pc

from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import (
    MARK,
    NOTE,
    AreaLight,
    Units,
    area_lights,
    doubted,
    marked,
    marked_rows,
    units_of,
)
from reports.sample import StudySample
from reports.sentences.sentence import Sentence
from reports.sentences.weak import red_lights
from survey.host.disk import write_whole
from survey.quality import exclusions
from survey.storage.files import keep_newest
from survey.study.lexicon import official_phrases
from survey.study.study import Study

if TYPE_CHECKING:
    from analysis.integrity.report import Integrity

__all__ = ["MARK", "NOTE", "AreaLight", "Round", "doubt", "lights", "marked", "marked_rows", "note", "red_areas"]

CALIBRATION = 3
"""Increment when a signal or its null distribution changes, to invalidate cached lights."""
_COLUMNS = ("response_id", "wave", "mode", "psu", "interviewer")
KEPT = 24
"""Number of cached results: waves and modes of a few data versions."""


@dataclass(frozen=True, slots=True)
class Round:
    """One wave and mode of a data version."""

    version: int
    wave: str
    mode: str


def lights(
    study: Study, one: Round, by: str = "district", find: Callable[[], Integrity] | None = None
) -> Mapping[str, AreaLight]:
    """Return the light of every area, based on the responses that count (`Study.without_excluded`).

    Conspicuous interviewers are found among all responses; an area is red while their responses count in it.

    Args:
        study: the study.
        one: which responses.
        by: name column of the frame.
        find: returns the report where it is not cached beside the store; when None it is made here.
    """
    path = study.root / "store" / "lights" / f"{_digest(study, one)}.json"
    known = _read(path)
    if known is None:
        known = units_of(find() if find else _report(study, one))
        _keep(path, known)
    rows = exclusions.counted_responses(study, columns=_COLUMNS, waves=[one.wave], version=one.version)
    return area_lights(known, rows.filter(pc.equal(rows["mode"], one.mode)), study.areas, by)


def _report(study: Study, one: Round) -> Integrity:
    """Return the report of the checks; they take longer to load than cached lights take to read."""
    from reports.fieldwork.data_quality import fieldwork

    return fieldwork(study, one.wave, one.mode, one.version).integrity()


def red_areas(gathered: StudySample, waves: Sequence[str], by: str = "district") -> frozenset[str]:
    """Return the areas with a red light in any of these waves, in any mode of the sample: they get no verdict.

    They are kept with the sample, whose answers never change: a page asks for them a dozen times.

    Args:
        gathered: the sample.
        waves: names of waves; every wave of the sample when empty.
        by: name column of the frame.
    """
    cache, key = gathered.sample.cells.cache, ("red areas", tuple(waves), by)
    if key not in cache:
        cache[key] = _red_areas(gathered, waves, by)
    found: frozenset[str] = cache[key]
    return found


def _red_areas(gathered: StudySample, waves: Sequence[str], by: str) -> frozenset[str]:
    study, keys = gathered.study, gathered.sample.cells.keys
    known = {wave.name for wave in study.waves} & set(waves or gathered.waves)
    pairs = keys[["wave", "mode"]].astype(str).drop_duplicates().itertuples(index=False)
    rounds = [Round(gathered.version, str(wave), str(mode)) for wave, mode in pairs if wave in known]
    return frozenset(name for one in rounds for name in doubted(lights(study, one, by)))


def _digest(study: Study, one: Round) -> str:
    """Return a digest of everything that lights are made from; a data version never changes."""
    frame = int(pd.util.hash_pandas_object(study.areas.frame, index=False).sum())
    own = (study.questionnaire.fingerprint, frame, sorted(official_phrases(study.root)))
    parts = (CALIBRATION, one.version, one.wave, one.mode, *own)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _read(path: Path) -> Units | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        people = {light: frozenset(map(str, codes)) for light, codes in kept["people"].items()}
        return Units(people, {light: frozenset(map(int, codes)) for light, codes in kept["places"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # A damaged cache file is ignored: its content is recomputed from the answers.
        return None


def _keep(path: Path, found: Units) -> None:
    """Write atomically and delete the oldest files; ignore a read-only folder, which only costs time."""
    content = {
        "people": {light: sorted(codes) for light, codes in found.people.items()},
        "places": {light: sorted(codes) for light, codes in found.places.items()},
    }
    with suppress(OSError):
        write_whole(path, lambda draft: draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8"))
        keep_newest(path.parent, "*.json", KEPT)


def doubt(found: Estimates, lights: Mapping[str, AreaLight], by: str = "district") -> Sentence:
    """Return the sentence about areas with a red light; empty where none is shown.

    Args:
        found: estimates shown, marked or not.
        lights: lights of its areas.
        by: column with the names of the areas.
    """
    return red_lights(lights, [str(name).removesuffix(MARK) for name in found.table[by].unique()])


def note(rows: pd.DataFrame, by: str = "district") -> str:
    """Return the meaning of the mark for the caption of a figure; "" where no area is marked."""
    return f"；{NOTE}" if rows[by].astype(str).str.endswith(MARK).any() else ""
