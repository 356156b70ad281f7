"""Kept summaries: what open answers add up to, beside the store, so that a new process need not load the answers.

A file is named by a digest of all that it depends on: the answers, the sample or the responses of imports with texts,
and what is asked. It lies in a folder that is removed when answers are withdrawn or their period is over. A damaged
file is made again; deleting it changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analysis.text.mentioned import MentionSums
from reports.counted.kept_tables import Tables, kept_tables, read_tables
from reports.voices.kept.sums import from_tables, to_tables
from survey.host.disk import sha256_of, write_whole
from survey.storage.files import keep_newest

EDITION = 7
"""Increment when a summary is made in another way."""
KEPT, LISTS = 400, 24
"""Number of files: summaries, and lists of answers."""
NAMED = 32
"""Characters that name a summary, or the answers that it is made from."""
_TEMPORARY = "rows.list"


@dataclass(frozen=True, slots=True)
class Summaries:
    """Where the summaries of the answers to a question are kept.

    Attributes:
        folder: their folder.
        key: digest of the answers; "" where nothing is kept.
        asked: names of the summaries that were asked for, each the start of a file's name.
    """

    folder: Path
    key: str
    asked: set[str] = field(default_factory=set, repr=False, compare=False)

    def of(self, key: str) -> Summaries:
        """Return where summaries of some of the answers are kept, given their digest."""
        return replace(self, key=key)

    def tables(self, what: Hashable, make: Callable[[], Tables]) -> Tables:
        """Return the tables kept under a name, or what `make` returns, which is kept then."""
        return kept_tables(self._path(what, ".summary"), make, KEPT) if self.key else make()

    def known(self, what: Hashable) -> Tables | None:
        """Return the tables kept under a name; None where there are none."""
        return read_tables(self._path(what, ".summary")) if self.key else None

    def table(self, what: Hashable, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """Return the table kept under a name, or what `make` returns, which is kept then."""
        return self.tables(what, lambda: Tables({"table": make()})).tables["table"]

    def mentions(self, what: Hashable, make: Callable[[], tuple[MentionSums, ...]]) -> tuple[MentionSums, ...]:
        """Return mentions summed by key: the kept ones, or what `make` returns, which is kept then."""
        return from_tables(self.tables(what, lambda: to_tables(make()))) if self.key else make()

    def rows(self, what: Hashable, make: Callable[[], pa.Table]) -> pa.Table:
        """Return a table of answers, mapped into memory column by column: the kept one, or what `make` returns."""
        if not self.key:
            return make()
        path = self._path(what, "")
        for one in self.folder.glob(f"{path.name}-*.list"):
            with suppress(OSError, pa.ArrowException):
                if one.stem.removeprefix(f"{path.name}-") == sha256_of(one):
                    return pa.ipc.open_file(pa.memory_map(str(one))).read_all()
        found = make().combine_chunks()
        with suppress(OSError):
            written = write_whole(self.folder / f"{path.name}-{_TEMPORARY}", lambda draft: _write(found, draft))
            written.replace(self.folder / f"{path.name}-{sha256_of(written)}.list")
            keep_newest(self.folder, "*.list", LISTS)
        return found

    def has(self, what: Hashable) -> bool:
        """Return whether tables are kept under a name, intact or not."""
        return bool(self.key) and self._path(what, ".summary").exists()

    def has_rows(self, what: Hashable) -> bool:
        """Return whether a table of answers is kept under a name, intact or not."""
        return bool(self.key) and any(self.folder.glob(f"{self._path(what, '').name}-*.list"))

    def _path(self, what: Hashable, suffix: str) -> Path:
        digest = hashlib.sha256(repr((self.key, EDITION, what)).encode()).hexdigest()[:NAMED]
        self.asked.add(digest)
        return self.folder / f"{digest}{suffix}"


def _write(table: pa.Table, draft: Path) -> None:
    with draft.open("wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)
