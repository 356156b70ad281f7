"""The weighted sample behind every number of a study, a data version and a mode."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from analysis.estimation.bare_rates import bare_rates
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample, SampleOptions, prepare, weigh_cells
from reports.counted.cells import counted_cells
from reports.counted.definition import definition_of, every_rate
from reports.counted.held import held
from reports.counted.kept_correlations import correlations_path, recall_kept
from reports.publishing.publication import as_published, published_version
from reports.selection import Selection
from survey.errors import ArgumentError, QuestionnaireError, StoreError
from survey.instrument.questionnaire import Rate
from survey.quality import exclusions
from survey.quality.publishing.shown_rows import SINCE
from survey.storage.integrity.log import LOG
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import stored_parts
from survey.study.study import Study

ENVELOPE = ("response_id", "wave", "mode", "psu", "w_fx")
"""Columns of every response that a sample needs beside answers."""


@dataclass(frozen=True, slots=True)
class StudySample:
    """A study, the version of its data, and the weighted sample of all waves of one mode.

    Attributes:
        study: the study; `without_excluded` decides which responses count.
        version: data version.
        written: when that version was written; None where the history does not cover it.
        exclusions: note on whether excluded responses are counted; "" where there are none.
        sample: weighted cells with their design.
        rates: every available rate.
        unchecked: waves whose answers are still being checked: none of their areas has a red light yet, so verdicts
            are provisional. Empty except on pages that show them before the checks are done.
    """

    study: Study
    version: int
    written: datetime | None
    exclusions: str
    sample: Sample
    rates: tuple[Rate, ...]
    unchecked: frozenset[str] = frozenset()

    @property
    def waves(self) -> tuple[str, ...]:
        """Return waves with answers in chronological order; those missing from study.toml come first."""
        there = {str(name) for name in self.sample.cells.codes("wave")[1]}
        known = [wave.name for wave in self.study.waves]
        return (*sorted(there - set(known)), *(name for name in known if name in there))

    def before(self, wave: str) -> tuple[str, ...]:
        """Return the waves with answers before a wave, in chronological order; none before an unknown wave."""
        return self.waves[: self.waves.index(wave)] if wave in self.waves else ()

    def rate(self, name: str) -> Rate:
        """Return the rate of this name.

        Raises:
            QuestionnaireError: there is none.
        """
        known = {rate.name: rate for rate in self.rates}
        if name not in known:
            raise QuestionnaireError("问卷中没有这个指标率", got=name, expected="、".join(known))
        return known[name]

    def estimates(self, selection: Selection) -> Estimates:
        """Return estimates of the rates of a selection in its groups and domain, before suppression."""
        return self.sample.rates(
            item=selection.items,
            by=selection.by,
            where=selection.domain,
            interval=selection.interval,
            level=selection.level,
        )

    def shares(self, selection: Selection) -> Estimates:
        """Return the same without their precision, for what shows no interval."""
        return bare_rates(self.sample, selection.items, selection.by, selection.domain)

    def newest(self, selection: Selection) -> Selection:
        """Return the selection with the newest wave where it names none.

        Raises:
            ArgumentError: a wave without answers of this mode.
        """
        if wrong := [name for name in selection.waves if name not in self.waves]:
            raise ArgumentError("这一轮没有这种方式的答卷", got="、".join(wrong), expected="、".join(self.waves))
        return selection if selection.waves else selection.in_wave(self.waves[-1])


def gather(
    study: Study,
    selection: Selection,
    *,
    rates: Sequence[str] | None = None,
    roles: Sequence[str] = (),
    waves: Sequence[str] | None = None,
) -> StudySample:
    """Weight all waves of one mode: a wave is a domain, so that two waves keep their covariance.

    The margins of the study determine the weights, whatever rates and roles are requested, so two samples of the same
    answers give the same numbers.

    Args:
        study: the study.
        selection: only its version, exclusions and mode apply.
        rates: names of the rates to sum; when None, every rate of the questionnaire, the opposites of its satisfaction
            items and what people want improved most.
        roles: role columns wanted besides age, sex, education and those of the margins.
        waves: only these waves, as a survey of its own; all when None.

    Raises:
        StoreError: no responses yet, or no such version.
        DesignError: no responses of this mode.
        CalibrationError: the margins cannot be met.
    """
    wanted = options(study, selection)
    wanted = replace(
        wanted,
        rates=None if rates is None else tuple(rates),
        roles=tuple(dict.fromkeys((*wanted.roles, *roles))),
    )
    study, version = versioned(study, selection)
    asked = (selection.answers, wanted, None if waves is None else tuple(waves))
    return held(
        lambda: ("sample", _identity(study, version), asked), lambda: _gather(study, version, selection, wanted, waves)
    )


def _gather(
    study: Study, version: int, selection: Selection, wanted: SampleOptions, waves: Sequence[str] | None
) -> StudySample:
    every = every_rate(study)
    places = {rate.name: at for at, rate in enumerate(every)}
    summed = [places[name] for name in wanted.rates or places if name in places]
    definition = definition_of(study, version, wanted)
    cells = counted_cells(study, version, definition, summed, waves=waves)
    if cells is None or len(summed) < len(wanted.rates or ()):
        columns = columns_for(study, [every[at] for at in summed], wanted.roles)
        counted = read_counted(study, selection, waves, columns)
        return counted.weighted(counted.sample(wanted, every), every)
    sample = weigh_cells(cells, study.questionnaire, study.areas, study.margins, wanted)
    made = replace(wanted, modes=sample.modes)
    if waves is None and (kept := correlations_path(study, version, definition, made)) is not None:
        recall_kept(sample, kept)
    return StudySample(study, version, written(study, version), exclusions.caption_phrase(study), sample, every)


def _identity(study: Study, version: int) -> Hashable:
    """Return what tells a study and its answers that count from others, as long as its definition is in memory."""
    waves = sorted({part.wave for part in stored_parts(study.root / "store", version)})
    out = (exclusions.caption_phrase(study), *(exclusions.left_out_of(study, wave) for wave in waves))
    return version, tuple(id(getattr(study, one.name)) for one in fields(study)), out


def columns_for(study: Study, rates: Iterable[Rate], roles: Iterable[str] = ()) -> frozenset[str]:
    """Return the columns of the responses that a sample is made from and its people are described by.

    Args:
        study: the study.
        rates: the rates that are summed.
        roles: columns wanted besides the roles of the questionnaire and the margins.
    """
    answers = (column for rate in rates for column in rate.columns)
    return frozenset(
        (*ENVELOPE, *SampleOptions().roles, *study.questionnaire.roles, *study.margins.columns, *roles, *answers)
    )


def options(study: Study, selection: Selection) -> SampleOptions:
    """Return how to make the sample of a selection, independent of the rates summed."""
    modes = (selection.mode,) if selection.mode else None
    if not selection.reserved:
        return SampleOptions.of(study, modes=modes)
    return SampleOptions.of(study, modes=modes, roles=(*SampleOptions().roles, SINCE))


@dataclass(frozen=True, slots=True)
class Counted:
    """The responses that count, in all modes, with the study, its data version and its time."""

    study: Study
    version: int
    written: datetime | None
    exclusions: str
    rows: pa.Table

    def sample(self, wanted: SampleOptions, rates: tuple[Rate, ...] = ()) -> Sample:
        """Return the weighted sample of these rows; it sums these rates."""
        asked = replace(self.study.questionnaire, rates=rates)
        return prepare(self.rows, asked, self.study.areas, self.study.margins, wanted)

    def weighted(self, sample: Sample, rates: tuple[Rate, ...]) -> StudySample:
        """Return a `StudySample` with the sample made from these rows."""
        return StudySample(self.study, self.version, self.written, self.exclusions, sample, rates)


def read_counted(
    study: Study,
    selection: Selection,
    waves: Sequence[str] | None = None,
    columns: Collection[str] | None = None,
) -> Counted:
    """Read the responses of the version that a selection names.

    Args:
        study: the study.
        selection: only its version, exclusions and reader apply.
        waves: these waves; all when None.
        columns: of the columns of the store only these; all when None.

    Raises:
        StoreError: no responses yet, or no such version.
    """
    study, version = versioned(study, selection)
    schema = ResponseStore(study.root / "store").schema(version) if columns is not None else None
    names = None if columns is None or schema is None else [name for name in schema.names if name in columns]
    rows = exclusions.counted_responses(study, columns=names, waves=waves, version=version)
    return Counted(study, version, written(study, version), exclusions.caption_phrase(study), rows)


def versioned(study: Study, selection: Selection) -> tuple[Study, int]:
    """Return the study as a selection counts it, and the data version that it names.

    Raises:
        StoreError: no responses yet.
    """
    study = as_published(study, selection.role)
    wanted = published_version(study, selection)
    version = ResponseStore(study.root / "store").version if wanted is None else wanted
    if version is None:
        raise StoreError("这个调查还没有任何答卷", where=str(study.root), cure="先用 silu import 导入一份答卷文件")
    return replace(study, without_excluded=selection.without_excluded), version


def written(study: Study, version: int) -> datetime | None:
    """Return when a data version was written; None where the history does not cover it."""
    log = study.root / "store" / "responses" / LOG
    return _written(study.root, version, log.stat().st_mtime_ns if log.is_dir() else 0)


@lru_cache(maxsize=64)
def _written(root: Path, version: int, touched: int) -> datetime | None:
    """Look a data version up in the history, which pages ask for in every run; each commit touches the folder."""
    history = ResponseStore(root / "store").history()
    return next((one.at for one in history if one.number == version), None)
