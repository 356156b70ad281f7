"""Trial rates: the headline rates of a wave and mode with and without some of its responses."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.decisions.sensitivity import side_by_side
from analysis.estimation.sample import Sample, SampleOptions, prepare, weigh_cells
from reports.counted.cells import counted_cells
from reports.counted.definition import definition_of
from reports.fieldwork.kept.round_parts import RoundParts
from reports.sample import columns_for
from survey.instrument.rate import Rate
from survey.storage.store import ResponseStore


def trial_rates(parts: RoundParts, out: Collection[str]) -> pd.DataFrame:
    """Return the headline rates of all checked responses and of those that stay, see `side_by_side`.

    Args:
        parts: the responses.
        out: ids of the responses to leave out; the others are weighted anew.
    """
    return side_by_side(*(_sample(parts, frozenset(gone)) for gone in (parts.held, (*parts.held, *out))))


def _sample(parts: RoundParts, gone: frozenset[str]) -> Sample:
    """Weight the responses of the wave and mode without these: kept cells minus their own, or their rows."""
    study, one = parts.study, parts.one
    heads = tuple(rate for rate in study.questionnaire.rates if rate.overall)
    plan = SampleOptions.of(study, modes=(one.mode,), rates=tuple(rate.name for rate in heads))
    definition = definition_of(study, one.version, plan)
    places = [definition.rates.index(rate) for rate in heads]
    cells = counted_cells(study, one.version, definition, places, waves=(one.wave,), gone=gone)
    if cells is not None:
        return weigh_cells(cells, study.questionnaire, study.areas, study.margins, plan)
    return prepare(_rows(parts, heads, gone), study.questionnaire, study.areas, study.margins, plan)


def _rows(parts: RoundParts, heads: tuple[Rate, ...], gone: frozenset[str]) -> pa.Table:
    store, wanted = ResponseStore(parts.study.root / "store"), columns_for(parts.study, heads)
    schema = store.schema(parts.one.version)
    names = None if schema is None else [name for name in schema.names if name in wanted]
    rows = store.read(names, waves=[parts.one.wave], version=parts.one.version)
    return rows.filter(pc.invert(pc.is_in(rows["response_id"], pa.array(sorted(gone), pa.string()))))
