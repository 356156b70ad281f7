"""Which open answers are asked about: waves, mode, people, and whether copies count once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reports.selection import Selection
from reports.voices.open_answers import OpenAnswers

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.integer[Any]]
AMONG, WAVES = "among responses", "in waves"
RESPONSE = "response"
"""Column of the answers: the row of the response, where they are asked for among some responses."""
"""Key of what is kept of the last responses among which answers were looked up."""
COPIES_LIMIT = 0.05
"""Share of answers that repeat another, above which copies count as one unless somebody asks otherwise."""


@dataclass(frozen=True, slots=True)
class TextSelection:
    """Request about open answers.

    Attributes:
        selection: waves, mode and people.
        item: column of the open question.
        once: whether copied answers count once; None: if more than `COPIES_LIMIT` of the answers are copies.
    """

    selection: Selection
    item: str
    once: bool | None = None

    def in_wave(self, *waves: str) -> TextSelection:
        """Return the selection in other waves; in every wave when none is named."""
        return replace(self, selection=self.selection.in_wave(*waves))


def repeated(answers: OpenAnswers, asked: TextSelection, within: pa.Table | None = None) -> tuple[int, int]:
    """Return how many answers with content the waves have, and how many of them repeat another of the same wave.

    Args:
        answers: read and coded.
        asked: the request.
        within: wave and response_id of the responses counted, such as those of one mode; all when None.
    """
    inside = _in_waves(answers, asked) & answers.table["says"].to_numpy(zero_copy_only=False)
    if within is not None:
        inside &= np.asarray(_at(answers, within).is_valid())
    return int(inside.sum()), int((inside & ~_first(answers, asked, inside)).sum())


def counts_once(answers: OpenAnswers, asked: TextSelection) -> bool:
    """Return whether copies count once: as requested, else by the share of answers that repeat another."""
    if asked.once is not None:
        return asked.once
    kept, key = answers.cache, ("counts once", asked.selection.waves)
    if key not in kept:  # conditions on people do not matter
        (n, again), *_ = answers.summaries.table(key, lambda: counts(repeated(answers, asked))).to_numpy()
        kept[key] = again > COPIES_LIMIT * n
    return bool(kept[key])


def counts(found: tuple[int, int]) -> pd.DataFrame:
    """Return what `repeated` has counted as a table of one row: n, again."""
    return pd.DataFrame([found], columns=["n", "again"])


def rows_of(
    answers: OpenAnswers, asked: TextSelection, within: pa.Table | None = None, columns: Sequence[str] | None = None
) -> pa.Table:
    """Return the answers of the requested waves; where copies count once, the first of each group in a wave.

    Args:
        answers: read and coded.
        asked: the request.
        within: wave and response_id of the responses to keep, and columns of areas; copies then count once in each.
        columns: of the answers; all when None.

    Returns:
        The columns of the answers, and `RESPONSE`, the row of `within`.
    """
    kept, areas = _in_waves(answers, asked), list[Codes]()
    table = answers.table if columns is None else answers.table.select(list(columns))
    if within is not None:
        at = _at(answers, within)
        kept &= np.asarray(at.is_valid())
        row = np.asarray(pc.fill_null(at, 0))
        names = [name for name in within.column_names if name not in {"wave", "response_id"}]
        areas = [_codes(within[name])[row] if within.num_rows else row for name in names]
        table = table.append_column(RESPONSE, at)
    if counts_once(answers, asked):
        kept &= _first(answers, asked, kept, areas)
    return table.filter(pa.array(kept))


def rows_within(answers: OpenAnswers, asked: TextSelection, within: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Return every answer of the requested waves among some responses, copies included.

    Args:
        answers: read and coded.
        asked: the request.
        within: wave and response_id of the responses.
        columns: of the answers.

    Returns:
        These columns, `group` (of copies, -1 for none), and `response`, the row of `within`.
    """
    at = _at(answers, within)
    table = answers.table.select(list(columns)).append_column("group", pa.array(answers.copies.group))
    every = table.append_column(RESPONSE, at)
    return every.filter(pa.array(_in_waves(answers, asked) & np.asarray(at.is_valid())))


def _in_waves(answers: OpenAnswers, asked: TextSelection) -> Flags:
    """Return which answers are of the requested waves, as an array of the caller's own; looked up once."""
    waves, kept = asked.selection.waves, answers.cache
    if (WAVES, waves) not in kept:
        column = answers.table["wave"]
        inside = pc.is_in(column, pa.array(waves, column.type)) if waves else np.ones(len(column))
        kept[WAVES, waves] = np.asarray(inside, dtype=np.bool_)
    found: Flags = kept[WAVES, waves].copy()
    return found


def _first(answers: OpenAnswers, asked: TextSelection, kept: Flags, areas: Sequence[Codes] = ()) -> Flags:
    """Return whether an answer is no copy, or the first of its group among the kept ones in its wave and areas."""
    group = answers.copies.group
    copied = np.flatnonzero(kept & (group >= 0))
    of_one = len(asked.selection.waves) == 1  # the kept ones are of this wave
    key = group[copied]
    for column in (*(() if of_one else (_codes(answers.table["wave"]),)), *areas):
        own = column[copied].astype(np.int64)
        key = key * (int(own.max(initial=-1)) + 2) + own + 1
    first = np.ones(len(group), dtype=np.bool_)
    first[copied] = ~pd.Series(key).duplicated().to_numpy()
    return first


def _codes(column: pa.ChunkedArray) -> Codes:
    """Return a number for each value of a column, equal for equal ones; -1 for null."""
    found = column.cast(pa.string()).combine_chunks().dictionary_encode().indices
    return np.asarray(pc.fill_null(found, -1))


def _at(answers: OpenAnswers, within: pa.Table) -> pa.Array:
    """Return the row of each answer among some responses; null where it is none of theirs. The last are kept."""
    people = within.select(["wave", "response_id"])
    last = answers.cache.get(AMONG)
    if last is None or not last[0].equals(people):
        last = answers.cache[AMONG] = (people, _looked_up(answers.table, people))
    found: pa.Array = last[1]
    return found


def _looked_up(table: pa.Table, people: pa.Table) -> pa.Array:
    """Return the row of each answer among people, wave by wave; null where it is none of theirs."""
    at, known = np.full(len(table), -1, dtype=np.int64), people["wave"].cast(pa.string())
    for wave in known.unique().to_pylist():
        rows, theirs = (np.flatnonzero(pc.equal(column, wave)) for column in (table["wave"].cast(pa.string()), known))
        ids = people["response_id"].take(pa.array(theirs)).combine_chunks()
        place = pc.index_in(table["response_id"].take(pa.array(rows)), value_set=ids)
        found = np.asarray(place.is_valid())
        at[rows[found]] = theirs[place.drop_null().to_numpy()]
    return pa.array(at.astype(np.int32), mask=at < 0)
