"""What was read out of free texts, kept beside the store so that a new import costs only its own text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from survey.storage.files import keep_newest, write_whole

KEPT = 3
"""So many results stay: older lexicons' are removed."""


class TextCache:
    """One Parquet file a lexicon, named by its fingerprint; it holds every distinct text ever read with it.

    A text is looked up by its digest, so every data version is served from the same file.
    """

    def __init__(self, folder: Path | str) -> None:
        """Take the folder, which need not exist."""
        self.folder = Path(folder)

    def read(self, key: str, schema: pa.Schema) -> pa.Table | None:
        """What is kept under a key; None where nothing is, or where it does not fit the schema."""
        path = self._path(key)
        try:
            table = pq.read_table(path)
            return table.cast(schema) if table.schema.names == schema.names else None
        except (OSError, pa.ArrowException):
            # A damaged file is not worth an error: everything in it can be read again from the answers.
            return None

    def write(self, key: str, table: pa.Table) -> None:
        """Keep a result, whole or not at all, and remove the oldest beyond `KEPT`.

        A folder that cannot be written costs time and no result.
        """
        with suppress(OSError):
            write_whole(self._path(key), lambda draft: pq.write_table(table, draft, compression="zstd"))
            keep_newest(self.folder, "*.parquet", KEPT)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.parquet"
