"""DuckEngine: DuckDB in this process, within a limit of memory beyond which it writes to a spill folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from analysis.engines.engine import TABLE
from survey.errors import EngineError

FULL = ("no space left", "enospc", "max_temp_directory_size", "failed to offload")
"""Parts of DuckDB's messages when there is no room to spill."""
SHORT = ("out of memory", "failed to allocate", "failed to pin")


class DuckEngine:
    """DuckDB, on anything it can register: an Arrow table, a pandas frame, a relation, a reader.

    Every query runs through one cursor, on the engine's own connection or on that of the relation.
    """

    quote = '"'

    def __init__(self, responses: Any) -> None:
        """Take the responses: a DuckDB relation, or anything `duckdb` can register."""
        self.responses = responses
        self._connection: Any = None
        self._known: Any = None
        if not isinstance(responses, pa.Table):
            self._relation()

    def _relation(self) -> Any:
        """Return the responses as a relation; a table is registered when a query needs it, because that takes 20 ms."""
        if self._known is None:
            import duckdb

            if isinstance(self.responses, duckdb.DuckDBPyRelation):
                self._known = self.responses
            else:
                self._connection = duckdb.connect()
                self._connection.register(TABLE, self.responses)
                self._known = self._connection.table(TABLE)
        return self._known

    def aggregate(self, sql: str) -> Any:
        """Run a query on `responses` and return a pyarrow Table."""
        answer = self._relation().query(TABLE, sql)
        return answer.to_arrow_table() if answer is not None else None

    def columns(self) -> tuple[str, ...]:
        """Return the column names of the responses."""
        if isinstance(self.responses, pa.Table):
            return tuple(self.responses.column_names)
        return tuple(self._relation().columns)

    def close(self) -> None:
        """Close the connection if the engine owns it."""
        if self._connection is not None:
            self._connection.close()


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one DuckDB connection.

    Attributes:
        memory: bytes of its buffers; None for DuckDB's own default, 80 % of the machine.
        spill: folder for what does not fit; None for none.
        threads: None for one per core.
    """

    memory: int | None = None
    spill: Path | None = None
    threads: int | None = None


@contextmanager
def limited(limits: Limits) -> Iterator[Any]:
    """Provide a DuckDB connection within limits, and report what they made impossible.

    Raises:
        EngineError: the spill folder is full, or the memory does not suffice even with spilling.
    """
    import duckdb

    config: dict[str, Any] = {"preserve_insertion_order": "false"}
    if limits.memory is not None:
        config["memory_limit"] = f"{limits.memory // 1024**2}MiB"
    if limits.spill is not None:
        config["temp_directory"] = str(limits.spill)
    if limits.threads is not None:
        config["threads"] = limits.threads
    try:
        with duckdb.connect(config=config) as connection:
            yield connection
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise _explained(error, limits) from error


def _explained(error: Exception, limits: Limits) -> Exception:
    """Return the error in words of the user; the error itself where it says nothing of memory or disk."""
    told = str(error).lower()
    if any(part in told for part in FULL):
        cure = "给这个文件夹所在的磁盘腾出空间，或在 study.toml 的 [engine] 里用 spill 换一个文件夹；答卷没有改动"
        return EngineError(
            "内存不够，暂存到磁盘时磁盘写满了", where=str(limits.spill or ""), got=_first(error), cure=cure
        )
    if any(part in told for part in SHORT):
        got = "" if limits.memory is None else f"{limits.memory // 1024**2} MB"
        return EngineError(
            "内存上限太小，算不出来；答卷没有改动", got=got, cure="用 --memory 给多一些，例如 --memory 2GB"
        )
    return error


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
