"""Large tables on disk instead of in memory: written batch by batch, then mapped, so that pages can be dropped."""

from __future__ import annotations

import mmap
import secrets
import weakref
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from survey.host.scratch import process_folder

ROOM = 16 * 2**20
"""Bytes of a table that stay in memory, and that are written at a time."""
_MAPPED: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()


class Spill:
    """A table that is written batch by batch; above `ROOM` it lies in a file that is removed with this process.

    On systems that let an open file be removed, the file is gone as soon as nothing refers to the table.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Start an empty table."""
        self.schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._bytes = 0
        self._path: Path | None = None
        self._writer: pa.RecordBatchWriter | None = None

    def write(self, table: pa.Table | pa.RecordBatch) -> None:
        """Append rows of the schema."""
        batches = table.to_batches() if isinstance(table, pa.Table) else [table]
        self._waiting += batches
        self._bytes += sum(batch.nbytes for batch in batches)
        if self._bytes > ROOM:
            self._flush()

    def _flush(self) -> None:
        """Write the rows that wait as one batch."""
        if self._writer is None:
            self._path = process_folder() / f"{secrets.token_hex(8)}.arrow"
            self._writer = pa.ipc.new_file(str(self._path), self.schema)
        for batch in pa.Table.from_batches(self._waiting, self.schema).combine_chunks().to_batches():
            self._writer.write_batch(batch)
        self._waiting, self._bytes = [], 0

    def table(self) -> pa.Table:
        """Return all rows; nothing may be written after this."""
        if self._writer is None or self._path is None:
            return pa.Table.from_batches(self._waiting, self.schema)
        self._flush()
        self._writer.close()
        with self._path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        _MAPPED.add(mapped)
        with suppress(OSError):  # Windows: it goes with the folder of the process
            self._path.unlink()
        return pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all()


def drop_pages() -> None:
    """Let go of the pages of tables on disk that have been read; the system reads them again where needed."""
    pa.default_memory_pool().release_unused()
    if hasattr(mmap, "MADV_DONTNEED"):
        for mapped in list(_MAPPED):
            mapped.madvise(mmap.MADV_DONTNEED)
