"""Answers that never were a file: rows in the study's own layout, read as they are and kept as a CSV."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from survey.readers.files.sheet import REPEATED, Body, Opened, Sheet
from survey.storage.spreadsheets import exact_writer

SEPARATOR = "sep=,"
"""First line of the CSV, so that whoever imports it again need not guess: a text may hold many other separators."""


@dataclass(frozen=True)
class AnswerRows:
    """Answers in memory.

    Attributes:
        name: of the CSV that is kept of them, for the history.
        heading: META names and names of items or questions, see `survey.readers.tables.native`.
        rows: cells as text, "" for an empty one, as many as the heading has.
    """

    name: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def content(self) -> bytes:
        """The rows as a CSV in UTF-8 with a byte order mark: the raw file, from which the import can be repeated."""
        text = io.StringIO(newline="")
        text.write(f"{SEPARATOR}\r\n")
        exact_writer(text).writerows((self.heading, *self.rows))
        return text.getvalue().encode("utf-8-sig")

    @cached_property
    def opened(self) -> Opened:
        """What opening that CSV would give, without reading it."""
        head = (tuple(SEPARATOR.partition(",")[::2]), self.heading)
        sheet = Sheet(name="", head=head, hidden=False, load=self._load)
        digest = hashlib.sha256(self.content).hexdigest()
        return Opened(Path(self.name), self.name, digest, kind="csv", sheets=(sheet,), encoding="utf-8")

    def _load(self, after: int, repeated: Collection[int] = ()) -> Body:
        columns = [
            pa.chunked_array([pa.array(cells, pa.string())]).cast(REPEATED if at in repeated else pa.string())
            for at, cells in enumerate(zip(*self.rows, strict=True))
        ]
        frame = pa.table(columns, names=[f"c{at}" for at in range(len(columns))])
        return Body(frame, np.arange(after + 1, after + 1 + len(self.rows), dtype=np.int32))
