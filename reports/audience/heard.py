"""The sample of awareness with its channels, for outreach plans, profiles and documents."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import inf

from analysis.decisions.audience import Audience, audience_of, build_audience
from analysis.decisions.contacts import Channels, ContactReader, channels_of
from analysis.estimation.sample import Sample, resummed, weigh_cells
from reports.counted.answers import answers_of
from reports.counted.cells import counted_cells, keep_missing
from reports.counted.definition import definition_of
from reports.counted.kept_correlations import correlations_path, keep_correlations, recall_kept
from reports.counted.made_parts import Making
from reports.missing import require_own_parts
from reports.sample import StudySample, columns_for, gather, options, read_counted, versioned, written
from reports.selection import Selection
from survey.errors import SiluError
from survey.host.access import Role
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import PROBABILITY_MODES, Study


@dataclass(frozen=True, slots=True)
class Heard:
    """The sample of awareness, and the same sample as an audience with its channels."""

    gathered: StudySample
    audience: Audience


def heard_by(gathered: StudySample, selection: Selection) -> Heard:
    """Return the sample of awareness of the answers of another sample, with which it is kept; errors as of `hear`.

    Args:
        gathered: a sample of the mode of the selection.
        selection: mode and reader.
    """
    cache, answers = gathered.sample.cells.cache, replace(selection.answers, version=gathered.version)
    key = ("heard", answers)
    if key not in cache:
        cache[key] = hear(gathered.study, answers, gathered.sample)
    found: Heard = cache[key]
    return found


def hear(study: Study, selection: Selection, weighted: Sample | None = None) -> Heard:
    """Weight the answers about channels with the margins and weights of all other numbers.

    Args:
        study: the study.
        selection: version, mode and reader.
        weighted: a sample of the same answers, whose weights then need not be made again.

    Raises:
        StoreError: no responses yet.
        DesignError: no channels asked, self-selected answers, or a frame that is still the template's.
    """
    require_own_parts(study)
    counted, version = versioned(study, selection)
    channels, wanted = channels_of(counted.questionnaire), options(counted, selection)
    definition = definition_of(counted, version, wanted, channels.rates)
    cells = counted_cells(counted, version, definition, range(len(channels.rates)), made=_making(channels))
    if cells is None:
        return _from_rows(study, selection, channels)
    sample = None if weighted is None else resummed(weighted, cells)
    if sample is None:
        sample = weigh_cells(cells, counted.questionnaire, counted.areas, counted.margins, wanted)
    if (kept := correlations_path(counted, version, definition, replace(wanted, modes=sample.modes))) is not None:
        recall_kept(sample, kept)
    audience = audience_of(sample, channels, partial(answers_of, counted, version))
    note = exclusions.caption_phrase(counted)
    return Heard(StudySample(counted, version, written(counted, version), note, sample, (channels.aware,)), audience)


def _making(channels: Channels) -> Making:
    return Making(channels.made, partial(ContactReader, channels=channels))


def keep_heard(study: Study) -> None:
    """Keep cells and correlations of the answers about channels beside the store; nothing where none are asked.

    Raises:
        OSError: they cannot be written.
    """
    every = replace(study, publication=0, without_excluded=False)
    version = ResponseStore(study.root / "store").version
    if version is None:
        return
    there = {mode for _, mode, _ in count_modes(study.root / "store", version)}
    for mode in sorted(PROBABILITY_MODES & there):
        with suppress(SiluError):
            _keep_heard(every, Selection(mode=mode, version=version, role=Role.ANALYST, scope=None))


def _keep_heard(study: Study, selection: Selection) -> None:
    """Keep the answers about channels of one mode, where they are not kept yet."""
    channels, wanted, version = channels_of(study.questionnaire), options(study, selection), selection.version or 0
    definition = definition_of(study, version, wanted, channels.rates)
    keep_missing(study, version, definition, inf, _making(channels))
    path = correlations_path(study, version, definition, wanted)
    if path is not None and not path.exists():
        sample = hear(study, selection, gather(study, selection).sample).audience.sample
        keep_correlations(sample, path, [channels.aware.name, *channels.made])


def _from_rows(study: Study, selection: Selection, channels: Channels) -> Heard:
    """Return the same from a table of the answers, as `counted_cells` leaves some to be made."""
    columns: Sequence[str] = list(channels.labels)
    counted = read_counted(study, selection, columns=columns_for(study, (channels.aware,), columns))
    audience = build_audience(counted.rows, study.questionnaire, study.areas, study.margins, options(study, selection))
    return Heard(counted.weighted(audience.sample, (channels.aware,)), audience)
