"""Verdicts of all residents, kept beside the cells so that a new process neither estimates nor models them again.

A file is named by a digest of all that verdicts depend on: the stored parts of the modes and what is left out of them,
lights, targets, settings, questionnaire, frame and margins, how the sample was made, and what is asked. It is never
stale; deleting it changes no number.
"""

from __future__ import annotations

import hashlib
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import SampleOptions
from reports.counted.kept_correlations import sample_digest
from reports.counted.kept_tables import Tables, kept_tables, read_tables
from reports.fieldwork.kept_lights import Round, path_of
from reports.sample import StudySample
from reports.selection import Selection
from survey.storage.files import CELLS

EDITION = 1
"""Increment when estimates, their suppression, or verdicts are made in another way."""
KEPT = 600
"""Number of files: some tables of a few modes, and those of single areas that somebody opened."""
SUFFIX = ".verdicts"


def kept_verdicts(
    gathered: StudySample, selection: Selection, margin: float | None, judge: Callable[[], Estimates]
) -> Estimates:
    """Return the kept verdicts of a selection, or what `judge` returns, which is kept then.

    None are kept of small studies, for readers whose tables are guarded and noted (`reports.disclosure.shown`), of
    self-selected answers, and while answers are being checked.

    Args:
        gathered: the sample.
        selection: the rates, groups and domain.
        margin: what areas are compared with, see `reports.verdicts.judged`.
        judge: makes the verdicts.
    """
    path = _path(gathered, selection, margin)
    if path is None:
        return judge()
    kept = read_tables(path)
    if kept is None:
        found = judge()
        if not _is_plain(found):
            return found
        kept = kept_tables(path, lambda: _packed(found), KEPT)
    table = kept.tables["verdicts"].astype(dict.fromkeys(kept.meta["objects"], object))
    return Estimates(table, literal_eval(kept.meta["meta"]))


def _path(gathered: StudySample, selection: Selection, margin: float | None) -> Path | None:
    """Return the file of the verdicts, whether it exists or not; None where none are kept."""
    if selection.reserved or selection.scope is not None or gathered.unchecked or gathered.sample.opt_in:
        return None
    basis = _basis(gathered)
    if basis is None:
        return None
    asked = (selection.waves, selection.conditions, selection.by, selection.items, selection.interval, selection.level)
    digest = hashlib.sha256(repr((basis, asked, margin)).encode()).hexdigest()[:32]
    return gathered.study.root / "store" / CELLS / f"{digest}{SUFFIX}"


def _basis(gathered: StudySample) -> str | None:
    """Return a digest of all that the verdicts of a sample depend on beside what is asked; None where none are kept.

    It is kept with the sample, whose answers never change.
    """
    cache, key = gathered.sample.cells.cache, ("basis of verdicts", gathered.version)
    study, found = cache.get(key, (None, None))
    if study is not gathered.study:
        found = _digest(gathered)
        cache[key] = (gathered.study, found)
    basis: str | None = found
    return basis


def _digest(gathered: StudySample) -> str | None:
    study, sample = gathered.study, gathered.sample
    settings = (SampleOptions.of(study), study.false_calls, study.waves)
    targets = hashlib.sha256(study.targets.to_csv(index=False).encode()).hexdigest()
    rounds = [Round(gathered.version, wave.name, mode) for wave in study.waves for mode in sample.modes]
    lights = [path_of(study, one).stem for one in rounds]
    made = (sample.modes, sample.label, tuple(sample.grouped.columns), gathered.waves, gathered.rates)
    return sample_digest(study, gathered.version, (EDITION, settings, targets, lights, made), modes=sample.modes)


def _is_plain(found: Estimates) -> bool:
    """Return whether the meta of verdicts is read back from its text as it is."""
    try:
        return bool(literal_eval(repr(dict(found.meta))) == dict(found.meta))
    except (ValueError, SyntaxError):
        return False


def _packed(found: Estimates) -> Tables:
    """Return the tables of a file; it names the columns of Python objects, which Arrow reads back as texts."""
    objects = [str(name) for name, kind in found.table.dtypes.items() if pd.api.types.is_object_dtype(kind)]
    return Tables({"verdicts": found.table}, {"meta": repr(dict(found.meta)), "objects": objects})
