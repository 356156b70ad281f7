"""Extremes: how many responses of each cell have a weight, and the least and the largest base weight among them.

A final weight is the base weight of a response times the factor of its cell, so extremes by cell and the sums of the
cells give the spread of all final weights. They are kept beside the store; after a commit only new parts are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.cells import IntArray
from analysis.estimation.respondents import base_weights_of, cell_of
from analysis.estimation.sample import Sample
from reports.counted.counted_parts import SLICE
from reports.counted.definition import KEEP_FROM
from reports.counted.kept_tables import Tables, kept_tables, read_tables
from reports.fieldwork.kept.round_parts import chain, digest_of
from reports.sample import StudySample
from survey.quality import exclusions
from survey.storage.files import CELLS
from survey.storage.stored_parts import StoredPart, stored_parts, storing_times

EDITION = 1
"""Increment when extremes, or the file that keeps them, are made in another way."""
KEPT = 24
"""Number of files: of a few waves and modes, before and after a few commits."""
NONE = np.iinfo(np.int64).max
"""Least weight of a cell without any."""
SUMS = ("weighted", "least", "most")
CELL_TABLE = "cells"


@dataclass(frozen=True, slots=True)
class Extremes:
    """Base weights by cell of a sample, each [C], in fixed point.

    Attributes:
        weighted: responses with a weight above 0.
        least, most: their extreme weights; `NONE` and 0 where there are none.
    """

    weighted: IntArray
    least: IntArray
    most: IntArray


def extremes_of(sample: Sample, tables: Iterable[pa.Table], known: Extremes | None = None) -> Extremes:
    """Return the extremes of responses, added to those that are known.

    Args:
        sample: the cells.
        tables: responses, with the columns by which cells are grouped, and their weights.
        known: of other responses.
    """
    size = len(sample.cells)
    found = known or Extremes(*(np.full(size, start, dtype=np.int64) for start in (0, NONE, 0)))
    weighted, least, most = found.weighted.copy(), found.least.copy(), found.most.copy()
    for rows in tables:
        cell, weight = cell_of(sample, rows), base_weights_of(sample, rows)
        inside = (cell >= 0) & (weight > 0)
        cell, weight = cell[inside], weight[inside]
        weighted += np.bincount(cell, minlength=size)
        np.minimum.at(least, cell, weight)
        np.maximum.at(most, cell, weight)
    return Extremes(weighted, least, most)


def kept_extremes(gathered: StudySample, wave: str) -> Extremes:
    """Return the extremes of the stored responses of a wave that count; those of a large wave are kept.

    Args:
        gathered: the sample, not one of published responses.
        wave: the wave.
    """
    parts, gone = _parts(gathered, wave), exclusions.left_out_of(gathered.study, wave)
    if sum(part.rows for part in parts) < KEEP_FROM or not all(part.identity for part in parts):
        return extremes_of(gathered.sample, _pieces(gathered, parts, gone))
    paths = _paths(gathered, wave, parts, gone)
    known, done = _latest(gathered.sample, paths)
    if known is not None and done == len(parts):
        return known
    found = extremes_of(gathered.sample, _pieces(gathered, parts[done:], gone), known)
    kept_tables(paths[-1], lambda: Tables({CELL_TABLE: _listed(gathered.sample, found)}), KEPT)
    return found


def _parts(gathered: StudySample, wave: str) -> Sequence[StoredPart]:
    """Return the parts of a wave with responses of the sample, the earliest first."""
    store = gathered.study.root / "store"
    times = storing_times(store, gathered.version)
    parts = stored_parts(store, gathered.version, (wave,))
    mine = [part for part in parts if not part.modes().keys().isdisjoint(gathered.sample.modes)]
    return sorted(mine, key=lambda part: (times[part.path.name], part.path.name))


def _paths(gathered: StudySample, wave: str, parts: Sequence[StoredPart], gone: Sequence[str]) -> Sequence[Path]:
    """Return the file of each number of leading parts."""
    study, sample = gathered.study, gathered.sample
    frame = int(study.areas.row_hashes.sum())
    start = digest_of(EDITION, wave, sample.modes, tuple(sample.grouped.columns), sample.cells.scale, frame, gone)
    digests = chain(start, [part.identity for part in parts])[1:]
    return [study.root / "store" / CELLS / f"{digest}.extremes" for digest in digests]


def _latest(sample: Sample, paths: Sequence[Path]) -> tuple[Extremes | None, int]:
    """Return the extremes of the last file that can be read, and the number of parts that they are of."""
    for done in range(len(paths), 0, -1):
        if (kept := read_tables(paths[done - 1])) is not None:
            return _placed(sample, kept.tables[CELL_TABLE]), done
    return None, 0


def _listed(sample: Sample, found: Extremes) -> pd.DataFrame:
    """Return the cells with a weighted response: what they are grouped by, and their extremes."""
    some = found.weighted > 0
    sums = {name: getattr(found, name)[some] for name in SUMS}
    return sample.grouped[some].reset_index(drop=True).assign(**sums)


def _placed(sample: Sample, kept: pd.DataFrame) -> Extremes:
    """Return extremes in the order of the cells of a sample, which may have more."""
    cell = cell_of(sample, pa.Table.from_pandas(kept, preserve_index=False))
    found = []
    for name, without in zip(SUMS, (0, NONE, 0), strict=True):
        values = np.full(len(sample.cells), without, dtype=np.int64)
        values[cell[cell >= 0]] = kept[name].to_numpy()[cell >= 0]
        found.append(values)
    return Extremes(*found)


def _pieces(gathered: StudySample, parts: Sequence[StoredPart], gone: Sequence[str]) -> Iterator[pa.Table]:
    """Yield what decides the weights of responses, some responses at a time."""
    wanted = ["w_fx", *map(str, gathered.sample.grouped.columns), *(["response_id"] if gone else [])]
    for part in parts:
        for piece in part.pieces(SLICE):
            rows = piece.read([name for name in wanted if name in part.schema.names])
            yield rows.filter(pc.invert(pc.is_in(rows["response_id"], pa.array(gone, pa.string())))) if gone else rows
