"""Lights of areas, cached beside the store so that pages do not wait for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import (
    MARK,
    NOTE,
    AreaLight,
    area_lights,
    doubted,
    marked,
    marked_rows,
    units_of,
)
from reports.counted.cells import counted_cells, keep_missing
from reports.counted.definition import Definition
from reports.fieldwork.kept_lights import Round, keep_units, path_of, read_units
from reports.sample import StudySample
from reports.sentences.sentence import Sentence
from reports.sentences.weak import left_out, red_lights
from survey.host.engine import AUTO
from survey.host.memory import CHECKED, machine_memory
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.study.study import Study

if TYPE_CHECKING:
    from analysis.integrity.report import Integrity

__all__ = [
    "MARK",
    "NOTE",
    "AreaLight",
    "Round",
    "doubt",
    "lights",
    "marked",
    "marked_rows",
    "note",
    "provisional",
    "red_areas",
    "without_lights",
    "without_long_checks",
]

_COLUMNS = ("response_id", "wave", "mode", "psu", "interviewer")
COUNTED = Definition((), ("psu", "mode", "interviewer"), "", 1)
"""What lights of areas are made of, beside the units of concern: how many responses of each unit count."""
UNCHECKED = "真实性检查还在算，判断是暂定的"
"""Phrase for captions while the lights of a shown wave are unknown."""
NOT_DONE = "真实性检查没有做（先运行 silu derive），判断是暂定的"
MOST_CHECKED = 2_000_000
"""Responses of a wave that are checked on the way where another engine computes; of more only kept lights are used."""
CHECK_BYTES = 1600
"""Memory that the checks of a wave take per response (`benchmarks.bounded`): 1.1 GB for a wave of 750,000."""


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
    path = path_of(study, one)
    known = read_units(path)
    if known is None:
        known = units_of(find() if find else _report(study, one))
        keep_units(path, known)
    return area_lights(known, _counts(study, one), study.areas, by)


def _counts(study: Study, one: Round) -> pa.Table:
    """Return psu, interviewer and number of the responses of a wave and mode that count."""
    cells = counted_cells(study, one.version, COUNTED, (), waves=(one.wave,))
    if cells is None:
        rows = exclusions.counted_responses(study, columns=_COLUMNS, waves=[one.wave], version=one.version)
        return rows.filter(pc.equal(rows["mode"], one.mode))
    table = cells.keys.assign(n=cells.n)
    return pa.Table.from_pandas(table[table["mode"] == one.mode], preserve_index=False)


def keep_counts(study: Study) -> None:
    """Keep the counts of large waves beside the store, so that lights of areas read no responses.

    Raises:
        OSError: they cannot be written.
    """
    version = ResponseStore(study.root / "store").version
    if version is not None:
        keep_missing(replace(study, publication=0, without_excluded=False), version, COUNTED, inf)


def _report(study: Study, one: Round) -> Integrity:
    """Return the report of the checks; they take longer to load than cached lights take to read."""
    from reports.fieldwork.data_quality import fieldwork

    return fieldwork(study, one.wave, one.mode, one.version).integrity()


def red_areas(gathered: StudySample, waves: Sequence[str], by: str = "district") -> frozenset[str]:
    """Return the areas with a red light in any of these waves, in any mode of the sample: they get no verdict.

    Waves that are still being checked (`StudySample.unchecked`) have none yet.

    They are kept with the sample, whose answers never change: a page asks for them a dozen times.

    Args:
        gathered: the sample.
        waves: names of waves; every wave of the sample when empty.
        by: name column of the frame.
    """
    cache, key = gathered.sample.cells.cache, ("red areas", gathered.unchecked, tuple(waves), by)
    if key not in cache:
        cache[key] = _red_areas(gathered, waves, by)
    found: frozenset[str] = cache[key]
    return found


def _red_areas(gathered: StudySample, waves: Sequence[str], by: str) -> frozenset[str]:
    keys = gathered.sample.cells.keys
    known = {wave.name for wave in gathered.study.waves} & set(waves or gathered.waves) - gathered.unchecked
    pairs = keys[["wave", "mode"]].drop_duplicates().astype(str).itertuples(index=False, name=None)
    rounds = [Round(gathered.version, str(wave), str(mode)) for wave, mode in pairs if wave in known]
    return frozenset(name for one in rounds for name in _red_in(gathered, one, by))


def _red_in(gathered: StudySample, one: Round, by: str) -> tuple[str, ...]:
    """Return the areas with a red light in a wave and mode; kept with the sample, as those of several waves are."""
    cache, key = gathered.sample.cells.cache, ("red areas of a round", one, by)
    if key not in cache:
        cache[key] = doubted(lights(gathered.study, one, by))
    found: tuple[str, ...] = cache[key]
    return found


def without_long_checks(gathered: StudySample, waves: Sequence[str]) -> StudySample:
    """Return the sample with large waves as unchecked whose lights nobody has kept.

    The checks read every response of a wave on this machine: what another engine was asked to spare it, and what its
    memory may not hold.

    Args:
        gathered: the sample.
        waves: the waves that are shown.
    """
    most = MOST_CHECKED if gathered.study.engine.chosen != AUTO else _most_checked()
    keys = gathered.sample.cells.keys
    sizes = pd.Series(gathered.sample.cells.n).groupby(keys["wave"].astype(str).to_numpy()).sum()
    large = [wave for wave in waves if sizes.get(wave, 0) > most]
    return provisional(gathered, frozenset(without_lights(gathered, large)), NOT_DONE)


def without_lights(gathered: StudySample, waves: Sequence[str]) -> tuple[str, ...]:
    """Return the waves of which some lights are not kept: who asks for them waits for the checks."""
    rounds = {wave: [Round(gathered.version, wave, mode) for mode in gathered.sample.modes] for wave in waves}
    study = gathered.study
    return tuple(wave for wave, each in rounds.items() if any(read_units(path_of(study, one)) is None for one in each))


def _most_checked() -> float:
    """Return the responses of a wave whose checks fit into their share of this machine's memory."""
    there = machine_memory()
    return MOST_CHECKED if there is None else there * CHECKED / CHECK_BYTES


def provisional(gathered: StudySample, unchecked: frozenset[str], note: str = UNCHECKED) -> StudySample:
    """Return the sample with waves that are still being checked; every caption of it says so."""
    here = unchecked & frozenset(gathered.waves)
    if not here:
        return gathered
    notes = "；".join(part for part in (gathered.exclusions, note) if part)
    return replace(gathered, unchecked=here, exclusions=notes)


def doubt(found: Estimates, lights: Mapping[str, AreaLight], by: str = "district") -> Sentence:
    """Return the sentence about areas with a red light; empty where none is shown.

    Args:
        found: estimates shown, marked or not.
        lights: lights of its areas.
        by: column with the names of the areas.
    """
    return red_lights(lights, [str(name).removesuffix(MARK) for name in found.table[by].unique()])


def kept_out(lights: Mapping[str, AreaLight]) -> Sentence:
    """Return what the answers of areas with a red light count for; empty where there is none."""
    return left_out(doubted(lights))


def note(rows: pd.DataFrame, by: str = "district") -> str:
    """Return the meaning of the mark for the caption of a figure; "" where no area is marked."""
    return f"；{NOTE}" if rows[by].astype(str).str.endswith(MARK).any() else ""
