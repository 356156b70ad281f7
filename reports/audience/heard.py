"""The sample of awareness with its channels, for outreach plans, profiles and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from analysis.decisions.audience import Audience, audience_of, build_audience
from analysis.decisions.contacts import Channels, ContactReader, channels_of
from analysis.estimation.sample import Sample, resummed, weigh_cells
from reports.counted.answers import answers_of
from reports.counted.cells import counted_cells
from reports.counted.made_parts import Making
from reports.missing import require_own_parts
from reports.sample import StudySample, columns_for, definition_of, options, read_counted, versioned, written
from reports.selection import Selection
from survey.quality import exclusions
from survey.study.study import Study


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
    making = Making(channels.made, partial(ContactReader, channels=channels))
    definition = definition_of(counted, version, wanted, channels.rates)
    cells = counted_cells(counted, version, definition, range(len(channels.rates)), made=making)
    if cells is None:
        return _from_rows(study, selection, channels)
    sample = None if weighted is None else resummed(weighted, cells)
    if sample is None:
        sample = weigh_cells(cells, counted.questionnaire, counted.areas, counted.margins, wanted)
    audience = audience_of(sample, channels, partial(answers_of, counted, version))
    note = exclusions.caption_phrase(counted)
    return Heard(StudySample(counted, version, written(counted, version), note, sample, (channels.aware,)), audience)


def _from_rows(study: Study, selection: Selection, channels: Channels) -> Heard:
    """Return the same from a table of the answers, as `counted_cells` leaves some to be made."""
    columns: Sequence[str] = list(channels.labels)
    counted = read_counted(study, selection, columns=columns_for(study, (channels.aware,), columns))
    audience = build_audience(counted.rows, study.questionnaire, study.areas, study.margins, options(study, selection))
    return Heard(counted.weighted(audience.sample, (channels.aware,)), audience)
