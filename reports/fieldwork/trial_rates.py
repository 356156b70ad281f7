"""Trial rates: the headline rates of a wave and mode with and without some of its responses."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.decisions.sensitivity import side_by_side
from analysis.estimation.sample import Sample, SampleOptions, prepare, weigh_cells
from reports.counted.cells import counted_cells
from reports.counted.definition import definition_of
from reports.counted.made_parts import Part
from reports.counted.trial_cells import FindRows, Places, places_of
from reports.fieldwork.kept.round_parts import RoundParts
from reports.sample import columns_for
from survey.instrument.rate import Rate
from survey.storage.stored_parts import stored_parts


def trial_rates(parts: RoundParts, out: FindRows) -> pd.DataFrame:
    """Return the headline rates of all checked responses and of those that stay, see `side_by_side`.

    Args:
        parts: the responses.
        out: finds the responses to leave out in each part of the wave; the others are weighted anew.
    """
    held = partial(places_of, names=parts.held) if parts.held else _none

    def both(part: Part) -> Places:
        return np.union1d(*(np.asarray(find(part), dtype=np.int64) for find in (held, out)))

    return side_by_side(_sample(parts, held), _sample(parts, both))


def _none(_: Part) -> Places:
    return np.zeros(0, dtype=np.int64)


def _sample(parts: RoundParts, gone: FindRows) -> Sample:
    """Weight the responses of the wave and mode without some: kept cells minus their own, or their rows."""
    study, one = parts.study, parts.one
    heads = tuple(rate for rate in study.questionnaire.rates if rate.overall)
    plan = SampleOptions.of(study, modes=(one.mode,), rates=tuple(rate.name for rate in heads))
    definition = definition_of(study, one.version, plan)
    places = [definition.rates.index(rate) for rate in heads]
    cells = counted_cells(study, one.version, definition, places, waves=(one.wave,), gone=gone)
    if cells is not None:
        return weigh_cells(cells, study.questionnaire, study.areas, study.margins, plan)
    return prepare(_rows(parts, heads, gone), study.questionnaire, study.areas, study.margins, plan)


def _rows(parts: RoundParts, heads: tuple[Rate, ...], gone: FindRows) -> pa.Table:
    stored = stored_parts(parts.study.root / "store", parts.one.version, (parts.one.wave,))
    wanted, some = columns_for(parts.study, heads), list[pa.Table]()
    for part in stored:
        there = np.ones(part.rows, dtype=np.bool_)
        there[np.asarray(gone(part), dtype=np.int64)] = False
        some.append(part.read([name for name in part.schema.names if name in wanted]).filter(pa.array(there)))
    return pa.concat_tables(some).unify_dictionaries()
