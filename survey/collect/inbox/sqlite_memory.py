"""Settings of a SQLite inbox: keys, positions, revocations."""

from __future__ import annotations

from typing import Any


class SqliteMemory:
    """Settings table of a connection; base class of `SqliteBackend`."""

    _connection: Any

    def remember(self, key: str, value: str, *, once: bool = False) -> str:
        """Keep a setting and return the value in force; with `once` the first value ever set remains."""
        kept = self.recall(key)
        if kept is not None and (once or kept == value):
            return kept
        self._begin()
        action = "NOTHING" if once else "UPDATE SET value = excluded.value"
        self._connection.execute(f"INSERT INTO setting VALUES(?, ?) ON CONFLICT(key) DO {action}", (key, value))
        return self.recall(key) or value

    def recall(self, key: str) -> str | None:
        """Return a setting kept by `remember`."""
        rows = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchall()
        return str(rows[0][0]) if rows else None

    def recalled(self, prefix: str) -> dict[str, str]:
        """Return all settings whose key begins with a prefix: the rest of the key -> value."""
        sql = "SELECT substr(key, ?), value FROM setting WHERE substr(key, 1, ?) = ?"
        parameters = (len(prefix) + 1, len(prefix), prefix)
        return {str(row[0]): str(row[1]) for row in self._connection.execute(sql, parameters).fetchall()}

    def forget(self, key: str) -> None:
        """Remove a setting; ignore a missing one."""
        self._begin()
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))

    def _begin(self) -> None:
        """Prepare the file for the first write of this connection."""
        raise NotImplementedError
