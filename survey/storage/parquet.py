"""Parts: the Parquet files of one version of a Delta table, read by DuckDB without a Delta extension."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable

from survey.errors import StoreError


def quote(name: str) -> str:
    """An SQL identifier, safe for names such as E.E1."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def parts_sql(files: Sequence[str]) -> str:
    """The FROM clause that reads the parts; `wave` comes from the folder name as text."""
    names = ", ".join(literal(file) for file in files)
    return (
        f"read_parquet([{names}], union_by_name = true, hive_partitioning = true, hive_types = {{'wave': 'VARCHAR'}})"
    )


def part_files(table: DeltaTable) -> tuple[str, ...]:
    """Paths of the parts of one version, in order.

    Delta names them as URIs, in which a blank or a Chinese character of a folder is %20 or %E7…; files are not.
    """
    return tuple(sorted(unquote(uri) for uri in table.file_uris()))


def read_parts(
    table: DeltaTable, *, columns: Sequence[str] | None = None, waves: Sequence[str] | None = None
) -> pa.Table:
    """Rows of one version of a table.

    Args:
        table: the table, opened at a version.
        columns: which columns, all when None.
        waves: which waves, all when None.

    Returns:
        A table in the column order asked for, with the types of the Delta schema.

    Raises:
        StoreError: a column does not exist.
    """
    schema = pa.schema(table.schema().to_arrow())
    names = list(schema.names if columns is None else columns)
    unknown = [name for name in names if name not in schema.names]
    if unknown:
        raise StoreError("答卷库里没有这些列", got="、".join(unknown), expected="、".join(schema.names))
    wanted = pa.schema([schema.field(name) for name in names])
    files = part_files(table)
    if not files:
        return wanted.empty_table()
    where = "" if waves is None else f" WHERE wave IN ({', '.join(map(literal, waves)) or 'NULL'})"
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT {_list(connection, files, names)} FROM {parts_sql(files)}{where}")
        return rows.to_arrow_table().cast(wanted)


def _list(connection: duckdb.DuckDBPyConnection, files: Sequence[str], names: Sequence[str]) -> str:
    """SELECT list; a column that no part holds yet (all rows are older than it) is NULL."""
    held = set(connection.sql(f"SELECT * FROM {parts_sql(files)} LIMIT 0").columns)
    return ", ".join(quote(name) if name in held else f"NULL AS {quote(name)}" for name in names)
