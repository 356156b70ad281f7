"""Cells of the responses that count, summed by the engine that a study asks for: DuckDB within a limit, or Spark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.design.cells import Cells
from analysis.design.cube import build_cells
from analysis.engines.duck import DuckEngine, Limits, limited
from analysis.engines.engine import Engine
from analysis.engines.spark import SparkEngine
from analysis.engines.spark_session import connected
from reports.counted.definition import Definition
from survey.errors import EngineError, StoreError
from survey.host.engine import SPARK, amount
from survey.host.memory import buffer_limit
from survey.host.scratch import spill_folder
from survey.quality import exclusions
from survey.storage.parquet import parts_columns, parts_sql
from survey.storage.stored_parts import StoredPart, stored_parts
from survey.study.study import Study

IDENTITY = pa.schema([("wave", pa.string()), ("response_id", pa.string())])


def engine_cells(
    study: Study,
    version: int,
    definition: Definition,
    rates: Sequence[int],
    *,
    waves: Sequence[str] | None = None,
) -> Cells:
    """Return the cells of the responses that count, the same bits as `counted_cells` makes.

    Args:
        study: the study, not of a publication; its engine says where to sum.
        version: data version.
        definition: the groups, and every rate that may be asked for.
        rates: positions of the rates to sum.
        waves: only these waves; all when None.

    Raises:
        EngineError: the engine cannot do it; the message says why.
        StoreError: there are no responses, or a part of the version was erased.
        DamagedError: a part is missing or corrupt.
    """
    parts = stored_parts(study.root / "store", version, waves)
    if not parts:
        raise StoreError("这些轮次还没有任何答卷", where=str(study.root), cure="先用 silu import 导入一份答卷文件")
    with opened(study, parts, definition.stored) as engine:
        some = [definition.rates[at] for at in rates]
        weight = definition.weight or "w_fx"
        return build_cells(engine, some, definition.keys[1:], weight=weight, scale=definition.scale)


@contextmanager
def opened(study: Study, parts: Sequence[StoredPart], columns: Sequence[str]) -> Iterator[Engine]:
    """Provide the engine of a study over the responses of parts that count.

    Args:
        study: the study, as it counts its responses.
        parts: intact parts of one version.
        columns: names of the columns that queries use.
    """
    settings = study.engine
    gone = _left_out(study, sorted({part.wave for part in parts}))
    with ExitStack() as stack:
        if settings.chosen == SPARK:
            session = stack.enter_context(connected(settings.master))
            yield SparkEngine(_on_spark(session, study, parts, gone))
        else:
            spill = stack.enter_context(spill_folder(_parent(study, settings.spill)))
            memory = buffer_limit(amount(settings.memory) if settings.memory else None)
            connection = stack.enter_context(limited(Limits(memory, spill)))
            yield DuckEngine(_in_duckdb(connection, parts, columns, gone))


def _parent(study: Study, spill: str) -> Path:
    """Return the folder to spill into: that of [engine], or the study.

    Raises:
        EngineError: that of [engine] is not there.
    """
    if spill and not Path(spill).is_dir():
        raise EngineError(
            "没有这个暂存文件夹", where="study.toml [engine] spill", got=spill, cure="先建好它，或删去这一行"
        )
    return Path(spill) if spill else study.root


def _left_out(study: Study, waves: Sequence[str]) -> pa.Table:
    """Return wave and id of the responses that are left out: excluded ones, and bursts that are held back."""
    pairs = [(wave, name) for wave in waves for name in exclusions.left_out_of(study, wave)]
    return pa.table([[wave for wave, _ in pairs], [name for _, name in pairs]], schema=IDENTITY)


def _in_duckdb(connection: Any, parts: Sequence[StoredPart], columns: Sequence[str], gone: pa.Table) -> Any:
    """Return the responses as a relation; a column that no part has yet is NULL."""
    files = [str(part.path) for part in parts]
    names = [name for name in dict.fromkeys((*IDENTITY.names, *columns)) if name in parts[0].schema.names]
    source = f"SELECT {parts_columns(connection, files, names)} FROM {parts_sql(files)}"
    if not gone.num_rows:
        return connection.sql(source)
    connection.register("gone", gone)
    return connection.sql(f"SELECT * FROM ({source}) AS r ANTI JOIN gone USING (wave, response_id)")


def _on_spark(session: Any, study: Study, parts: Sequence[StoredPart], gone: pa.Table) -> Any:
    """Return the responses as a DataFrame with the merged columns of the table and the wave of the folder names."""
    rows = read_on_spark(session, study, parts)
    if not gone.num_rows:
        return rows
    return rows.join(session.createDataFrame(gone), IDENTITY.names, "left_anti")


def read_on_spark(session: Any, study: Study, parts: Sequence[StoredPart]) -> Any:
    """Return all responses of parts as a DataFrame of the cluster."""
    return parts_on_spark(session, study, [str(part.path) for part in parts], parts[0].schema, "responses")


def parts_on_spark(session: Any, study: Study, files: Sequence[str], schema: pa.Schema, table: str) -> Any:
    """Return the rows of parts, read by the cluster from where it sees the store.

    The schema of a Delta table is that of all its parts together: columns that an older part lacks are NULL, and
    `wave`, which is in the names of folders, stays text.

    Args:
        session: a Spark session.
        study: the study; its engine says where the cluster sees the store.
        files: paths of the parts on this machine.
        schema: columns of the table.
        table: "responses" or "texts".
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    here = study.root.absolute() / "store"
    there = study.engine.store.rstrip("/") or str(here)
    paths = [f"{there}/{Path(file).absolute().relative_to(here).as_posix()}" for file in files]
    reader = session.read.schema(from_arrow_schema(schema)).option("mergeSchema", "true")
    return reader.option("basePath", f"{there}/{table}").parquet(*paths)
