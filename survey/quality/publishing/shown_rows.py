"""Shown rows: the responses and texts that a publication shows, and the publication that first showed each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.quality.publishing.choice import SHOWN
from survey.quality.publishing.publication import FOLDER, path_of_rows, read_rows
from survey.study.study import Study

SINCE = "since"
"""Column of published responses: the publication that first showed each."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """The answers of a wave that a publication shows: their ids, and the publications that first showed them."""

    ids: pa.Array
    since: npt.NDArray[np.int32]


def published_rows(study: Study, rows: pa.Table) -> pa.Table:
    """Return the rows that the publication of a study shows, with the column `SINCE`.

    Args:
        study: with the number of its publication in `Study.publication`.
        rows: responses or texts with the columns response_id and wave.

    Raises:
        DamagedError: the record of the publication is missing or cannot be read.
    """
    path = path_of_rows(study.root / FOLDER, study.publication)
    shown = _shown(path, path.stat().st_mtime_ns if path.exists() else 0)
    waves, ids = (rows[name].cast(pa.string()) for name in ("wave", "response_id"))
    since = np.zeros(rows.num_rows, dtype=np.int32)
    for wave in set(waves.unique().to_pylist()) & set(shown):
        here = np.flatnonzero(pc.equal(waves, wave))
        mine = ids if len(here) == len(since) else ids.take(pa.array(here))
        at = _positions(mine.combine_chunks(), shown[wave].ids)
        since[here] = np.where(at < 0, 0, shown[wave].since[at])
    kept = since > 0
    return rows.filter(pa.array(kept)).append_column(SINCE, pa.array(since[kept]))


def _positions(mine: pa.Array, ids: pa.Array) -> npt.NDArray[np.int64]:
    """Return the positions of some ids among others, -1 where they are not.

    A stored part is a run of the publication that first showed it, which takes a twentieth of the search to see.
    """
    first = pc.index(ids, mine[0]).as_py() if len(mine) else -1
    if first >= 0 and ids.slice(first, len(mine)).equals(mine):
        return np.arange(first, first + len(mine))
    return np.asarray(pc.fill_null(pc.index_in(mine, value_set=ids), -1), dtype=np.int64)


@lru_cache(maxsize=2)
def _shown(path: Path, _stamp: int) -> Mapping[str, _Shown]:
    """Return wave -> its answers; `_stamp` is the file's time."""
    rows = read_rows(path, ["wave", "response_id", SINCE, "until"])
    rows = rows.filter(pc.equal(rows["until"], SHOWN))
    waves, found = rows["wave"].cast(pa.string()), dict[str, _Shown]()
    for wave in waves.unique().to_pylist():
        mine = rows.filter(pc.equal(waves, wave))
        ids = mine["response_id"].cast(pa.string()).combine_chunks()
        found[wave] = _Shown(ids, mine[SINCE].to_numpy().astype(np.int32))
    return found
