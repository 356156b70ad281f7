"""Read JSON answer files: one object, a list of objects, or one object per line; each object is one response."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from survey.errors import ReadError
from survey.readers.cells.dialect import Dialect
from survey.readers.files.encoding import find_encoding, transcoded
from survey.readers.files.sheet import BrokenRow, Opened, Rows
from survey.readers.tables.read_table import Column, Provenance, ReadTable

LARGEST = 300 * 2**20
PEEK = 65_536
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """The objects of a file.

    Args:
        records: the objects.
        rows: line number of each, or its number in the list, from 1.
        broken: lines that are not objects.
    """

    records: tuple[Record, ...]
    rows: Rows
    broken: tuple[BrokenRow, ...] = ()


def peek(opened: Opened) -> str:
    """Return the first characters of a JSON file, "" for any other; never raises."""
    if opened.kind != "json":
        return ""
    try:
        with opened.path.open("rb") as file:
            return file.read(PEEK).decode("utf-8", errors="ignore")
    except OSError:
        return ""


def read_entries(opened: Opened) -> Entries:
    """Return all objects of a file.

    Raises:
        ReadError: too large, unknown encoding, or no objects.
    """
    if opened.path.stat().st_size > LARGEST:
        raise ReadError(
            "文件太大", where=opened.name, expected=f"不超过 {LARGEST // 2**20} MB", cure="分成几个文件再导入"
        )
    text = transcoded(opened.path, find_encoding(opened.path)).decode()
    entries = _whole(text) or _lines(text)
    if not entries.records and not entries.broken:
        raise ReadError("文件里没有答卷", where=opened.name, cure="确认导出时选择了全部答卷")
    if not entries.records:
        raise ReadError(
            "文件不是合法的 JSON", where=f"{opened.name} 第 {entries.broken[0].row} 行", cure="重新导出或重新下载"
        )
    return entries


def _whole(text: str) -> Entries | None:
    """Return the entries of a file that is one JSON value, else None."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = value if isinstance(value, list) else [value]
    return _sorted(list(enumerate(listed, start=1)))


def _lines(text: str) -> Entries:
    found: list[tuple[int, Any]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                found.append((number, json.loads(line)))
            except (ValueError, RecursionError):
                found.append((number, line))
    return _sorted(found)


def _sorted(found: Sequence[tuple[int, Any]]) -> Entries:
    """Separate objects (responses) from anything else (broken rows)."""
    good = [(row, value) for row, value in found if isinstance(value, dict)]
    broken = tuple(BrokenRow(row, str(value)[:500], 0, 1) for row, value in found if not isinstance(value, dict))
    return Entries(tuple(value for _, value in good), np.array([row for row, _ in good], dtype=np.int32), broken)


@dataclass(frozen=True)
class EntryTable:
    """Flat records, and the target of each of their keys.

    Args:
        records: key -> text, one per response; any record may lack keys.
        columns: key -> heading, form and target, in order; other keys are not used.
    """

    records: tuple[Mapping[str, str], ...]
    columns: Mapping[str, Column]


def read_table(opened: Opened, entries: Entries, table: EntryTable, dialect: Dialect, *, reader: str) -> ReadTable:
    """Return the ReadTable of a JSON file; its headings are the keys in the order of first appearance."""
    names = list(dict.fromkeys(name for record in table.records for name in record))
    frame = pa.table(
        {
            f"c{i}": pa.array([record.get(name, "") for record in table.records], pa.string())
            for i, name in enumerate(names)
        }
    )
    columns = tuple(
        Column(i, table.columns[name].heading, "", table.columns[name].form, table.columns[name].target)
        for i, name in enumerate(names)
        if name in table.columns
    )
    return ReadTable(
        provenance=Provenance(opened.name, opened.sha256, "", reader, "utf-8", 0),
        frame=frame,
        rows=entries.rows,
        headings=tuple(names),
        columns=columns,
        dialect=dialect,
        unused=tuple(name for name in names if name not in table.columns),
        broken=entries.broken,
    )


def plain(value: Any) -> str:
    """Return a JSON value as cell text: whole numbers without a decimal point, lists and objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
