"""Engines: where the one pass over the responses runs. Each takes SQL text and gives an Arrow table.

The same text runs on DuckDB and on Spark (`analysis.design.cube`): SUM, COUNT, CASE, GROUP BY and whole numbers only,
so that every engine gives the same bits.
"""

from __future__ import annotations

from typing import Any, Protocol

from survey.errors import ArgumentError

TABLE = "responses"


class Engine(Protocol):
    """What the pass needs."""

    quote: str

    def aggregate(self, sql: str) -> Any:
        """Run the query; a pyarrow Table."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Columns of the responses."""
        ...


class DuckEngine:
    """DuckDB, on anything it can read by name: an Arrow table, a pandas frame, a relation, a reader.

    A connection of its own, or the relation's, is used through one cursor for every query.
    """

    quote = '"'

    def __init__(self, responses: Any) -> None:
        """Take the responses: a DuckDB relation, or anything `duckdb` can register."""
        import duckdb

        if isinstance(responses, duckdb.DuckDBPyRelation):
            self._relation = responses
            self._connection = None
        else:
            self._connection = duckdb.connect()
            self._connection.register(TABLE, responses)
            self._relation = self._connection.table(TABLE)

    def aggregate(self, sql: str) -> Any:
        """Run a query on `responses`; a pyarrow Table."""
        answer = self._relation.query(TABLE, sql)
        return answer.to_arrow_table() if answer is not None else None

    def columns(self) -> tuple[str, ...]:
        """Columns of the responses."""
        return tuple(self._relation.columns)

    def close(self) -> None:
        """Close the connection if it is this engine's own."""
        if self._connection is not None:
            self._connection.close()


class SparkEngine:
    """Spark 4, on a view of the user's own session (classic or Connect)."""

    quote = "`"

    def __init__(self, session: Any, view: str) -> None:
        """Take the session and the name of a table or view with the responses."""
        self._session, self._view = session, view

    def aggregate(self, sql: str) -> Any:
        """Run a query on `responses`; a pyarrow Table."""
        if self._view != TABLE:
            self._session.table(self._view).createOrReplaceTempView(TABLE)
        return self._session.sql(sql).toArrow()

    def columns(self) -> tuple[str, ...]:
        """Columns of the responses."""
        return tuple(self._session.table(self._view).columns)


def engine_for(responses: Any) -> Engine:
    """An engine as it is, anything else through DuckDB."""
    if responses is None:
        raise ArgumentError("没有给出答卷数据")
    if isinstance(responses, DuckEngine | SparkEngine):
        return responses
    return DuckEngine(responses)
