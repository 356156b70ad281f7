"""Derived columns, appended to the columns of a file before coding: response ids, time spent, local times, marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np
import pyarrow as pa

from survey.readers.cells.dates import CHINA, read_moment, read_moments
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import key
from survey.readers.files.sheet import as_text
from survey.readers.tables.read_table import Column, Form, MarkedRows, ReadTable

MADE_ID = "答卷编号（编成）"
SPENT = "答题用时（由开始和结束时间计算）"
Cells = Sequence[str | None]


def cells_of(table: ReadTable, index: int) -> list[str]:
    """Return the cells of a column; "" for an empty one."""
    return [cell or "" for cell in table.frame[f"c{index}"].to_pylist()]


def index_of(table: ReadTable, *names: str) -> int | None:
    """Return the index of the column whose heading is the first name that occurs, None if none does."""
    keys = [key(heading) for heading in table.headings]
    return next((keys.index(name) for name in names if name in keys), None)


def with_column(table: ReadTable, heading: str, cells: Cells, target: str) -> ReadTable:
    """Return the table with a META column appended."""
    index = table.frame.num_columns
    added = Column(index=index, heading=heading, letters="", form=Form.META, target=target)
    return replace(
        table,
        frame=table.frame.append_column(f"c{index}", pa.array(cells, pa.string())),
        headings=(*table.headings, heading),
        columns=(*table.columns, added),
    )


def with_cells(table: ReadTable, index: int, change: Callable[[str], str]) -> ReadTable:
    """Return the table with `change` applied to a column, once per distinct value."""
    cells = cells_of(table, index)
    known = {cell: change(cell) for cell in set(cells)}
    column = pa.array([known[cell] for cell in cells], pa.string())
    return replace(table, frame=table.frame.set_column(index, f"c{index}", column))


def identified(table: ReadTable) -> ReadTable:
    """Return the table with ids: unchanged if it has ids or serial number and time, else with generated ones."""
    found = {column.target for column in table.columns}
    if "response_id" in found or {"serial", "submitted"} <= found:
        return table
    columns = tuple(column for column in table.columns if column.target != "serial")
    return with_made_ids(replace(table, columns=columns))


def with_made_ids(table: ReadTable) -> ReadTable:
    """Return the table with ids made of file name and row, and a note about them."""
    stem = Path(table.provenance.file).stem
    cells = [f"{stem}-{row}" for row in table.rows.tolist()]
    made = with_column(table, MADE_ID, cells, "response_id")
    return replace(made, marked=(*made.marked, MarkedRows(IssueCode.MADE_ID, ())))


def with_seconds(table: ReadTable, start: int, end: int) -> ReadTable:
    """Return the table with the seconds between two columns of times; "" where either is unknown or out of order."""
    begun, ended = (read_moments(as_text(table.frame[f"c{index}"])).values for index in (start, end))
    seconds = (ended - begun).astype("timedelta64[s]").astype(np.int64)
    known = ~np.isnat(begun) & ~np.isnat(ended) & (ended >= begun)
    spent = [str(value) if valid else "" for value, valid in zip(seconds.tolist(), known.tolist(), strict=True)]
    return with_column(table, SPENT, spent, "seconds")


def local_time(zone: tzinfo) -> Callable[[str], str]:
    """Return a function that converts a time in `zone` to local time; cells with a zone or no time are unchanged."""

    def change(cell: str) -> str:
        moment = read_moment(cell)
        if moment is None or cell.strip().lower().endswith("z") or "+" in cell:
            return cell
        return moment.replace(tzinfo=zone).astimezone(CHINA).replace(tzinfo=None).isoformat(sep=" ")

    return change


UTC_TIME = local_time(UTC)


def marked(table: ReadTable, index: int, problem: IssueCode, matches: Callable[[str], bool]) -> ReadTable:
    """Return the table with the rows marked whose stripped cell in a column matches."""
    cells = cells_of(table, index)
    positions = tuple(place for place, cell in enumerate(cells) if matches(cell.strip()))
    if not positions:
        return table
    mark = MarkedRows(problem, positions, table.headings[index].strip(), cells[positions[0]].strip())
    return replace(table, marked=(*table.marked, mark))
