"""Tables that stay open for reading while their log is unchanged: opening one takes longer than reading a small one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deltalake import DeltaTable

from survey.storage.delta import open_table
from survey.storage.integrity.log import Checked, checked_log

KEPT = 8
"""Versions of a table that stay open."""
_OPEN: dict[Path, tuple[Checked, dict[int | None, DeltaTable]]] = {}
"""Tables that this process has opened to read, each with the log that was checked then."""
Opening = Callable[[Path, int | None], DeltaTable | None]
"""Opens the table in a folder at a version, the newest when None."""


def read_table(path: Path, version: int | None = None) -> DeltaTable | None:
    """Open the Delta table in a folder to read it, not to commit; None where there is none.

    Raises:
        StoreError: as `survey.storage.delta.open_table`.
    """
    checked, kept = checked_log(path), _OPEN.get(path)
    if kept is None or kept[0] is not checked or len(kept[1]) >= KEPT:
        kept = _OPEN[path] = (checked, {})
    if version not in kept[1]:
        opened = open_table(path, version)
        if opened is None:
            return None
        kept[1][version] = opened
    return kept[1][version]
