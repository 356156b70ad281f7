"""What the coding of a block of rows must know about the whole file, so that every block is coded alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

import numpy as np
import pyarrow as pa

from survey.importing.columns.free_texts import has_text
from survey.readers.cells.dates import short_times
from survey.readers.cells.day_order import Inside, decided
from survey.readers.files.sheet import as_text, distinct
from survey.readers.tables.layout import CLOSED, FEW
from survey.readers.tables.read_table import Column, Form, ReadTable
from survey.study.terms import Wave

SAMPLED = 2_000


@dataclass(frozen=True)
class WholeFile:
    """Facts about all rows of a file.

    Attributes:
        short: short dates of the column of times -> what they stand for, by one order of day and month.
        ids: the first cells of the column of ids.
        written: text targets with a text in some row.
    """

    short: Mapping[str, datetime | None] = field(default_factory=dict)
    ids: Sequence[str | None] = ()
    written: frozenset[str] = frozenset()


def whole_file(read: ReadTable, wave: Wave) -> WholeFile:
    """Return the facts about a file."""
    by_target = {column.target: column for column in read.columns if column.form is Form.META}
    short: set[str] = set()
    if column := by_target.get("submitted"):
        for chunk in as_text(read.frame[f"c{column.index}"]).chunks:
            short |= short_times(chunk)
    ids = by_target.get("response_id")
    cells = as_text(read.frame[f"c{ids.index}"].slice(0, SAMPLED)).to_pylist() if ids else ()
    written = {one.target for one in read.columns if _beside_words(one) and has_text(read, one)}
    return WholeFile(decided(short, within(wave)), cells, frozenset(written))


def within(wave: Wave) -> Inside:
    """Return the test whether a time lies in a wave."""
    first, end = datetime.combine(wave.start, time()), datetime.combine(wave.end + timedelta(days=1), time())
    return lambda moment: first <= moment < end


def _beside_words(column: Column) -> bool:
    """Return whether a column holds words that may also stand behind an option in another column."""
    return column.form is Form.TEXT and column.target.endswith(".other")


def blocks(read: ReadTable, rows: int) -> list[ReadTable]:
    """Return a file in blocks of rows; columns with few distinct texts keep the dictionary of the whole file."""
    count = read.frame.num_rows
    if count <= rows:
        return [read]
    shared = _shared(read)
    return [_block(shared, start, min(start + rows, count)) for start in range(0, count, rows)]


def _block(read: ReadTable, start: int, stop: int) -> ReadTable:
    marks = []
    for mark in read.marked:
        places = np.array(mark.positions, dtype=np.int64)
        inside = places[(places >= start) & (places < stop)] - start
        marks.append(replace(mark, positions=tuple(inside.tolist())))
    part = read.frame.slice(start, stop - start)
    return replace(read, frame=part, rows=read.rows[start:stop], marked=tuple(marks), broken=())


def _shared(read: ReadTable) -> ReadTable:
    frame = read.frame
    for column in read.columns:
        name = f"c{column.index}"
        if (column.form in CLOSED or column.target in FEW) and not _one_dictionary(frame[name]):
            index = frame.schema.get_field_index(name)
            frame = frame.set_column(index, name, pa.chunked_array([distinct(frame[name])]))
    return replace(read, frame=frame)


def _one_dictionary(cells: pa.ChunkedArray) -> bool:
    if not pa.types.is_dictionary(cells.type) or cells.null_count:
        return False
    return all(chunk.dictionary.equals(cells.chunk(0).dictionary) for chunk in cells.chunks)
