"""SparkEngine: Apache Spark 4, through Spark Connect or a session in the same process."""

from __future__ import annotations

from typing import Any

from analysis.engines.engine import TABLE
from analysis.engines.spark_errors import explained


class SparkEngine:
    """Spark, on a DataFrame of responses; nothing is registered in its session, so that nothing stays behind."""

    quote = "`"

    def __init__(self, responses: Any) -> None:
        """Take the responses: a Spark DataFrame, such as `session.read.format("delta").load(path)`."""
        self.responses = responses

    def aggregate(self, sql: str) -> Any:
        """Run a query on `responses` and return a pyarrow Table.

        Raises:
            EngineError: the cluster cannot do it; the message says why.
        """
        # Spark fills {rows} with a name that exists in this query only.
        text = sql.replace("{", "{{").replace("}", "}}")
        with explained():
            query = f"WITH {TABLE} AS (SELECT * FROM {{rows}}) {text}"
            return self.responses.sparkSession.sql(query, rows=self.responses).toArrow()

    def columns(self) -> tuple[str, ...]:
        """Return the column names of the responses."""
        with explained():
            return tuple(self.responses.columns)
