"""Parts: the Parquet files of a Delta table, read and written by pyarrow, or read by DuckDB where it counts in them.

A new part takes effect only when a commit names it. pyarrow needs half the CPU time of `write_deltalake`, and no second
copy in memory.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.transaction import AddAction

from survey.errors import DamagedError, StoreError
from survey.host.disk import draft_beside, make_folder, sha256_of, sync
from survey.host.spilled import drop_pages
from survey.storage.integrity.checks import check_parts, part_name, promised
from survey.storage.integrity.log import CURE

if TYPE_CHECKING:
    import duckdb  # 50 MB of a dashboard, which reading needs no part of


Rows = npt.NDArray[np.integer[Any]]
WAVE = "wave"
"""The column that is stored in the folder name."""


def quote(name: str) -> str:
    """Return a quoted SQL identifier, safe for names such as E.E1."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


def parts_sql(files: Sequence[str]) -> str:
    """Return the FROM clause that reads the parts; `wave` comes from the folder name as text."""
    names = ", ".join(literal(file) for file in files)
    return (
        f"read_parquet([{names}], union_by_name = true, hive_partitioning = true, hive_types = {{'wave': 'VARCHAR'}})"
    )


def part_files(table: DeltaTable) -> tuple[str, ...]:
    """Return paths of the parts of one version, in order.

    Delta stores them as URIs, in which a space or a Chinese character of a folder is %20 or %E7…; decode them.
    """
    return tuple(sorted(unquote(uri) for uri in table.file_uris()))


def read_parts(
    table: DeltaTable,
    *,
    columns: Sequence[str] | None = None,
    waves: Sequence[str] | None = None,
    rows: Rows | None = None,
) -> pa.Table:
    """Return the rows of one version of a table.

    Args:
        table: the table, opened at a version.
        columns: which columns, all when None.
        waves: which waves, all when None.
        rows: which of their rows, ascending, all when None; then only one part at a time is whole in memory.

    Returns:
        A table in the requested column order, with the types of the Delta schema.

    Raises:
        StoreError: a column does not exist, or a part was erased because of a withdrawal.
        DamagedError: a part is missing or corrupt.
    """
    schema = pa.schema(table.schema().to_arrow())
    names = list(schema.names if columns is None else columns)
    unknown = [name for name in names if name not in schema.names]
    if unknown:
        raise StoreError("答卷库里没有这些列", got="、".join(unknown), expected="、".join(schema.names))
    wanted = pa.schema([schema.field(name) for name in names])
    files = [file for file in part_files(table) if waves is None or wave_of(file) in waves]
    if not files:
        return wanted.empty_table()
    check_parts(files)
    try:
        if rows is None:
            return pa.concat_tables([_read(file, wanted) for file in files])
        return pa.concat_tables(_some(files, wanted, rows))
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:  # parts without a checksum
        raise DamagedError("答卷文件损坏，读不出来", where=str(Path(files[0]).parent), cure=CURE) from error


def _some(files: Sequence[str], wanted: pa.Schema, rows: Rows) -> Iterator[pa.Table]:
    """Yield some rows of each part, given their places among all."""
    start = 0
    for file in files:
        part = _read(file, wanted)
        first, last = np.searchsorted(rows, (start, start + len(part)))
        yield part.take(pa.array(rows[first:last] - start))
        start += len(part)


def _read(file: str, wanted: pa.Schema) -> pa.Table:
    """Return some columns of a part; `wave` comes from the folder name, and a column that it lacks is null."""
    import pyarrow.parquet as pq  # loaded only by those who read

    with pq.ParquetFile(file) as part:
        held = part.schema_arrow.names
        body = part.read([name for name in wanted.names if name in held])
        rows = part.metadata.num_rows
    columns = []
    for field in wanted:
        if field.name == WAVE:
            columns.append(pa.repeat(pa.scalar(wave_of(file), pa.string()), rows).cast(field.type))
        elif field.name in held:
            columns.append(body[field.name].cast(field.type))
        else:
            columns.append(pa.nulls(rows, field.type))
    return pa.table(columns, schema=wanted)


def wave_of(file: str) -> str:
    """Return the wave of a part from its folder name, which the library escapes."""
    return unquote(Path(file).parent.name.removeprefix("wave="))


KEPT = 64
_HELD: dict[tuple[str, ...], tuple[tuple[tuple[int, int, int], ...], frozenset[str]]] = {}
"""Sets of parts with inode, size and time of each, and the columns that they have."""


def parts_columns(connection: duckdb.DuckDBPyConnection, files: Sequence[str], names: Sequence[str]) -> str:
    """Return the SELECT list; a column that no part has yet (all rows are older) is NULL."""
    facts = tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in map(os.stat, files))
    known = _HELD.get(tuple(files))
    if known is None or known[0] != facts:
        if len(_HELD) >= KEPT:
            _HELD.clear()
        columns = connection.sql(f"SELECT * FROM {parts_sql(files)} LIMIT 0").columns
        known = _HELD[tuple(files)] = (facts, frozenset(columns))
    held = known[1]
    return ", ".join(quote(name) if name in held else f"NULL AS {quote(name)}" for name in names)


# One page of each column: pages are decompressed one by one, and many take a fifth more time and 6 % more disk.
ROW_GROUP = 250_000
# Columns of mostly distinct values: a dictionary for them would take a third of the write time.
PLAIN = ("response_id", "row_hash", "source_row", "submitted", "text", "cells")
SOUGHT = ("psu", "submitted")
"""Columns with minimum and maximum of each row group; rows are sorted by psu."""


def write_body(body: pa.Table, path: Path) -> None:
    """Write the rows of a part to a file.

    Args:
        body: rows without the column wave.
        path: the file.
    """
    # loaded only by those who write
    import pyarrow.parquet as pq

    with pq.ParquetWriter(
        path,
        body.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in body.column_names if name not in PLAIN],
        write_statistics=[name for name in SOUGHT if name in body.column_names],
        max_rows_per_page=ROW_GROUP,
    ) as writer:
        for start in range(0, max(body.num_rows, 1), ROW_GROUP):
            writer.write_table(body.slice(start, ROW_GROUP), row_group_size=ROW_GROUP)
            drop_pages()


def sort_by_psu(rows: pa.Table) -> pa.Table:
    """Rows in order of psu (stable; missing last): a scan by psu then touches each row group once."""
    if rows.num_rows < 2 or rows["psu"].null_count == rows.num_rows:
        return rows
    return rows.take(pc.sort_indices(rows["psu"]))


def write_parts(root: Path, rows: pa.Table) -> list[AddAction]:
    """Write one part for each wave.

    Args:
        root: folder of the table, which is partitioned by wave.
        rows: what to write, in the column order of the table.

    Returns:
        The add actions with which a commit registers the parts.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    return [_write(root, str(wave), part) for wave, part in _by_wave(rows)]


def _by_wave(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    waves = pc.unique(rows["wave"]).to_pylist()
    for wave in waves:
        yield wave, rows if len(waves) == 1 else rows.filter(pc.equal(rows["wave"], wave))


def _write(root: Path, wave: str, rows: pa.Table) -> AddAction:
    """Write one part, sync it to disk, and name it by its checksum."""
    folder = root / f"wave={wave}"
    make_folder(folder)
    with _draft(folder, rows) as draft:
        part = folder / part_name(sha256_of(draft))
        draft.replace(part)
        sync(folder)
    return AddAction(
        path=part.relative_to(root).as_posix(),
        size=part.stat().st_size,
        partition_values={"wave": wave},
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=json.dumps({"numRecords": rows.num_rows}),
    )


def rewrite_part(part: Path, rows: pa.Table) -> bool:
    """Write a lost or damaged part again, if the rows give the same bytes.

    Args:
        part: its path.
        rows: its rows, with their original order and types.

    Returns:
        Whether the bytes are the same; otherwise nothing is changed.

    Raises:
        OSError: writing failed.
    """
    make_folder(part.parent)
    with _draft(part.parent, rows) as draft:
        if sha256_of(draft) not in promised(part):
            return False
        draft.replace(part)
        sync(part.parent)
    return True


@contextmanager
def _draft(folder: Path, rows: pa.Table) -> Iterator[Path]:
    """Write rows to a temporary file, which is removed unless it was moved."""
    body = rows.drop_columns(["wave"])  # stored in the folder name
    draft = draft_beside(folder / "part.parquet")
    try:
        write_body(body, draft)
        sync(draft)
        yield draft
    finally:
        if draft.exists():
            draft.unlink()
