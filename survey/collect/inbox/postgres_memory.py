"""Settings of a PostgreSQL inbox: positions, fingerprints of keys, what was revoked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

_KEEP = "INSERT INTO setting VALUES(%s, %s) ON CONFLICT(key) DO NOTHING"
_REPLACE = "INSERT INTO setting VALUES(%s, %s) ON CONFLICT(key) DO UPDATE SET value = excluded.value"


class PostgresMemory:
    """The settings behind a connection; `PostgresBackend` is one."""

    def remember(self, key: str, value: str, *, once: bool = False) -> str:
        """Keep a setting; with `once` the first value ever given wins. Returns the value in force."""
        self._rows(_KEEP if once else _REPLACE, (key, value))
        return self.recall(key) or value

    def recall(self, key: str) -> str | None:
        """A setting kept by `remember`."""
        rows = self._rows("SELECT value FROM setting WHERE key = %s", (key,))
        return str(rows[0][0]) if rows else None

    def recalled(self, prefix: str) -> dict[str, str]:
        """Return settings whose key begins with a prefix: rest of the key -> value."""
        query = "SELECT substr(key, %s::int), value FROM setting WHERE starts_with(key, %s)"
        return {str(row[0]): str(row[1]) for row in self._rows(query, (len(prefix) + 1, prefix))}

    def forget(self, key: str) -> None:
        """Remove a setting; ignore a missing one."""
        self._rows("DELETE FROM setting WHERE key = %s", (key,))

    def _rows(self, query: LiteralString | sql.Composed, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Return what a query finds."""
        raise NotImplementedError
