"""What the aggregation requires of an engine."""

from __future__ import annotations

from typing import Any, Protocol

TABLE = "responses"
"""Name of the responses in every query."""


class Engine(Protocol):
    """An engine over the responses of a study; it takes SQL text and returns Arrow tables."""

    quote: str

    def aggregate(self, sql: str) -> Any:
        """Run a query on `TABLE` and return a pyarrow Table."""
        ...

    def columns(self) -> tuple[str, ...]:
        """Return the column names of the responses."""
        ...
